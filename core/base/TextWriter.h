#pragma once

#include <QByteArrayView>

#include <charconv>
#include <cstring>

#include "core/base/DigitPairs.h"

namespace rollcall::base {

/// Writes a text into memory that is known to suffice for it: where its bound is known beforehand, appending to an
/// array that checks its room each time costs more than the text. **Thread-safety:** one object, one thread.
class TextWriter final
{
public:
    /// @p at: where the text begins.
    explicit TextWriter(char *at) : m_at(at) {}

    void put(char c) { *m_at++ = c; }
    void put(QByteArrayView text)
    {
        // An empty text may have no address, which memcpy must not be given.
        if (text.isEmpty())
            return;
        std::memcpy(m_at, text.data(), static_cast<std::size_t>(text.size()));
        m_at += text.size();
    }
    /// Decimal: at most 20 characters.
    void putNumber(qint64 number) { m_at = std::to_chars(m_at, m_at + 20, number).ptr; }
    /// The last two decimal digits of @p number, a zero in front where it has one alone.
    void putPair(unsigned number)
    {
        std::memcpy(m_at, decimalPairs[number % decimalPairs.size()].data(), sizeof(DigitPair));
        m_at += sizeof(DigitPair);
    }
    /// The last four decimal digits of @p number, zeros in front.
    void putFour(unsigned number)
    {
        putPair(number / 100);
        putPair(number);
    }
    /// Behind what was written.
    [[nodiscard]] char *at() const { return m_at; }
    /// Goes behind @p count characters that the caller has written at at().
    void skip(qsizetype count) { m_at += count; }

private:
    char *m_at;
};

} // namespace rollcall::base
