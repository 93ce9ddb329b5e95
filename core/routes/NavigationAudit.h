#pragma once

#include <span>
#include <vector>

#include "core/http/HarReader.h"

namespace rollcall::routes {

/// One page load of a HAR file and the session calls that it made.
struct Navigation
{
    QString path;
    base::Instant startedAt;
    std::chrono::nanoseconds documentTime{0}; ///< of the document itself
    int sessionCalls = 0;
    std::chrono::nanoseconds sessionTime{0};    ///< all of them together
    std::chrono::nanoseconds longestSession{0}; ///< the longest of them
    int failedSessionCalls = 0;                 ///< answered with 400 or above, or not at all
    bool operator==(const Navigation &) const = default;
};

/// Which of @p entries concern routes of the deployment, by the origin of the first document.
struct HarRoutes
{
    QStringList paths; ///< of documents and of what scripts asked for; no static files, no repeats, in order
    std::vector<Navigation> navigations;
    int sessionCallsBefore = 0; ///< before the first document: no navigation made them
};

/// Finds the routes of a HAR file and audits its navigations: how often each asked @p sessionPath ("/api/auth/session")
/// and what that cost. A call belongs to the page that the browser noted, else to the navigation before it.
/// **Thread-safety:** thread-safe.
[[nodiscard]] HarRoutes auditNavigations(std::span<const http::HarEntry> entries, const QString &sessionPath);

} // namespace rollcall::routes
