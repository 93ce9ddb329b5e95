#pragma once

#include <QUrl>

#include "core/http/HttpClient.h"
#include "core/session/AuthProfile.h"
#include "core/session/Resolution.h"

namespace rollcall::proxy {

/// Asks a deployment for a request's session: GET <base path>/session with the session cookies alone forwarded.
/// Set-Cookie of the answer is reported without values, never kept. **Thread-safety:** one object, one thread at a time.
class ProxyClient final
{
public:
    /// @p baseUrl is the deployment's origin; @p profile gives base path and cookie names and must outlive nothing (shared).
    ProxyClient(QUrl baseUrl, std::shared_ptr<const session::AuthProfile> profile, http::HttpOptions options);

    /// The deployment's answer for @p cookieHeader (a raw Cookie header value). Never an Error: every failure is a null
    /// with its reason (proxy-network-error, proxy-timeout, proxy-not-json, proxy-redirect, proxy-4xx, proxy-5xx,
    /// proxy-empty-object, proxy-null, proxy-origin-mismatch, proxy-too-large, cancelled-or-deadline).
    /// Asking a live database session may extend it: callers decide whether they may.
    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call);

    /// The URL asked: origin + base path + "/session".
    [[nodiscard]] QUrl sessionUrl() const;

private:
    QUrl m_baseUrl;
    std::shared_ptr<const session::AuthProfile> m_profile;
    http::HttpClient m_client;
};

} // namespace rollcall::proxy
