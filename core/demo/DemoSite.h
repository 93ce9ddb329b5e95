#pragma once

#include <QStringList>

#include "core/demo/DemoAuth.h"
#include "core/demo/DemoBackend.h"
#include "core/demo/DemoServer.h"

namespace rollcall::demo {

/// One deployment of the demo: it routes requests to Auth.js's endpoints and to the application's pages, and resolves
/// sessions by Rollcall's own engine with effects applied, so that asking extends and deletes rows as the library does.
/// `/dashboard`, `/api/orders` and `/reports` are guarded as by `auth` in a `proxy.js`; `/api/me` asks for itself.
/// **Thread-safety:** thread-safe.
class DemoSite final
{
public:
    /// @p backends is borrowed and outlives the site.
    DemoSite(QUrl origin, std::shared_ptr<const session::AuthProfile> profile, DemoBackendPool &backends);

    /// Answers one request; blocks within @p call.
    [[nodiscard]] DemoAnswer answer(const http::HttpMessage &request, const base::Call &call);

    /// The application's routes, lightest first.
    [[nodiscard]] static QStringList routes();

private:
    [[nodiscard]] DemoAnswer resolved(const QByteArray &path, const http::HttpMessage &request, DemoBackend &backend,
                                      const base::Call &call) const;
    [[nodiscard]] DemoAnswer page(const QByteArray &path, const http::HttpMessage &request,
                                  const session::Resolution &resolution, DemoBackend &backend,
                                  const base::Call &call) const;

    DemoAuth m_auth;
    DemoBackendPool &m_backends;
};

} // namespace rollcall::demo
