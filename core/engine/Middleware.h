#pragma once

#include <functional>
#include <variant>

#include "core/engine/ServerHelpers.h"
#include "core/routes/MatcherPattern.h"
#include "core/routes/NextUrl.h"

namespace rollcall::engine {

// What the libraries' Next.js middleware decides for a request: v4's `withAuth`, v5's `auth`.
// **Thread-safety:** all functions are reentrant; what they borrow must stand until they return.
// **Source:** facts/session-protocol.md §5.1, §5.2; next-auth 4.24.15 next/middleware.js, next-auth 5.0.0-beta.32
// lib/index.js (handleAuth), lib/env.js (reqWithEnvURL).

/// A request as it reaches the middleware.
struct MiddlewareRequest
{
    QByteArray url; ///< absolute, with base path and locale
    http::HeaderList headers;
    /// Next.js's router shows middleware the page's address in place of a data request's. False: the address is taken
    /// as it is, as a NextRequest made by hand has it.
    bool isRouted = true;
};

/// A response of the application's own.
struct OwnResponse
{
    int status = 200;
    http::HeaderList headers;
};

/// What the application's functions are given.
struct MiddlewareArguments
{
    const routes::NextUrl &url; ///< the request's address, of v5 with the environment's origin
    /// v4: the token's claims; v5: the session. nullptr: null.
    const jose::JsonValue *auth = nullptr;
};

/// What `callbacks.authorized` came to; a response counts in v5 (to v4 it is merely true).
using AuthorizedResult = std::variant<jose::JsonValue, Undefined, CallbackFailure, OwnResponse>;

/// What the function that the middleware wraps came to.
using FunctionResult = std::variant<Undefined, CallbackFailure, OwnResponse>;

/// How a deployment's middleware file is set up. What its functions throw counts as a CallbackFailure: the middleware
/// throws that message.
struct MiddlewareOptions
{
    /// `config.matcher`; nullopt: there is none, and the middleware runs for every path.
    std::optional<std::vector<routes::MatcherPattern>> matcher;
    routes::NextConfig next;
    std::optional<QByteArray> signInPage; ///< `pages.signIn`
    std::optional<QByteArray> errorPage;  ///< `pages.error`
    /// v4: `cookies.sessionToken.name` given to `withAuth` (which knows nothing of the deployment's other options);
    /// empty: the default.
    QByteArray cookieName;
    /// `callbacks.authorized`; empty: none.
    std::function<AuthorizedResult(const MiddlewareArguments &)> authorized;
    /// The function that the middleware wraps. Empty: none.
    std::function<FunctionResult(const MiddlewareArguments &)> function;
};

/// What happens to the request.
struct MiddlewareDecision
{
    enum class Outcome {
        Pass,     ///< goes on to the page
        Redirect, ///< to location
        Respond,  ///< the application's own response
        Throw,    ///< the middleware throws (Next.js answers 500)
    };
    Outcome outcome = Outcome::Pass;
    int status = 200; ///< of the response; v4 makes none where it passes
    QByteArray location;
    std::vector<http::SetCookie> setCookies; ///< bearer secrets
    QString thrown;                          ///< the message, where it throws
    /// Why there is no session, or why the request passed unasked; nullopt where a session was found and let pass.
    std::optional<session::NullReason> reason;
    QString evidence; ///< for people, without secrets
    std::vector<LogLine> log;
};

/// v4's `withAuth`. @p environment: the middleware's own variables. The secrets are those of the endpoint's profile.
/// Never blocks: tokens alone are looked at.
[[nodiscard]] MiddlewareDecision withAuth(const SessionEndpoint &endpoint, const MiddlewareRequest &request,
                                          const MiddlewareOptions &options, const session::Environment &environment,
                                          base::Instant now);

/// v5's `auth` as middleware. Blocks within @p call where the database is asked.
[[nodiscard]] MiddlewareDecision authMiddleware(const SessionEndpoint &endpoint, const MiddlewareRequest &request,
                                                const MiddlewareOptions &options,
                                                const session::Environment &environment, const EndpointContext &context,
                                                const base::Call &call);

} // namespace rollcall::engine
