#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdio>
#include <cstdlib>

namespace rollcall::fuzz {

/// What a target does with one input: defined once in each fuzz_*.cpp. It must take any bytes, and require() what must
/// hold of the outcome.
void tryInput(QByteArrayView input);

/// Reports @p promise as broken and ends the process, which libFuzzer counts as a crash, unless @p holds.
inline void require(bool holds, const char *promise)
{
    if (holds)
        return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// An input read from its front, so that corpora can be written by hand. Past its end: zeros and empty texts.
/// **Thread-safety:** one object, one thread.
class Input final
{
public:
    explicit Input(QByteArrayView bytes) : m_rest(bytes) {}

    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }
    /// The next byte.
    [[nodiscard]] unsigned char byte()
    {
        if (m_rest.isEmpty())
            return 0;
        const auto first = static_cast<unsigned char>(m_rest.front());
        m_rest = m_rest.sliced(1);
        return first;
    }
    /// Up to the next line feed, which is passed over.
    [[nodiscard]] QByteArrayView line()
    {
        const qsizetype end = m_rest.indexOf('\n');
        const QByteArrayView result = end < 0 ? m_rest : m_rest.first(end);
        m_rest = end < 0 ? QByteArrayView() : m_rest.sliced(end + 1);
        return result;
    }
    [[nodiscard]] QByteArrayView rest() const { return m_rest; }

private:
    QByteArrayView m_rest;
};

} // namespace rollcall::fuzz
