#include "core/jose/Base64Url.h"

#include <array>

#include "core/jose/Base64Codec.h"

namespace rollcall::jose {

namespace {

constexpr std::array<qint8, 256> makeTable()
{
    std::array<qint8, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < 26; ++i) {
        table.at(std::size_t{'A'} + i) = static_cast<qint8>(i);
        table.at(std::size_t{'a'} + i) = static_cast<qint8>(26 + i);
    }
    for (std::size_t i = 0; i < 10; ++i)
        table.at(std::size_t{'0'} + i) = static_cast<qint8>(52 + i);
    table.at('+') = table.at('-') = 62;
    table.at('/') = table.at('_') = 63;
    return table;
}

constexpr auto sixBits = makeTable();

int valueOf(char c)
{
    return sixBits.at(static_cast<quint8>(c));
}

/// Collects sextets into bytes; what does not fill a byte at the end is dropped.
class Collector
{
public:
    explicit Collector(qsizetype textSize) { m_bytes.reserve(textSize / 4 * 3 + 3); }
    void add(int sextet)
    {
        m_bits = (m_bits << 6) | static_cast<quint32>(sextet);
        m_count += 6;
        if (m_count >= 8) {
            m_count -= 8;
            m_bytes.append(static_cast<char>((m_bits >> m_count) & 0xffU));
        }
    }
    [[nodiscard]] QByteArray take() { return std::move(m_bytes); }

private:
    QByteArray m_bytes;
    quint32 m_bits = 0;
    int m_count = 0;
};

bool isAsciiWhiteSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

const Base64Codec &fastest()
{
    const Base64Codec *vector = vectorBase64();
    return vector ? *vector : plainBase64();
}

} // namespace

bool decodeBase64Url(QByteArrayView text, std::span<char> out)
{
    return text.size() % 4 != 1 && out.size() == static_cast<std::size_t>(base64UrlBytes(text.size())) &&
           fastest().decode(text.data(), text.size(), out.data());
}

char *encodeBase64Url(QByteArrayView bytes, char *out)
{
    // An IV of GCM is twelve bytes: to fill up a block takes longer.
    constexpr qsizetype fewBytes = 16;
    return (bytes.size() < fewBytes ? plainBase64() : fastest()).encode(bytes.data(), bytes.size(), out);
}

QByteArray toBase64Url(QByteArrayView bytes)
{
    QByteArray text(base64UrlSize(bytes.size()), Qt::Uninitialized);
    encodeBase64Url(bytes, text.data());
    return text;
}

QByteArray fromBase64Lenient(QByteArrayView text)
{
    Collector collector(text.size());
    for (const char c : text) {
        if (c == '=')
            break;
        if (const int value = valueOf(c); value >= 0)
            collector.add(value);
    }
    return collector.take();
}

std::optional<QByteArray> fromBase64UrlStrict(QByteArrayView text)
{
    QByteArray plain(base64UrlBytes(text.size()), Qt::Uninitialized);
    if (decodeBase64Url(text, std::span(plain.data(), static_cast<std::size_t>(plain.size()))))
        return plain;
    qsizetype significant = 0;
    qsizetype padding = 0;
    for (const char c : text) {
        if (isAsciiWhiteSpace(c))
            continue;
        ++significant;
        if (c == '=')
            ++padding;
        else if (padding > 0 || c == '+' || c == '/' || valueOf(c) < 0)
            return std::nullopt;
    }
    // Padding may be left out, but where it stands it must complete the last group of four.
    if (padding > 2 || (padding > 0 && significant % 4 != 0) || (significant - padding) % 4 == 1)
        return std::nullopt;
    Collector collector(text.size());
    for (const char c : text) {
        if (const int value = valueOf(c); value >= 0)
            collector.add(value);
    }
    return collector.take();
}

} // namespace rollcall::jose
