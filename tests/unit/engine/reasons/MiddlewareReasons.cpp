#include "core/engine/Middleware.h"
#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using engine::MiddlewareOptions;
using session::AuthVersion;
using session::NullReason;
using Outcome = engine::MiddlewareDecision::Outcome;

namespace {

/// What v4's withAuth does with a request for @p path.
Produced decide(const QByteArray &path, const QByteArray &token, const MiddlewareOptions &options = {},
                bool hasSecret = true)
{
    const auto profile = profileOf(AuthVersion::V4);
    if (!hasSecret)
        profile->secrets.clear();
    engine::MiddlewareRequest request;
    request.url = "http://app.test" + path;
    request.headers.emplace_back("Cookie", "next-auth.session-token=" + token);
    const engine::SessionEndpoint endpoint(profile, nullptr);
    const auto decision = engine::withAuth(endpoint, request, options, {}, testNow);
    return {decision.outcome == Outcome::Pass       ? "passes"
            : decision.outcome == Outcome::Redirect ? "redirects"
                                                    : "other",
            decision.reason};
}

} // namespace

Produced produceOfMiddleware(NullReason reason)
{
    const QByteArray token = tokenOf(AuthVersion::V4);
    MiddlewareOptions options;
    switch (static_cast<int>(reason)) {
    case 70:
        options.matcher = routes::compileMatcher({{QStringLiteral("/admin/:p*"), true, {}, {}}}, {}).value();
        return decide("/orders", token, options);
    case 71:
        return decide("/orders", "11f2b4a0-0000-4000-8000-1234567890ab");
    case 72:
        options.authorized = [](const auto &) -> engine::AuthorizedResult { return jose::JsonValue(false); };
        return decide("/orders", token, options);
    case 73:
        return decide("/orders", token, {}, false);
    case 74:
        return decide("/api/auth/signin", token);
    default:
        return {};
    }
}

} // namespace rollcall::test
