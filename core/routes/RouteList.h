#pragma once

#include <QSet>
#include <QStringList>

#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/routes/MatcherPattern.h"

namespace rollcall::routes {

/// One route of a deployment as a source tells of it.
struct ListedRoute
{
    QString path;                       ///< "/orders/[id]" where it takes parameters
    std::optional<QString> protectedBy; ///< the matcher by which middleware covers it; absent where none does
    QString source;                     ///< "build", "har", "sitemap", "list"
    bool operator==(const ListedRoute &) const = default;
};

/// Whether @p path takes parameters: it cannot be asked for as it stands.
[[nodiscard]] bool isDynamicRoute(const QString &path);

/// @p path with a stand-in for each parameter ("/orders/[id]" → "/orders/_"), an optional catch-all left out.
[[nodiscard]] QString examplePath(const QString &path);

/// Routes of several sources, each path once, the first source keeping it, in the order of adding.
/// **Thread-safety:** one thread at a time.
class RouteList final
{
public:
    /// Adds @p path of @p source where it is a path and not there yet. More than mostRoutes are left out and counted.
    void add(const QString &path, const QString &source);

    /// Notes for each route the first of @p patterns that covers it. Errors: UsageInvalid (a pattern that cannot be
    /// judged).
    [[nodiscard]] base::Status protect(const std::vector<MatcherPattern> &patterns);

    [[nodiscard]] const std::vector<ListedRoute> &routes() const { return m_routes; }
    [[nodiscard]] qsizetype leftOut() const { return m_leftOut; }

    static constexpr std::size_t mostRoutes = 50'000;

private:
    std::vector<ListedRoute> m_routes;
    QSet<QString> m_known;
    qsizetype m_leftOut = 0;
};

} // namespace rollcall::routes
