#include "core/routes/NextUrl.h"

#include <QString>

#include <algorithm>

namespace rollcall::routes {

namespace {

constexpr QByteArrayView dataPrefix("/_next/data/");
constexpr QByteArrayView jsonSuffix(".json");

bool hasPrefix(const QByteArray &path, const QByteArray &prefix)
{
    return path == prefix || (path.startsWith(prefix) && path.at(prefix.size()) == '/');
}

QByteArray withoutTrailingSlash(const QByteArray &path)
{
    return path.size() > 1 && path.endsWith('/') ? path.chopped(1) : path;
}

/// Takes the locale at the head of @p path away; empty where none of @p locales stands there.
QByteArray takeLocale(QByteArray &path, const QByteArrayList &locales)
{
    const qsizetype end = path.indexOf('/', 1);
    const QByteArray segment = path.sliced(1, (end < 0 ? path.size() : end) - 1).toLower();
    const auto found =
        std::ranges::find_if(locales, [&segment](const QByteArray &locale) { return locale.toLower() == segment; });
    if (segment.isEmpty() || found == locales.end())
        return {};
    path = path.sliced(found->size() + 1);
    if (path.isEmpty())
        path = QByteArrayLiteral("/");
    return *found;
}

/// 127.0.0.0/8 and ::1, as the URL parser prints them.
bool isLoopback(const QByteArray &host)
{
    if (host == "[::1]")
        return true;
    const QList<QByteArray> parts = host.split('.');
    return parts.size() == 4 && parts.front() == "127" && std::ranges::all_of(parts, [](const QByteArray &part) {
               bool isNumber = false;
               part.toUShort(&isNumber);
               return isNumber;
           });
}

} // namespace

std::optional<NextUrl> NextUrl::parse(QByteArrayView text, const NextConfig &config)
{
    auto url = base::parseAnyUrl(text);
    // Of other schemes a request cannot be.
    if (!url || url->isOpaque || !url->path.startsWith('/'))
        return std::nullopt;
    if (isLoopback(url->host))
        url->host = QByteArrayLiteral("localhost");
    NextUrl result(std::move(*url));
    result.analyze(config);
    return result;
}

void NextUrl::analyze(const NextConfig &config)
{
    QByteArray path = m_url.path;
    m_trailingSlash = path == "/" ? config.trailingSlash : path.endsWith('/');
    if (!config.basePath.isEmpty() && hasPrefix(path, config.basePath)) {
        m_basePath = config.basePath;
        path = path.sliced(config.basePath.size());
        if (!path.startsWith('/'))
            path.prepend('/');
    }
    if (path.startsWith(dataPrefix) && path.endsWith(jsonSuffix)) {
        // "/_next/data/BUILD/a/b.json" is the data of "/a/b", "index.json" that of "/".
        const QByteArray inside = path.sliced(dataPrefix.size()).chopped(jsonSuffix.size());
        const qsizetype slash = inside.indexOf('/');
        m_buildId = slash < 0 ? inside : inside.first(slash);
        const QByteArray page = slash < 0 ? QByteArray() : inside.sliced(slash);
        const bool isIndex = page == "/index" || page.startsWith("/index/");
        path = isIndex || page.isEmpty() ? QByteArrayLiteral("/") : page;
    }
    m_locale = takeLocale(path, config.locales);
    m_defaultLocale = config.defaultLocale;
    if (m_locale.isEmpty())
        m_locale = config.defaultLocale;
    m_url.setPath(path);
}

void NextUrl::setSearchParam(const QByteArray &name, QByteArray value)
{
    base::SearchParams params =
        base::SearchParams::parse(QByteArrayView(m_url.query).sliced(m_url.query.isEmpty() ? 0 : 1));
    params.set(name, std::move(value));
    m_url.setSearchParams(params);
}

QByteArray NextUrl::formattedPath() const
{
    const bool isData = !m_buildId.isEmpty();
    QByteArray path = m_url.path;
    const QByteArray lower = QString::fromUtf8(path).toLower().toUtf8();
    const bool needsLocale = !m_locale.isEmpty() && (isData || m_locale != m_defaultLocale) &&
                             !hasPrefix(lower, "/api") && !hasPrefix(lower, '/' + m_locale.toLower());
    if (needsLocale)
        path.prepend('/' + m_locale);
    if (isData || !m_trailingSlash)
        path = withoutTrailingSlash(path);
    if (isData) {
        path.prepend(dataPrefix.toByteArray() + m_buildId);
        path.append(m_url.path == "/" ? "index.json" : jsonSuffix);
    }
    path.prepend(m_basePath);
    if (isData || !m_trailingSlash)
        return withoutTrailingSlash(path);
    return path.endsWith('/') ? path : path + '/';
}

QByteArray NextUrl::href() const
{
    return m_url.scheme + "://" + m_url.hostAndPort() + formattedPath() + search() +
           (m_url.fragment.size() > 1 ? m_url.fragment : QByteArray());
}

} // namespace rollcall::routes
