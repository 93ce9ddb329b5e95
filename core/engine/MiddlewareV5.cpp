#include "core/engine/MiddlewareParts.h"

namespace rollcall::engine {

namespace {

/// What Next.js's server puts into the headers that a proxy did not set.
session::ForwardedHeaders forwardedHeaders(const MiddlewareRequest &request, const base::WebUrl &url)
{
    const auto header = [&request](const char *name) {
        const auto values = http::headerValues(request.headers, name);
        return values.empty() ? std::nullopt : std::optional(values.front());
    };
    session::ForwardedHeaders headers{header("host"), header("x-forwarded-host"), header("x-forwarded-proto")};
    if (!headers.host)
        headers.host = url.hostAndPort();
    if (!headers.forwardedHost)
        headers.forwardedHost = headers.host;
    if (!headers.forwardedProto)
        headers.forwardedProto = url.scheme;
    return headers;
}

/// `reqWithEnvURL`: the environment's origin in the place of the request's. The new request knows no `next.config.js`.
/// nullopt where that throws.
std::optional<routes::NextUrl> withEnvironmentOrigin(const routes::NextUrl &url,
                                                     const session::Environment &environment)
{
    const auto origin = session::environmentOrigin(environment);
    if (!origin)
        return std::nullopt;
    if (!*origin)
        return url;
    QByteArray text = url.href();
    return routes::NextUrl::parse(text.replace(0, url.origin().size(), **origin), {});
}

MiddlewareDecision toSignIn(const routes::NextUrl &url, const QByteArray &page)
{
    routes::NextUrl target = url;
    target.setPathname(page);
    target.setSearchParam("callbackUrl", url.href());
    return redirecting(target.href());
}

/// False where the callback refused, or answered by itself.
bool isGranted(const AuthorizedResult &authorized)
{
    const auto *value = std::get_if<jose::JsonValue>(&authorized);
    return value && isTruthy(*value);
}

/// The answer before the session's cookies are added.
MiddlewareDecision decide(const MiddlewareOptions &options, const MiddlewareArguments &arguments,
                          const AuthorizedResult &authorized, const QByteArray &signInPage)
{
    if (const auto *own = std::get_if<OwnResponse>(&authorized)) {
        MiddlewareDecision decision = responding(*own);
        // The library parses it to look for a loop; what it finds has no consequence, but a relative one throws.
        if (!decision.location.isEmpty() && !base::parseAnyUrl(decision.location))
            return throwing(QStringLiteral("Invalid URL"));
        return decision;
    }
    if (options.function)
        return decidedBy(callSafely(options.function, arguments));
    if (isGranted(authorized) || arguments.url.pathname() == signInPage)
        return {};
    return toSignIn(arguments.url, signInPage);
}

} // namespace

MiddlewareDecision authMiddleware(const SessionEndpoint &endpoint, const MiddlewareRequest &request,
                                  const MiddlewareOptions &options, const session::Environment &environment,
                                  const EndpointContext &context, const base::Call &call)
{
    if (auto decision = decideByMatcher(request, options))
        return std::move(*decision);
    const auto requested = base::parseWebUrl(request.url);
    const auto seen = middlewareUrl(request, options.next);
    const auto url = requested && seen ? withEnvironmentOrigin(*seen, environment) : std::nullopt;
    if (!url)
        return throwing(QStringLiteral("Invalid URL"));
    const session::AuthProfile &profile = endpoint.profile();
    const auto action =
        session::actionUrl("session", environment, forwardedHeaders(request, *requested), profile.basePath);
    if (!action)
        return throwing(QStringLiteral("Invalid URL"));
    QByteArray cookies = http::cookieHeader(request.headers);
    HelperResult helper = authHelper(endpoint, cookies, action->href(), context, call);
    base::wipe(cookies);
    if (helper.thrown)
        return throwing(*helper.thrown);

    const auto session = helper.session ? jose::parseJson(QString::fromUtf8(*helper.session)) : std::nullopt;
    const MiddlewareArguments arguments{*url, session ? &*session : nullptr};
    const AuthorizedResult authorized =
        options.authorized ? callSafely(options.authorized, arguments) : AuthorizedResult(jose::JsonValue(true));
    if (const auto *failure = std::get_if<CallbackFailure>(&authorized))
        return throwing(failure->message);
    MiddlewareDecision decision =
        decide(options, arguments, authorized, options.signInPage.value_or(profile.basePath + "/signin"));
    if (decision.outcome == MiddlewareDecision::Outcome::Throw)
        return decision;
    decision.setCookies = std::move(helper.setCookies);
    decision.log = std::move(helper.outcome.log);
    // Without a callback everything is granted; what comes then is the wrapped function's own.
    if (session && !isGranted(authorized) && decision.outcome != MiddlewareDecision::Outcome::Pass) {
        decision.reason = session::NullReason::AuthorizedSaidNo;
        decision.evidence = QStringLiteral("there is a session; the authorized callback refused it");
    } else if (!session) {
        decision.reason = helper.outcome.reason;
        decision.evidence = helper.outcome.evidence;
    }
    return decision;
}

} // namespace rollcall::engine
