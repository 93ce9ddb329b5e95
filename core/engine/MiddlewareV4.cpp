#include <QScopeGuard>

#include "core/engine/MiddlewareParts.h"

namespace rollcall::engine {

namespace {

using session::NullReason;

/// `new URL(basePath + page, origin)` with a parameter added.
MiddlewareDecision redirectToPage(const routes::NextUrl &url, const QByteArray &page, const QByteArray &name,
                                  const QByteArray &value)
{
    const auto origin = base::parseAnyUrl(url.origin());
    auto target = origin ? base::parseAnyUrl(QByteArray(url.basePath() + page), *origin) : std::nullopt;
    if (!target)
        return throwing(QStringLiteral("Invalid URL"));
    auto params = base::SearchParams::parse(QByteArrayView(target->query).sliced(target->query.isEmpty() ? 0 : 1));
    params.append(name, value);
    target->setSearchParams(params);
    return redirecting(target->href());
}

bool isExempt(const routes::NextUrl &url, const QByteArray &authPath, const QByteArray &signInPage,
              const QByteArray &errorPage)
{
    const QByteArray &path = url.pathname();
    return QByteArray(url.basePath() + path).startsWith(authPath) || path == signInPage || path == errorPage ||
           path.startsWith("/_next") || path.startsWith("/favicon.ico");
}

/// Sets why a request without permission has none.
void explain(MiddlewareDecision &decision, const TokenResult &token, session::Strategy strategy)
{
    const bool isRow = token.reason == NullReason::DbTokenAtJwt || strategy == session::Strategy::Database;
    if (token.claims) {
        decision.reason = NullReason::AuthorizedSaidNo;
        decision.evidence = QStringLiteral("the token is good; the authorized callback refused it");
    } else if (isRow && token.reason != NullReason::NoCookie) {
        decision.reason = NullReason::WithauthDatabase;
        decision.evidence = QStringLiteral("withAuth reads tokens alone; a database session never passes");
    } else {
        decision.reason = token.reason;
        decision.evidence = token.evidence;
    }
}

/// Whether the token may pass: the callback's word, where it has one.
struct Permission
{
    bool granted = false;
    std::optional<QString> thrown;
};

Permission ask(const MiddlewareOptions &options, const MiddlewareArguments &arguments)
{
    const bool hasToken = arguments.auth != nullptr;
    if (!options.authorized)
        return {hasToken, std::nullopt};
    const AuthorizedResult result = callSafely(options.authorized, arguments);
    if (const auto *failure = std::get_if<CallbackFailure>(&result))
        return {false, failure->message};
    if (std::holds_alternative<OwnResponse>(result))
        return {true, std::nullopt};
    const auto *value = std::get_if<jose::JsonValue>(&result);
    return {value && !value->isNull() ? isTruthy(*value) : hasToken, std::nullopt};
}

} // namespace

MiddlewareDecision withAuth(const SessionEndpoint &endpoint, const MiddlewareRequest &request,
                            const MiddlewareOptions &options, const session::Environment &environment,
                            base::Instant now)
{
    if (auto decision = decideByMatcher(request, options))
        return std::move(*decision);
    const auto url = middlewareUrl(request, options.next);
    const auto configured = environment.find(QByteArrayLiteral("NEXTAUTH_URL"));
    const auto address = session::parseBaseUrl(
        configured == environment.end() ? std::nullopt : std::optional(configured->second.view().toByteArray()));
    if (!url || !address)
        return throwing(QStringLiteral("Invalid URL"));
    const QByteArray signInPage = options.signInPage.value_or(QByteArrayLiteral("/api/auth/signin"));
    const QByteArray errorPage = options.errorPage.value_or(QByteArrayLiteral("/api/auth/error"));

    MiddlewareDecision decision;
    if (isExempt(*url, address->path, signInPage, errorPage)) {
        decision.reason = NullReason::MiddlewareExempt;
        decision.evidence = QStringLiteral("withAuth lets this path pass unchecked");
        return decision;
    }
    const session::AuthProfile &profile = endpoint.profile();
    if (profile.secrets.empty() || profile.secrets.front().isEmpty()) {
        decision = redirectToPage(*url, errorPage, "error", "Configuration");
        decision.reason = NullReason::MiddlewareNoSecret;
        decision.evidence = QStringLiteral("the middleware has no secret");
        decision.log.push_back({LogLine::Level::Error, QByteArrayLiteral("NO_SECRET"), decision.evidence});
        return decision;
    }
    QByteArray cookies = http::cookieHeader(request.headers);
    const auto wiping = qScopeGuard([&cookies] { base::wipe(cookies); });
    const QByteArray authorization = http::headerValue(request.headers, "authorization");
    TokenRequest tokenRequest;
    tokenRequest.cookieHeader = cookies;
    tokenRequest.authorization = authorization;
    tokenRequest.cookieName = options.cookieName;
    tokenRequest.secureCookie = session::getTokenIsSecure(environment);
    tokenRequest.dialect = http::CookieDialect::NextEdge;
    const TokenResult token = getToken(endpoint, tokenRequest, now);

    const jose::JsonValue claims = token.claims ? token.claims->value() : jose::JsonValue();
    const MiddlewareArguments arguments{*url, token.claims ? &claims : nullptr};
    const Permission permission = ask(options, arguments);
    if (permission.thrown)
        return throwing(*permission.thrown);
    if (!permission.granted) {
        decision = redirectToPage(*url, signInPage, "callbackUrl", url->basePath() + url->pathname() + url->search());
        explain(decision, token, profile.strategy);
        return decision;
    }
    if (options.function)
        decision = decidedBy(callSafely(options.function, arguments));
    if (decision.outcome == MiddlewareDecision::Outcome::Throw)
        return decision;
    decision.reason = token.claims ? std::nullopt : token.reason;
    decision.evidence = token.claims ? QString() : token.evidence;
    return decision;
}

} // namespace rollcall::engine
