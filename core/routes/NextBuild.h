#pragma once

#include <QStringList>

#include <vector>

#include "core/base/Result.h"
#include "core/routes/MatcherPattern.h"

namespace rollcall::routes {

/// What a Next.js build directory (`.next`) says of routes. **Thread-safety:** a value.
struct NextBuild
{
    QString basePath;                     ///< basePath of next.config; empty: none
    QStringList routes;                   ///< "/dashboard", "/orders/[id]", with the base path, sorted
    std::vector<MatcherPattern> matchers; ///< of the middleware (or proxy); empty where there is none
    bool hasMiddleware = false;
};

/// Reads the manifests below @p folder (the `.next` folder or the application's): routes of the App and the Pages
/// Router without Next.js's own (`/_error`, `/_not-found`), and the middleware's matchers, Edge or Node.js.
/// Blocks on the disk. Errors: FileUnreadable (no such folder, no routes manifest in it: it was not built),
/// FileFormatInvalid (Path, Detail: a manifest of another form).
/// **Source:** next 15.5.29 and 16.4.6: routes-manifest.json, app-path-routes-manifest.json,
/// server/pages-manifest.json, server/middleware-manifest.json, server/functions-config-manifest.json (Node.js
/// middleware).
[[nodiscard]] base::Result<NextBuild> readNextBuild(const QString &folder);

} // namespace rollcall::routes
