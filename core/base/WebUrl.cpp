#include "core/base/WebUrl.h"

#include <QUrl>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace rollcall::base {

namespace {

bool isSlash(char c)
{
    return c == '/' || c == '\\';
}

/// The text without what the standard drops first: blanks and controls around it, tabs and line ends anywhere.
QByteArray stripped(QByteArrayView text)
{
    const auto isEdge = [](char c) { return static_cast<quint8>(c) <= 0x20; };
    while (!text.isEmpty() && isEdge(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isEdge(text.back()))
        text.chop(1);
    QByteArray result = text.toByteArray();
    result.removeIf([](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return result;
}

void appendEncoded(QByteArray &out, char c)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<quint8>(c);
    out.append('%').append(digits[byte >> 4]).append(digits[byte & 0xf]);
}

/// Percent-encodes controls, non-ASCII bytes and those of @p more; existing escapes stay.
QByteArray encoded(QByteArrayView text, QByteArrayView more)
{
    QByteArray out;
    out.reserve(text.size());
    for (const char c : text) {
        if (static_cast<quint8>(c) <= 0x20 || static_cast<quint8>(c) > 0x7e || more.contains(c))
            appendEncoded(out, c);
        else
            out.append(c);
    }
    return out;
}

/// One part of an IPv4 address: decimal, octal behind "0", hex behind "0x".
std::optional<quint64> ipv4Number(QByteArrayView part)
{
    if (part.isEmpty())
        return std::nullopt;
    int base = 10;
    if (part.size() >= 2 && part.front() == '0') {
        const bool hex = (part.at(1) | 0x20) == 'x';
        base = hex ? 16 : 8;
        part = part.sliced(hex ? 2 : 1);
    }
    if (part.isEmpty())
        return 0;
    quint64 value = 0;
    const auto read = std::from_chars(part.begin(), part.end(), value, base);
    if (read.ec == std::errc::result_out_of_range && read.ptr == part.end())
        return ~quint64{0};
    return read.ec == std::errc() && read.ptr == part.end() ? std::optional(value) : std::nullopt;
}

bool endsInNumber(const QList<QByteArray> &labels)
{
    const QByteArray &last = labels.back();
    const bool digits = !last.isEmpty() && std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
    return digits || ((last.startsWith("0x") || last.startsWith("0X")) && ipv4Number(last).has_value());
}

std::optional<QByteArray> ipv4Host(const QList<QByteArray> &labels)
{
    if (labels.size() > 4)
        return std::nullopt;
    quint64 address = 0;
    for (qsizetype i = 0; i < labels.size(); ++i) {
        const auto number = ipv4Number(labels.at(i));
        const bool isLast = i + 1 == labels.size();
        // The last part fills what the others leave.
        const quint64 limit = isLast ? quint64{1} << (8 * (5 - labels.size())) : 256;
        if (!number || *number >= limit)
            return std::nullopt;
        address |= isLast ? *number : *number << (8 * (3 - i));
    }
    QByteArray host;
    for (const int shift : {24, 16, 8, 0})
        host += QByteArray::number((address >> shift) & 0xff) + (shift > 0 ? "." : "");
    return host;
}

std::optional<QByteArray> ipv6Host(const QByteArray &text)
{
    std::array<quint8, 16> bytes{};
    if (inet_pton(AF_INET6, text.constData(), bytes.data()) != 1)
        return std::nullopt;
    std::array<int, 8> pieces{};
    for (std::size_t i = 0; i < pieces.size(); ++i)
        pieces.at(i) = bytes.at(2 * i) << 8 | bytes.at(2 * i + 1);
    // The first longest run of at least two zeros is written "::".
    std::size_t best = pieces.size();
    std::size_t bestLength = 1;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::size_t length = 0;
        while (i + length < pieces.size() && pieces.at(i + length) == 0)
            ++length;
        if (length > bestLength) {
            best = i;
            bestLength = length;
        }
    }
    QByteArray host("[");
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i == best) {
            host += i == 0 ? "::" : ":";
            i += bestLength - 1;
            continue;
        }
        host += QByteArray::number(pieces.at(i), 16);
        if (i + 1 < pieces.size())
            host += ':';
    }
    return host + ']';
}

std::optional<QByteArray> domainHost(QByteArrayView written)
{
    QByteArray domain = QByteArray::fromPercentEncoding(written.toByteArray());
    const bool ascii = std::ranges::all_of(domain, [](char c) { return static_cast<quint8>(c) < 0x80; });
    domain = ascii ? domain.toLower() : QUrl::toAce(QString::fromUtf8(domain));
    constexpr QByteArrayView forbidden(" #%/:<>?@[\\]^|\x7f");
    const bool refused =
        std::ranges::any_of(domain, [&](char c) { return static_cast<quint8>(c) < 0x20 || forbidden.contains(c); });
    if (domain.isEmpty() || refused)
        return std::nullopt;
    QList<QByteArray> labels = domain.split('.');
    if (labels.size() > 1 && labels.back().isEmpty())
        labels.removeLast();
    return endsInNumber(labels) ? ipv4Host(labels) : std::optional(domain);
}

