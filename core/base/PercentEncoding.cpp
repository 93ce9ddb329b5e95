#include "core/base/PercentEncoding.h"

#include <QtEndian>

#include <array>
#include <bit>
#include <cstring>

#include "core/base/Secret.h"
#include "core/base/TextWriter.h"

namespace rollcall::base {

namespace {

constexpr std::array<qint8, 256> makeHexValues()
{
    std::array<qint8, 256> values{};
    values.fill(-1);
    for (std::size_t digit = 0; digit < 10; ++digit)
        values.at('0' + digit) = static_cast<qint8>(digit);
    for (std::size_t digit = 10; digit < 16; ++digit)
        values.at('a' + digit - 10) = values.at('A' + digit - 10) = static_cast<qint8>(digit);
    return values;
}

/// What characters are worth as hexadecimal digits; -1 for those that are none.
constexpr auto hexValues = makeHexValues();

/// The byte that "%XX" at @p at stands for.
std::optional<quint8> percentByte(QByteArrayView text, qsizetype at)
{
    if (text.size() - at < 3 || text.at(at) != '%')
        return std::nullopt;
    const int high = hexDigit(text.at(at + 1));
    const int low = hexDigit(text.at(at + 2));
    if (high < 0 || low < 0)
        return std::nullopt;
    return static_cast<quint8>(high * 16 + low);
}

/// Continuation bytes that follow @p lead in UTF-8; nullopt for what cannot lead.
std::optional<int> continuations(quint8 lead)
{
    if (lead < 0x80)
        return 0;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 1;
    if (lead >= 0xe0 && lead <= 0xef)
        return 2;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 3;
    return std::nullopt;
}

/// Whether @p second may follow @p lead: no overlong forms, surrogates or values above U+10FFFF.
bool isSecond(quint8 lead, quint8 second)
{
    switch (lead) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second <= 0x9f;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second <= 0x8f;
    default:
        return true;
    }
}

/// The ASCII character whose escape begins with the `%` at @p at; -1 for all else.
int asciiEscape(QByteArrayView text, qsizetype at)
{
    if (text.size() - at < 3)
        return -1;
    const int high = hexDigit(text.at(at + 1));
    const int low = hexDigit(text.at(at + 2));
    return high >= 0 && high < 8 && low >= 0 ? high * 16 + low : -1;
}

/// Decodes the character whose escapes begin at @p at, and goes behind it; false where they are none.
bool decodeCharacter(QByteArrayView text, qsizetype &at, TextWriter &out)
{
    const auto lead = percentByte(text, at);
    const auto more = lead ? continuations(*lead) : std::nullopt;
    if (!more)
        return false;
    out.put(static_cast<char>(*lead));
    at += 3;
    for (int k = 0; k < *more; ++k, at += 3) {
        const auto byte = percentByte(text, at);
        if (!byte || (*byte & 0xc0U) != 0x80 || (k == 0 && !isSecond(*lead, *byte)))
            return false;
        out.put(static_cast<char>(*byte));
    }
    return true;
}

/// Copies what of @p text stands before its first `%` to @p out, which has room for all of it; how much that is. Eight
/// characters at a time: runs are short, so that calls to find their end and to copy them would take longer.
qsizetype copyUpToEscape(QByteArrayView text, char *out)
{
    constexpr quint64 low = 0x0101010101010101;
    constexpr qsizetype step = sizeof(quint64);
    qsizetype at = 0;
    for (; text.size() - at >= step; at += step) {
        const auto characters = qFromLittleEndian<quint64>(text.data() + at);
        qToLittleEndian(characters, out + at);
        // A zero is where an escape was; the lowest one is found surely, and none where there is none.
        const quint64 others = characters ^ ('%' * low);
        if (const quint64 escapes = (others - low) & ~others & (0x80 * low); escapes != 0)
            return at + std::countr_zero(escapes) / 8;
    }
    for (; at < text.size() && text.at(at) != '%'; ++at)
        out[at] = text.at(at);
    return at;
}

/// Writes the UTF-8 of Latin-1 characters: at most two bytes for each.
void putLatin1(TextWriter &out, QByteArrayView text)
{
    if (isAscii(text))
        return out.put(text);
    for (const char c : text) {
        const auto unit = static_cast<quint8>(c);
        if (unit >= 0x80)
            out.put(static_cast<char>(0xc0U | (unit >> 6U)));
        out.put(unit < 0x80 ? c : static_cast<char>(0x80U | (unit & 0x3fU)));
    }
}

} // namespace

