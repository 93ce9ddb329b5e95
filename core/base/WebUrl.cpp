#include "core/base/WebUrl.h"

#include <QList>
#include <QString>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/PercentEncoding.h"
#include "core/base/WebHost.h"

namespace rollcall::base {

namespace {

using namespace std::string_view_literals;

// Percent-encode sets, beyond controls and what is not ASCII.
constexpr auto fragmentSet = " \"<>`"sv;
constexpr auto querySet = " \"#<>"sv;
constexpr auto specialQuerySet = " \"#<>'"sv;
constexpr auto pathSet = " \"#<>?`{}"sv;
constexpr auto userSet = " \"#<>?`{}/:;=@[\\]^|"sv;

struct SpecialScheme
{
    std::string_view name;
    quint16 port;
};

constexpr std::array specialSchemes{SpecialScheme{"http", 80}, SpecialScheme{"https", 443}, SpecialScheme{"ws", 80},
                                    SpecialScheme{"wss", 443}, SpecialScheme{"ftp", 21},    SpecialScheme{"file", 0}};

const SpecialScheme *specialScheme(const QByteArray &scheme)
{
    const std::string_view name(scheme.constData(), static_cast<std::size_t>(scheme.size()));
    const auto found = std::ranges::find(specialSchemes, name, &SpecialScheme::name);
    return found == specialSchemes.end() ? nullptr : &*found;
}

bool isAlpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isSchemeCharacter(char c)
{
    return isAlpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/// Without controls and spaces around it, without tabs and line ends in it.
QByteArray cleaned(QByteArrayView text)
{
    const auto isEdge = [](char c) { return static_cast<quint8>(c) <= 0x20; };
    while (!text.isEmpty() && isEdge(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isEdge(text.back()))
        text.chop(1);
    QByteArray out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c != '\t' && c != '\n' && c != '\r')
            out.append(c);
    }
    return out;
}

bool isSingleDot(QByteArrayView segment)
{
    return segment == "." || segment.compare("%2e", Qt::CaseInsensitive) == 0;
}

bool isDoubleDot(QByteArrayView segment)
{
    const QByteArray lower = segment.toByteArray().toLower();
    return lower == ".." || lower == ".%2e" || lower == "%2e." || lower == "%2e%2e";
}

/// Adds the segments of @p path (behind its leading slash) to @p segments, resolving dots.
void addSegments(QByteArrayView path, bool isSpecial, std::vector<QByteArray> &segments)
{
    for (;;) {
        qsizetype end = 0;
        while (end < path.size() && path.at(end) != '/' && !(isSpecial && path.at(end) == '\\'))
            ++end;
        const bool last = end == path.size();
        const QByteArrayView segment = path.first(end);
        if (isDoubleDot(segment)) {
            if (!segments.empty())
                segments.pop_back();
            if (last)
                segments.emplace_back("");
        } else if (isSingleDot(segment)) {
            if (last)
                segments.emplace_back("");
        } else {
            segments.push_back(percentEncoded(segment, pathSet));
        }
        if (last)
            return;
        path = path.sliced(end + 1);
    }
}

QByteArray joined(const std::vector<QByteArray> &segments)
{
    QByteArray path;
    for (const QByteArray &segment : segments)
        path += '/' + segment;
    return path;
}

/// One parse: takes the text apart from its end and its beginning.
class Parser
{
public:
    static std::optional<WebUrl> parse(QByteArrayView text, const WebUrl *base)
    {
        Parser parser;
        parser.m_rest = cleaned(text);
        if (!parser.run(base))
            return std::nullopt;
        return std::move(parser.m_url);
    }

