#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using session::AuthVersion;
using session::NullReason;

namespace {

/// What v5's endpoint answers to @p request with a good token, under a changed profile.
Produced endpoint(engine::EndpointRequest request, const std::function<void(session::AuthProfile &)> &change = {})
{
    const auto profile = profileOf(AuthVersion::V5);
    if (change)
        change(*profile);
    if (request.url.isEmpty())
        request.url = "http://localhost:3000/api/auth/session";
    request.headers.emplace_back("Cookie", "authjs.session-token=" + tokenOf(AuthVersion::V5));
    const engine::SessionEndpoint session(profile, nullptr);
    const auto response =
        session.handleV5(request, engine::SessionForm::Endpoint, engine::EndpointContext{testNow}, {});
    const bool throws = response.thrown || response.status >= 400;
    return {throws ? "throws" : response.body == "null" ? "null" : "session", response.outcome.reason};
}

engine::EndpointRequest requestTo(const QByteArray &url)
{
    engine::EndpointRequest request;
    request.url = url;
    return request;
}

/// A call before any configuration is an error of its own, distinct from any null.
Produced unconfigured()
{
    const engine::SessionRuntime runtime;
    const auto answer = runtime.getServerSession(engine::RequestHeaders::fromCookie("a=b"), {});
    if (answer || answer.error().code != base::ErrorCode::Unconfigured)
        return {};
    return {"throws", NullReason::UnconfiguredRuntime};
}

} // namespace

Produced produceOfConfiguration(NullReason reason)
{
    engine::EndpointRequest request;
    switch (static_cast<int>(reason)) {
    case 52:
        return endpoint({}, [](session::AuthProfile &profile) { profile.secrets.clear(); });
    case 53:
        return endpoint({}, [](session::AuthProfile &profile) { profile.trustHost = false; });
    case 54:
        return endpoint(requestTo("http://localhost:3000/other/session"));
    case 55:
        request.headers.emplace_back("Cookie", "authjs.callback-url=javascript%3A1");
        return endpoint(std::move(request));
    case 56:
        return unconfigured();
    case 57:
        return endpoint(requestTo("http,https://app.test/api/auth/session"));
    case 58:
        request.method = "HEAD";
        return endpoint(std::move(request));
    case 59:
        return ask(localRuntime(profileOf(AuthVersion::V4)), engine::RequestHeaders());
    default:
        return {};
    }
}

} // namespace rollcall::test
