#include "core/routes/RouteList.h"

namespace rollcall::routes {

bool isDynamicRoute(const QString &path)
{
    return path.contains(QLatin1String("/["));
}

QString examplePath(const QString &path)
{
    QStringList parts;
    for (const QString &part : path.split(QLatin1Char('/'))) {
        if (part.startsWith(QLatin1String("[[...")))
            continue; // matches without anything there
        parts << (part.startsWith(QLatin1Char('[')) ? QStringLiteral("_") : part);
    }
    const QString example = parts.join(QLatin1Char('/'));
    return example.isEmpty() ? QStringLiteral("/") : example;
}

void RouteList::add(const QString &path, const QString &source)
{
    if (!path.startsWith(QLatin1Char('/')) || m_known.contains(path))
        return;
    if (m_routes.size() >= mostRoutes) {
        ++m_leftOut;
        return;
    }
    m_known.insert(path);
    m_routes.push_back({path, std::nullopt, source});
}

base::Status RouteList::protect(const std::vector<MatcherPattern> &patterns)
{
    for (ListedRoute &route : m_routes) {
        const auto match = firstMatch(patterns, {examplePath(route.path), {}});
        if (!match) {
            return base::fail(base::Error(base::ErrorCode::UsageInvalid)
                                  .with(base::ErrorParam::Detail, QStringLiteral("on %1 a matcher cannot be judged: %2")
                                                                      .arg(route.path, match.error().reason)));
        }
        if (*match != nullptr)
            route.protectedBy = (*match)->source();
    }
    return {};
}

} // namespace rollcall::routes
