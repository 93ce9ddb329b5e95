#pragma once

#include <QUrl>

#include <memory>

#include "core/demo/DemoServer.h"
#include "core/session/AuthProfile.h"
#include "core/session/Resolution.h"

namespace rollcall::demo {

/// The Cookie header value of @p request; several lines count as one. **Source:** facts/session-protocol.md §2.1.
[[nodiscard]] QByteArray cookieHeader(const http::HttpMessage &request);

/// The target of @p request without its query, as sent.
[[nodiscard]] QByteArray requestPath(const http::HttpMessage &request);

/// The Auth.js v5 side of a demo site: its endpoints and the cookies its answers set. Sessions themselves are resolved
/// by the engine. **Thread-safety:** immutable, thread-safe.
/// **Source:** facts/deployments-observed.md (D3, D4), facts/session-protocol.md §1.2, §2.4, §4.
class DemoAuth final
{
public:
    DemoAuth(QUrl origin, std::shared_ptr<const session::AuthProfile> profile);

    /// True where @p path lies under the base path.
    [[nodiscard]] bool owns(QByteArrayView path) const;

    /// GET /session with what the engine made of the request: always 200, the body and the cookies tell.
    [[nodiscard]] DemoAnswer session(const http::HttpMessage &request, const session::Resolution &resolution) const;

    /// True for a request that needs session().
    [[nodiscard]] bool isSession(const http::HttpMessage &request) const;

    /// Every other request under the base path: csrf, providers, the sign-in page; 400 for what there is not. The demo
    /// signs nobody in or out.
    [[nodiscard]] DemoAnswer other(const http::HttpMessage &request) const;

    /// What `auth` as proxy answers to a request without session: 307 to the sign-in page.
    [[nodiscard]] DemoAnswer toSignIn(const http::HttpMessage &request, const session::Resolution &resolution) const;

    /// The Set-Cookie lines with which the library answers @p request: csrf, callback URL, session cookies.
    [[nodiscard]] http::HeaderList cookies(const http::HttpMessage &request,
                                           const session::Resolution &resolution) const;

private:
    [[nodiscard]] QByteArray action(const http::HttpMessage &request) const;
    /// The csrf token that is in force, and its Set-Cookie line where the request brought none that is valid.
    [[nodiscard]] QByteArray csrfToken(const http::HttpMessage &request, http::HeaderList &answer) const;
    /// False where the callback cookie is unusable, which is a configuration error to the library.
    [[nodiscard]] bool callbackUrl(const http::HttpMessage &request, http::HeaderList &answer) const;
    void sessionCookies(const http::HttpMessage &request, const session::Resolution &resolution,
                        http::HeaderList &answer) const;

    QUrl m_origin;
    std::shared_ptr<const session::AuthProfile> m_profile;
};

} // namespace rollcall::demo
