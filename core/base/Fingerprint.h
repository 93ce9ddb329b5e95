#pragma once

#include <QByteArrayView>
#include <QString>

#include <compare>

namespace rollcall::base {

/// What stands for a token wherever one may be seen: the first 16 hex digits of its SHA-256. It identifies a session
/// without being able to open it. **Thread-safety:** a plain value.
class Fingerprint final
{
public:
    Fingerprint() = default;

    /// The fingerprint of @p token (its raw bytes). An empty token gives an empty fingerprint.
    [[nodiscard]] static Fingerprint of(QByteArrayView token);

    /// Reads 16 hex digits (any case, blanks ignored); anything else gives an empty fingerprint.
    [[nodiscard]] static Fingerprint fromText(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_hex.isEmpty(); }
    /// 16 lower-case hex digits.
    [[nodiscard]] QString text() const { return m_hex; }
    /// Grouped by four for people: "9f3a 17c0 be52 4d81".
    [[nodiscard]] QString grouped() const;

    friend bool operator==(const Fingerprint &, const Fingerprint &) = default;
    friend std::strong_ordering operator<=>(const Fingerprint &a, const Fingerprint &b)
    {
        return a.m_hex.compare(b.m_hex) <=> 0;
    }

private:
    QString m_hex;
};

} // namespace rollcall::base
