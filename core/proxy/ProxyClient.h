#pragma once

#include <QUrl>

#include <memory>

#include "core/base/Clock.h"
#include "core/http/HttpClient.h"
#include "core/session/AuthProfile.h"
#include "core/session/Resolution.h"

namespace rollcall::proxy {

/// Asks a deployment for a request's session: GET <base path>/session with the session cookies alone forwarded.
/// Set-Cookie of the answer is reported without values, never kept. **Thread-safety:** one object, one thread at a
/// time.
class ProxyClient final
{
public:
    /// @p baseUrl is the deployment's origin (a path of its own counts for nothing, as in `new URL(path, baseUrl)`);
    /// @p profile gives base path and cookie names. Never blocks.
    ProxyClient(QUrl baseUrl, std::shared_ptr<const session::AuthProfile> profile, http::HttpOptions options);

    /// The deployment's answer for @p cookieHeader (a raw Cookie header value). Never an Error: every failure is a null
    /// with its reason (proxy-network-error, proxy-timeout, proxy-not-json, proxy-redirect, proxy-4xx, proxy-5xx,
    /// proxy-empty-object, proxy-null, proxy-origin-mismatch, proxy-too-large, cookie-not-parsed,
    /// cancelled-or-deadline). Cookies whose name begins with the session cookie's are forwarded as they stand, in
    /// their order; nothing else is. Redirects are not followed. Asking a live database session may extend it: callers
    /// decide whether they may. `session` is the answer as JSON.parse and JSON.stringify would pass it on. Blocks.
    /// **Source:** facts/session-protocol.md §4.1, §7, §9 (N60–N69).
    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call);

    /// The URL asked: origin + base path + "/session".
    [[nodiscard]] QUrl sessionUrl() const;

private:
    void judge(session::Resolution &resolution, const http::HttpResponse &answer) const;

    QUrl m_baseUrl;
    std::shared_ptr<const session::AuthProfile> m_profile;
    http::HttpClient m_client;
    base::SystemClock m_clock; ///< of Set-Cookie's Expires
};

} // namespace rollcall::proxy