    /// The path that @p text gives, where slashes lead it or not.
    static QByteArray pathOf(QByteArrayView text, bool isSpecial)
    {
        const bool slash = text.startsWith('/') || (isSpecial && text.startsWith('\\'));
        std::vector<QByteArray> segments;
        addSegments(slash ? text.sliced(1) : text, isSpecial, segments);
        return joined(segments);
    }

private:
    bool run(const WebUrl *base)
    {
        const std::optional<QByteArray> scheme = takeScheme();
        if (!scheme && !base)
            return false;
        m_url.scheme = scheme ? *scheme : base->scheme;
        m_special = specialScheme(m_url.scheme);
        takeFragment();
        if (!scheme)
            return relative(*base);
        if (m_special && m_url.scheme != "file") {
            const bool sameScheme = base && base->scheme == m_url.scheme;
            if (sameScheme && !m_rest.startsWith("//"))
                return relative(*base);
            takeQuery();
            m_rest = m_rest.sliced(leadingSlashes());
            return authority() && absolutePath();
        }
        takeQuery();
        if (startsWithTwoSlashes()) {
            m_rest = m_rest.sliced(2);
            return authority() && absolutePath();
        }
        m_url.hasHost = m_special; // a file without host: an empty one
        if (m_special || m_rest.startsWith('/'))
            return absolutePath();
        m_url.isOpaque = true;
        m_url.path = percentEncoded(m_rest, {});
        return true;
    }

    std::optional<QByteArray> takeScheme()
    {
        if (m_rest.isEmpty() || !isAlpha(m_rest.front()))
            return std::nullopt;
        const auto end = std::ranges::find_if_not(m_rest, isSchemeCharacter);
        if (end == m_rest.end() || *end != ':')
            return std::nullopt;
        const qsizetype length = end - m_rest.begin();
        const QByteArray scheme = m_rest.first(length).toLower();
        m_rest = m_rest.sliced(length + 1);
        return scheme;
    }

    void takeFragment()
    {
        const qsizetype mark = m_rest.indexOf('#');
        if (mark < 0)
            return;
        m_url.fragment = '#' + percentEncoded(QByteArrayView(m_rest).sliced(mark + 1), fragmentSet);
        m_rest.truncate(mark);
    }

    void takeQuery()
    {
        const qsizetype mark = m_rest.indexOf('?');
        if (mark < 0)
            return;
        const auto set = m_special ? specialQuerySet : querySet;
        m_url.query = '?' + percentEncoded(QByteArrayView(m_rest).sliced(mark + 1), set);
        m_rest.truncate(mark);
    }

    [[nodiscard]] bool isSlash(char c) const { return c == '/' || (m_special && c == '\\'); }

    [[nodiscard]] qsizetype leadingSlashes() const
    {
        return std::ranges::find_if_not(m_rest, [this](char c) { return isSlash(c); }) - m_rest.begin();
    }

    [[nodiscard]] bool startsWithTwoSlashes() const
    {
        return m_rest.size() >= 2 && isSlash(m_rest.at(0)) && isSlash(m_rest.at(1));
    }

    /// A reference without scheme (or with that of its base).
    bool relative(const WebUrl &base)
    {
        if (base.isOpaque) {
            const QByteArray fragment = m_url.fragment;
            m_url = base;
            m_url.fragment = fragment;
            return m_rest.isEmpty() && !fragment.isEmpty();
        }
        takeQuery();
        if (startsWithTwoSlashes()) {
            m_rest = m_rest.sliced(m_special && m_url.scheme != "file" ? leadingSlashes() : 2);
            return authority() && absolutePath();
        }
        m_url.user = base.user;
        m_url.password = base.password;
        m_url.hasHost = base.hasHost;
        m_url.host = base.host;
        m_url.port = base.port;
        if (!m_rest.isEmpty() && isSlash(m_rest.front()))
            return absolutePath();
        if (m_rest.isEmpty()) {
            m_url.path = base.path;
            if (m_url.query.isEmpty())
                m_url.query = base.query;
            return true;
        }
        std::vector<QByteArray> segments;
        const qsizetype lastSlash = base.path.lastIndexOf('/');
        if (lastSlash > 0) {
            for (const QByteArray &segment : base.path.first(lastSlash).sliced(1).split('/'))
                segments.push_back(segment);
        }
        addSegments(m_rest, m_special, segments);
        m_url.path = joined(segments);
        return true;
    }