QByteArray fromLatin1(QByteArrayView text)
{
    if (isAscii(text))
        return text.toByteArray();
    QByteArray utf8(text.size() * 2, Qt::Uninitialized);
    TextWriter writer(utf8.data());
    putLatin1(writer, text);
    utf8.truncate(writer.at() - utf8.constData());
    return utf8;
}

bool isAscii(QByteArrayView text)
{
    constexpr auto size = static_cast<qsizetype>(sizeof(quint64));
    const auto word = [](const char *from) {
        quint64 bytes = 0;
        std::memcpy(&bytes, from, sizeof bytes);
        return bytes;
    };
    quint64 all = 0;
    if (text.size() < size) {
        for (const char c : text)
            all |= static_cast<quint8>(c);
    } else {
        // What is left behind the last whole word, together with what came before.
        all = word(text.end() - size);
        for (const char *at = text.begin(); text.end() - at >= size; at += size)
            all |= word(at);
    }
    return (all & 0x8080'8080'8080'8080) == 0;
}

char *decodeUriComponent(QByteArrayView text, TextForm form, char *out)
{
    TextWriter writer(out);
    for (qsizetype at = 0; at < text.size();) {
        if (text.at(at) != '%') {
            const QByteArrayView rest = text.sliced(at);
            if (form == TextForm::Latin1) {
                const qsizetype escape = rest.indexOf('%');
                const QByteArrayView plain = escape < 0 ? rest : rest.first(escape);
                putLatin1(writer, plain);
                at += plain.size();
            } else {
                const qsizetype plain = copyUpToEscape(rest, writer.at());
                writer.skip(plain);
                at += plain;
            }
        } else if (const int character = asciiEscape(text, at); character >= 0) {
            writer.put(static_cast<char>(character));
            at += 3;
        } else if (!decodeCharacter(text, at, writer)) {
            return nullptr;
        }
    }
    return writer.at();
}

std::optional<QByteArray> decodeUriComponent(QByteArrayView text, TextForm form)
{
    QByteArray out(decodedRoom(text, form), Qt::Uninitialized);
    const char *end = decodeUriComponent(text, form, out.data());
    if (!end) {
        wipe(out);
        return std::nullopt;
    }
    out.truncate(end - out.constData());
    return out;
}

int hexDigit(char c)
{
    return hexValues[static_cast<quint8>(c)];
}

QByteArray percentDecoded(QByteArrayView text)
{
    QByteArray out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool escaped =
            text.at(i) == '%' && i + 2 < text.size() && hexDigit(text.at(i + 1)) >= 0 && hexDigit(text.at(i + 2)) >= 0;
        if (escaped) {
            out.append(static_cast<char>(hexDigit(text.at(i + 1)) * 16 + hexDigit(text.at(i + 2))));
            i += 2;
        } else {
            out.append(text.at(i));
        }
    }
    return out;
}

QByteArray percentEncoded(QByteArrayView text, std::string_view also)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    QByteArray out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<quint8>(c);
        if (byte < 0x20 || byte > 0x7e || also.find(c) != std::string_view::npos) {
            out.append('%');
            out.append(digits[byte >> 4U]);
            out.append(digits[byte & 0xfU]);
        } else {
            out.append(c);
        }
    }
    return out;
}

} // namespace rollcall::base
