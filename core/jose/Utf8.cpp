#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

struct Decoding
{
    QString text;
    bool broken = false;
};

/// What the lead byte of a sequence promises: continuation bytes, and the bounds of the first of them (which exclude
/// overlong forms, surrogates and values above U+10FFFF).
struct Lead
{
    int needed = 0;
    quint8 lower = 0x80;
    quint8 upper = 0xbf;
    char32_t bits = 0;
};

std::optional<Lead> leadOf(quint8 byte)
{
    if (byte >= 0xc2 && byte <= 0xdf)
        return Lead{1, 0x80, 0xbf, byte & 0x1fU};
    if (byte >= 0xe0 && byte <= 0xef) {
        return Lead{2, static_cast<quint8>(byte == 0xe0 ? 0xa0 : 0x80), static_cast<quint8>(byte == 0xed ? 0x9f : 0xbf),
                    byte & 0x0fU};
    }
    if (byte >= 0xf0 && byte <= 0xf4) {
        return Lead{3, static_cast<quint8>(byte == 0xf0 ? 0x90 : 0x80), static_cast<quint8>(byte == 0xf4 ? 0x8f : 0xbf),
                    byte & 0x07U};
    }
    return std::nullopt;
}

void append(QString &text, char32_t codePoint)
{
    if (QChar::requiresSurrogates(codePoint)) {
        text.append(QChar(QChar::highSurrogate(codePoint)));
        text.append(QChar(QChar::lowSurrogate(codePoint)));
    } else {
        text.append(QChar(static_cast<char16_t>(codePoint)));
    }
}

Decoding decode(QByteArrayView bytes)
{
    Decoding result;
    result.text.reserve(bytes.size());
    const auto replace = [&result] {
        result.broken = true;
        result.text.append(QChar(QChar::ReplacementCharacter));
    };
    for (qsizetype i = 0; i < bytes.size();) {
        const auto byte = static_cast<quint8>(bytes.at(i++));
        if (byte < 0x80) {
            result.text.append(QChar(char16_t{byte}));
            continue;
        }
        auto lead = leadOf(byte);
        if (!lead) {
            replace();
            continue;
        }
        char32_t codePoint = lead->bits;
        while (lead->needed > 0 && i < bytes.size()) {
            const auto next = static_cast<quint8>(bytes.at(i));
            if (next < lead->lower || next > lead->upper)
                break;
            codePoint = (codePoint << 6) | (next & 0x3fU);
            lead->lower = 0x80;
            lead->upper = 0xbf;
            --lead->needed;
            ++i;
        }
        if (lead->needed > 0)
            replace();
        else
            append(result.text, codePoint);
    }
    return result;
}

QByteArrayView withoutMark(QByteArrayView bytes)
{
    return bytes.startsWith(QByteArrayView("\xef\xbb\xbf")) ? bytes.sliced(3) : bytes;
}

} // namespace

QString utf8Replacing(QByteArrayView bytes)
{
    return decode(withoutMark(bytes)).text;
}

QString utf8Whole(QByteArrayView bytes)
{
    return decode(bytes).text;
}

std::optional<QString> utf8Strict(QByteArrayView bytes)
{
    Decoding decoding = decode(withoutMark(bytes));
    if (decoding.broken)
        return std::nullopt;
    return std::move(decoding.text);
}

} // namespace rollcall::jose
