#pragma once

#include <QUrl>

#include <functional>
#include <memory>

#include "core/base/Clock.h"
#include "core/http/HttpClient.h"
#include "core/session/AuthProfile.h"
#include "core/session/Resolution.h"

namespace rollcall::proxy {

/// Sends a request and waits for the whole answer, as http::HttpClient::send() does.
using Fetch = std::function<base::Result<http::HttpResponse>(const http::HttpRequest &, const base::Call &)>;

/// How a deployment is asked for sessions.
struct ProxyOptions
{
    QUrl baseUrl; ///< its origin; a path of its own counts for nothing, as in `new URL(path, baseUrl)`
    /// The deployment's base path, a leading slash added and a trailing one removed; nullopt: the profile's.
    std::optional<QByteArray> targetBasePath;
    /// Sent with each request, as they stand. They stand above the request's own: a Cookie among them replaces the
    /// request's, whatever cookies it holds.
    http::HeaderList headers;
    /// Names of request headers that are passed on. Without any, session cookies alone leave this process; of Cookie
    /// they are all that does, named or not.
    QList<QByteArray> forwardedHeaders;
    http::HttpOptions http;
    Fetch fetch; ///< empty: a connection of our own. What it throws counts as a failure of the network.
};

/// Whether @p cookieHeader may hold Better Auth's cookie cache, from which the deployment then answers without a look
/// at its database. It errs on the side of true. **Thread-safety:** pure.
[[nodiscard]] bool holdsCookieCache(const session::AuthProfile &profile, QByteArrayView cookieHeader);

/// Asks a deployment for a request's session: GET <base path>/session (Better Auth: /get-session) with the session
/// cookies alone forwarded.
/// Set-Cookie of the answer is reported without values, never kept. Its own copies of cookies are wiped after the
/// request; those within the socket (Qt's, OpenSSL's, the system's) are not. **Thread-safety:** one object, one thread
/// at a time.
class ProxyClient final
{
public:
    /// Value of a request header by its name; empty where it is absent.
    using RequestHeader = std::function<QByteArrayView(QByteArrayView)>;

    /// @p profile gives base path and cookie names. Never blocks.
    ProxyClient(ProxyOptions options, std::shared_ptr<const session::AuthProfile> profile);
    /// The same with the defaults of ProxyOptions.
    ProxyClient(QUrl baseUrl, std::shared_ptr<const session::AuthProfile> profile, http::HttpOptions options);

    /// The deployment's answer for @p cookieHeader (a raw Cookie header value). Never an Error: every failure is a null
    /// with its reason (proxy-network-error, proxy-timeout, proxy-not-json, proxy-redirect, proxy-4xx, proxy-5xx,
    /// proxy-empty-object, proxy-null, proxy-origin-mismatch, proxy-too-large, cookie-not-parsed,
    /// cancelled-or-deadline). Cookies whose name begins with the session cookie's are forwarded as they stand, in
    /// their order (http::sessionCookieStems()); nothing else is, but what the options name of @p header. Redirects are
    /// not followed. Asking a live database session may extend it: callers decide whether they may. `session` is the
    /// answer as JSON.parse and JSON.stringify would pass it on. Blocks.
    /// **Source:** facts/session-protocol.md §4.1, §7, §9 (N60–N69).
    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const RequestHeader &header,
                                              const base::Call &call);
    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call);

    /// Whether a client can ask with @p options. Errors: UrlInvalid (no address; one with a user name or password),
    /// UrlSchemeUnsupported, UsageInvalid (a header that the connection writes by itself, or one that breaks its line).
    /// A client made of others asks nothing and answers proxy-origin-mismatch with that error's text.
    [[nodiscard]] static base::Status check(const ProxyOptions &options);

    /// The URL asked: origin + base path + "/session" or "/get-session". Empty where the base path leads to another
    /// origin.
    [[nodiscard]] QUrl sessionUrl() const { return m_url; }

private:
    [[nodiscard]] http::HttpRequest requestFor(QByteArrayView cookieHeader, const RequestHeader &header,
                                               int &cookies) const;
    /// The answer of ProxyOptions::fetch, under the checks of a connection of our own.
    [[nodiscard]] base::Result<http::HttpResponse> fetched(const http::HttpRequest &request,
                                                           const base::Call &call) const;
    void judge(session::Resolution &resolution, const http::HttpResponse &answer) const;

    ProxyOptions m_options;
    std::shared_ptr<const session::AuthProfile> m_profile;
    QUrl m_url;
    base::Status m_usable;
    std::unique_ptr<http::HttpClient> m_client; ///< where no fetch was given
    base::SystemClock m_clock;                  ///< of Set-Cookie's Expires
};

} // namespace rollcall::proxy