/// Host and port of an authority; false where the standard refuses it.
bool readAuthority(QByteArrayView authority, WebUrl &url)
{
    if (const qsizetype at = authority.lastIndexOf('@'); at >= 0)
        authority = authority.sliced(at + 1);
    const qsizetype bracket = authority.startsWith('[') ? authority.indexOf(']') : 0;
    if (bracket < 0)
        return false;
    const qsizetype colon = authority.indexOf(':', bracket);
    const QByteArrayView host = colon < 0 ? authority : authority.first(colon);
    const auto parsed = host.startsWith('[')
                            ? (host.endsWith(']') ? ipv6Host(host.sliced(1).chopped(1).toByteArray()) : std::nullopt)
                            : domainHost(host);
    if (!parsed)
        return false;
    url.host = *parsed;
    const QByteArrayView digits = colon < 0 ? QByteArrayView() : authority.sliced(colon + 1);
    if (digits.isEmpty())
        return true;
    quint16 port = 0;
    const auto read = std::from_chars(digits.begin(), digits.end(), port);
    if (read.ec != std::errc() || read.ptr != digits.end())
        return false;
    if (port != (url.isSecure() ? 443 : 80))
        url.port = port;
    return true;
}

QByteArray resolvedPath(QByteArrayView path)
{
    QList<QByteArray> segments;
    while (!path.isEmpty()) {
        path = path.sliced(1); // the slash
        const auto end = std::ranges::find_if(path, isSlash);
        const QByteArray segment = path.first(end - path.begin()).toByteArray();
        path = path.sliced(segment.size());
        QByteArray dots = segment.toLower();
        dots.replace("%2e", ".");
        const bool isLast = path.isEmpty();
        if (dots == "..") {
            if (!segments.isEmpty())
                segments.removeLast();
        } else if (dots != ".") {
            segments << encoded(segment, "\"#<>?`{}");
            continue;
        }
        if (isLast)
            segments << QByteArray();
    }
    return '/' + segments.join('/');
}

/// Path, query and the end, at which @p rest begins with a slash, "?", "#" or is empty.
void readRest(QByteArrayView rest, WebUrl &url)
{
    if (const qsizetype fragment = rest.indexOf('#'); fragment >= 0)
        rest = rest.first(fragment);
    const qsizetype question = rest.indexOf('?');
    url.path = resolvedPath(question < 0 ? rest : rest.first(question));
    if (question >= 0 && question + 1 < rest.size())
        url.query = '?' + encoded(rest.sliced(question + 1), "\"#<>'");
}

/// What stands behind the scheme's slashes: authority and rest.
std::optional<WebUrl> readBehindSlashes(QByteArrayView text, WebUrl url)
{
    const auto end = std::ranges::find_if(text, [](char c) { return isSlash(c) || c == '?' || c == '#'; });
    const qsizetype size = end - text.begin();
    if (!readAuthority(text.first(size), url))
        return std::nullopt;
    readRest(text.sliced(size), url);
    return url;
}

QByteArrayView withoutSlashes(QByteArrayView text)
{
    while (!text.isEmpty() && isSlash(text.front()))
        text = text.sliced(1);
    return text;
}

} // namespace

QByteArray WebUrl::hostAndPort() const
{
    return port ? QByteArray(host + ':' + QByteArray::number(*port)) : host;
}

QByteArray WebUrl::origin() const
{
    return scheme + "://" + hostAndPort();
}

QByteArray WebUrl::href() const
{
    return origin() + path + query;
}

std::optional<WebUrl> parseWebUrl(QByteArrayView text)
{
    const QByteArray clean = stripped(text);
    const qsizetype colon = clean.indexOf(':');
    if (colon < 0)
        return std::nullopt;
    WebUrl url;
    url.scheme = clean.first(colon).toLower();
    if (url.scheme != "http" && url.scheme != "https")
        return std::nullopt;
    return readBehindSlashes(withoutSlashes(QByteArrayView(clean).sliced(colon + 1)), std::move(url));
}

std::optional<WebUrl> parseWebUrl(QByteArrayView text, const WebUrl &base)
{
    const QByteArray clean = stripped(text);
    if (clean.isEmpty() || !isSlash(clean.front()))
        return parseWebUrl(clean);
    WebUrl url;
    url.scheme = base.scheme;
    if (clean.size() > 1 && isSlash(clean.at(1)))
        return readBehindSlashes(withoutSlashes(clean), std::move(url));
    url.host = base.host;
    url.port = base.port;
    readRest(clean, url);
    return url;
}

} // namespace rollcall::base
