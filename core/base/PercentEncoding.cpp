#include "core/base/PercentEncoding.h"

namespace rollcall::base {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
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
