#include "core/base/WebHost.h"

#include <QUrl>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/PercentEncoding.h"

namespace rollcall::base {

namespace {

using namespace std::string_view_literals;

bool isForbiddenInHost(char c)
{
    return c == '\0' || "\t\n\r #/:<>?@[\\]^|"sv.find(c) != std::string_view::npos;
}

bool isForbiddenInDomain(char c)
{
    return isForbiddenInHost(c) || static_cast<quint8>(c) < 0x20 || c == '%' || c == '\x7f';
}

bool allDigits(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A number of an IPv4 address: decimal, octal behind "0", hexadecimal behind "0x". Values beyond 32 bits are capped
/// there, which no part may have.
std::optional<quint64> ipv4Number(QByteArrayView text)
{
    if (text.isEmpty())
        return std::nullopt;
    int radix = 10;
    if (text.size() >= 2 && text.front() == '0') {
        const bool hexadecimal = text.at(1) == 'x' || text.at(1) == 'X';
        radix = hexadecimal ? 16 : 8;
        text = text.sliced(hexadecimal ? 2 : 1);
    }
    quint64 value = 0;
    for (const char c : text) {
        const int digit = hexDigit(c);
        if (digit < 0 || digit >= radix)
            return std::nullopt;
        value = std::min<quint64>(value * static_cast<quint64>(radix) + static_cast<quint64>(digit), 1ULL << 32U);
    }
    return value;
}

QList<QByteArray> ipv4Parts(const QByteArray &host)
{
    QList<QByteArray> parts = host.split('.');
    if (parts.size() > 1 && parts.last().isEmpty())
        parts.removeLast();
    return parts;
}

bool endsInNumber(const QByteArray &host)
{
    const QByteArray last = ipv4Parts(host).constLast();
    return (!last.isEmpty() && allDigits(last)) ||
           ((last.startsWith("0x") || last.startsWith("0X")) && ipv4Number(last).has_value());
}

std::optional<QByteArray> ipv4(const QByteArray &host)
{
    const QList<QByteArray> parts = ipv4Parts(host);
    if (parts.size() > 4)
        return std::nullopt;
    quint64 address = 0;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const auto number = ipv4Number(parts.at(i));
        // The last part fills all bytes that are left.
        const auto bytes = static_cast<unsigned>(i + 1 < parts.size() ? 1 : 5 - parts.size());
        if (!number || *number >= (1ULL << (8U * bytes)))
            return std::nullopt;
        address |= *number << (8U * (i + 1 < parts.size() ? static_cast<unsigned>(3 - i) : 0U));
    }
    return QByteArray::number(address >> 24U) + '.' + QByteArray::number((address >> 16U) & 0xffU) + '.' +
           QByteArray::number((address >> 8U) & 0xffU) + '.' + QByteArray::number(address & 0xffU);
}

std::optional<QByteArray> ipv6(const QByteArray &text)
{
    std::array<quint8, 16> bytes{};
    if (text.contains('\0') || ::inet_pton(AF_INET6, text.constData(), bytes.data()) != 1)
        return std::nullopt;
    std::array<unsigned, 8> pieces{};
    for (std::size_t i = 0; i < pieces.size(); ++i)
        pieces.at(i) = bytes.at(2 * i) * 256U + bytes.at(2 * i + 1);
    // The first of the longest runs of zeros, if longer than one, is left out.
    std::size_t runStart = pieces.size();
    std::size_t runLength = 1;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::size_t end = i;
        while (end < pieces.size() && pieces.at(end) == 0)
            ++end;
        if (end - i > runLength) {
            runStart = i;
            runLength = end - i;
        }
    }
    QByteArray out = "[";
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i == runStart) {
            out += i == 0 ? "::" : ":";
            i += runLength - 1;
            continue;
        }
        out += QByteArray::number(pieces.at(i), 16);
        if (i + 1 < pieces.size())
            out += ':';
    }
    return out + ']';
}

/// Whether a label that begins so, lower case, stands for one that it is the encoding of.
bool isPunycode(QByteArrayView label)
{
    const QByteArray encoded = label.toByteArray();
    const QString decoded = QUrl::fromAce(encoded, QUrl::IgnoreIDNWhitelist);
    return !decoded.startsWith(QLatin1StringView("xn--")) && QUrl::toAce(decoded) == encoded;
}

std::optional<QByteArray> domain(QByteArrayView text)
{
    const QByteArray decoded = percentDecoded(text);
    const bool ascii = std::ranges::all_of(decoded, [](char c) { return static_cast<quint8>(c) < 0x80; });
    QByteArray host = decoded.toLower();
    // Plain names pass as they are: the mapping below would refuse some that `URL` takes.
    if (!ascii || host.startsWith("xn--") || host.contains(".xn--"))
        host = QUrl::toAce(QString::fromUtf8(decoded));
    for (const QByteArray &label : host.split('.')) {
        if (label.startsWith("xn--") && !isPunycode(label))
            return std::nullopt;
    }
    if (host.isEmpty() || std::ranges::any_of(host, isForbiddenInDomain))
        return std::nullopt;
    return endsInNumber(host) ? ipv4(host) : host;
}

} // namespace

std::optional<QByteArray> webHost(QByteArrayView text, bool isSpecial)
{
    if (text.startsWith('['))
        return text.endsWith(']') ? ipv6(text.sliced(1, text.size() - 2).toByteArray()) : std::nullopt;
    if (isSpecial)
        return domain(text);
    if (std::ranges::any_of(text, isForbiddenInHost))
        return std::nullopt;
    return percentEncoded(text, {});
}

} // namespace rollcall::base
