#pragma once

#include "core/engine/SessionEndpoint.h"

namespace rollcall::engine {

// The libraries' server-side helpers, called on the server without HTTP. **Thread-safety:** as SessionEndpoint.

/// What a helper returned.
struct HelperResult
{
    std::optional<QByteArray> session; ///< JSON; nullopt: null
    std::optional<QString> thrown;     ///< the helper threw this message
    /// What the library wants to set. v4's App Router form and v5's `auth()` without a response drop them.
    std::vector<http::SetCookie> setCookies;
    SessionOutcome outcome; ///< reason, evidence, log and effects
};

/// Who parsed the cookies for v4's `getServerSession`: Next.js Pages in `(req, res, options)`, the App Router in
/// `(options)`, which drops `expires`, or a server of another kind with the `cookie` package.
enum class ServerForm { Pages, App, Web };

/// The session that v4's `getServerSession` makes of the endpoint's answer: JSON, or nullopt for null. It takes the
/// answer's body; where it throws itself, EndpointResponse::thrown says so; where the endpoint threw, nothing is set.
[[nodiscard]] std::optional<QByteArray> takeServerSession(EndpointResponse &response, ServerForm form);

/// v4's `getServerSession` for a request with this Cookie header. Blocks where the database is asked.
/// **Source:** facts/session-protocol.md §4.3; next-auth 4.24.15 next/index.js.
[[nodiscard]] HelperResult getServerSession(const SessionEndpoint &endpoint, QByteArrayView cookieHeader,
                                            ServerForm form, const session::BaseUrl &baseUrl,
                                            const EndpointContext &context, const base::Call &call);

/// v5's `auth()` for a request with this Cookie header. @p actionUrl: of session::actionUrl(). Blocks where the
/// database is asked. **Source:** facts/session-protocol.md §4.4; next-auth 5.0.0-beta.32 lib/index.js.
[[nodiscard]] HelperResult authHelper(const SessionEndpoint &endpoint, QByteArrayView cookieHeader,
                                      const QByteArray &actionUrl, const EndpointContext &context,
                                      const base::Call &call);

/// What is handed to `getToken`. Its defaults are the library's, which need not be the deployment's.
struct TokenRequest
{
    QByteArrayView cookieHeader;
    QByteArrayView authorization; ///< the header's value; empty where absent
    QByteArray cookieName;        ///< empty: the version's default
    bool secureCookie = false;    ///< with the default name: whether it has `__Secure-`
    /// v4 reads what Next.js parsed; v5 the header itself.
    http::CookieDialect dialect = http::CookieDialect::AuthCore;
    bool raw = false; ///< the token as it came instead of its claims
};

/// What `getToken` returned.
struct TokenResult
{
    std::optional<jose::Claims> claims;
    std::optional<base::SecretBytes> raw; ///< where it was asked for; a bearer secret
    std::optional<session::NullReason> reason;
    QString evidence;
};

/// The libraries' `getToken`: cookie or `Authorization: Bearer`, decoded. Neither callbacks nor renewal. Without a
/// secret: null and missing-secret (v5 throws there). Never blocks. **Source:** facts/session-protocol.md §3.5.
[[nodiscard]] TokenResult getToken(const SessionEndpoint &endpoint, const TokenRequest &request, base::Instant now);

} // namespace rollcall::engine