    /// User, host and port, up to the path.
    bool authority()
    {
        qsizetype end = 0;
        while (end < m_rest.size() && !isSlash(m_rest.at(end)))
            ++end;
        QByteArrayView text = QByteArrayView(m_rest).first(end);
        const qsizetype at = text.lastIndexOf('@');
        if (at >= 0) {
            const QByteArrayView user = text.first(at);
            const qsizetype colon = user.indexOf(':');
            m_url.user = percentEncoded(colon < 0 ? user : user.first(colon), userSet);
            if (colon >= 0)
                m_url.password = percentEncoded(user.sliced(colon + 1), userSet);
            text = text.sliced(at + 1);
            if (text.isEmpty())
                return false;
        }
        if (!hostAndPort(text))
            return false;
        m_rest = m_rest.sliced(end);
        return true;
    }

    bool hostAndPort(QByteArrayView text)
    {
        const bool isFile = m_url.scheme == "file";
        const qsizetype bracket = text.lastIndexOf(']');
        const qsizetype colon =
            isFile ? -1 : text.indexOf(':', text.startsWith('[') ? std::max<qsizetype>(bracket, 0) : 0);
        const QByteArrayView name = colon < 0 ? text : text.first(colon);
        m_url.hasHost = true;
        if (name.isEmpty())
            return colon < 0 && (isFile || !m_special);
        const auto host = webHost(name, m_special);
        if (!host)
            return false;
        m_url.host = isFile && *host == "localhost" ? QByteArray() : *host;
        return colon < 0 || port(text.sliced(colon + 1));
    }

    bool port(QByteArrayView digits)
    {
        quint32 value = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9')
                return false;
            value = value * 10 + static_cast<quint32>(c - '0');
            if (value > 0xffff)
                return false;
        }
        const SpecialScheme *scheme = specialScheme(m_url.scheme);
        if (!digits.isEmpty() && !(scheme && scheme->port == value))
            m_url.port = static_cast<quint16>(value);
        return true;
    }

    bool absolutePath()
    {
        if (m_special || !m_rest.isEmpty())
            m_url.path = pathOf(m_rest, m_special);
        return true;
    }

    WebUrl m_url;
    QByteArray m_rest;
    bool m_special = false;
};

bool isWeb(const std::optional<WebUrl> &url)
{
    return url && (url->scheme == "http" || url->scheme == "https");
}

} // namespace

QByteArray WebUrl::hostAndPort() const
{
    return port ? QByteArray(host + ':' + QByteArray::number(*port)) : host;
}

QByteArray WebUrl::origin() const
{
    if (!specialScheme(scheme) || scheme == "file")
        return QByteArrayLiteral("null");
    return scheme + "://" + hostAndPort();
}

QByteArray WebUrl::href() const
{
    QByteArray text = scheme + ':';
    if (hasHost) {
        text += "//" + user;
        if (!password.isEmpty())
            text += ':' + password;
        if (!user.isEmpty() || !password.isEmpty())
            text += '@';
        text += hostAndPort();
    } else if (!isOpaque && path.startsWith("//")) {
        text += "/."; // else the path would read as a host
    }
    return text + path + query + fragment;
}

QByteArray WebUrl::search() const
{
    return query.size() > 1 ? query : QByteArray();
}

void WebUrl::setPath(QByteArrayView text)
{
    if (isOpaque)
        return;
    QByteArray clean = text.toByteArray();
    clean.removeIf([](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    path = Parser::pathOf(clean, specialScheme(scheme));
}

void WebUrl::setSearchParams(const SearchParams &params)
{
    query = params.pairs().empty() ? QByteArray() : QByteArray('?' + params.toQuery());
}

std::optional<WebUrl> parseAnyUrl(QByteArrayView text)
{
    return Parser::parse(text, nullptr);
}

std::optional<WebUrl> parseAnyUrl(QByteArrayView text, const WebUrl &base)
{
    return Parser::parse(text, &base);
}

std::optional<WebUrl> parseWebUrl(QByteArrayView text)
{
    auto url = parseAnyUrl(text);
    return isWeb(url) ? url : std::nullopt;
}

std::optional<WebUrl> parseWebUrl(QByteArrayView text, const WebUrl &base)
{
    auto url = parseAnyUrl(text, base);
    return isWeb(url) ? url : std::nullopt;
}

} // namespace rollcall::base
