#include "core/engine/MiddlewareParts.h"

#include <cmath>

namespace rollcall::engine {

using Outcome = MiddlewareDecision::Outcome;

std::optional<routes::NextUrl> middlewareUrl(const MiddlewareRequest &request, const routes::NextConfig &config)
{
    auto url = routes::NextUrl::parse(request.url, config);
    if (!url || !request.isRouted)
        return url;
    url->dropBuildId();
    return routes::NextUrl::parse(url->href(), config);
}

std::optional<MiddlewareDecision> decideByMatcher(const MiddlewareRequest &request, const MiddlewareOptions &options)
{
    if (!options.matcher)
        return std::nullopt;
    const auto url = base::parseWebUrl(request.url);
    if (!url)
        return throwing(QStringLiteral("Invalid URL"));
    const auto match =
        routes::firstMatch(*options.matcher, {QString::fromUtf8(url->path + url->query), request.headers});
    if (!match)
        return throwing(match.error().reason);
    if (*match)
        return std::nullopt;
    MiddlewareDecision decision;
    decision.reason = session::NullReason::MatcherNotCovering;
    decision.evidence = QStringLiteral("no matcher covers %1").arg(QString::fromUtf8(url->path));
    return decision;
}

MiddlewareDecision throwing(const QString &message)
{
    MiddlewareDecision decision;
    decision.outcome = Outcome::Throw;
    decision.status = 500;
    decision.thrown = message;
    return decision;
}

MiddlewareDecision redirecting(const QByteArray &location)
{
    const auto url = base::parseAnyUrl(location);
    if (!url)
        return throwing(QStringLiteral("URL is malformed. Please use only absolute URLs"));
    MiddlewareDecision decision;
    decision.outcome = Outcome::Redirect;
    decision.status = 307;
    decision.location = url->href();
    return decision;
}

MiddlewareDecision responding(const OwnResponse &response)
{
    MiddlewareDecision decision;
    decision.status = response.status;
    decision.location = http::headerValue(response.headers, "location");
    const bool redirects = response.status >= 300 && response.status < 400 && !decision.location.isEmpty();
    decision.outcome = redirects ? Outcome::Redirect : Outcome::Respond;
    return decision;
}

MiddlewareDecision decidedBy(const FunctionResult &result)
{
    if (const auto *failure = std::get_if<CallbackFailure>(&result))
        return throwing(failure->message);
    const auto *own = std::get_if<OwnResponse>(&result);
    return own ? responding(*own) : MiddlewareDecision();
}

bool isTruthy(const jose::JsonValue &value)
{
    if (const bool *boolean = value.boolean())
        return *boolean;
    if (const double *number = value.number())
        return *number != 0 && !std::isnan(*number);
    if (const QString *string = value.string())
        return !string->isEmpty();
    return !value.isNull();
}

} // namespace rollcall::engine
