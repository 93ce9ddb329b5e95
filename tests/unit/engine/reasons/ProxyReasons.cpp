#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using base::ErrorCode;
using session::AuthVersion;
using session::NullReason;

namespace {

/// What a proxy runtime makes of what is fetched.
Produced fetched(const proxy::Fetch &fetch, const std::optional<QByteArray> &basePath = {})
{
    engine::ProxyRuntime proxied;
    proxied.profile = profileOf(AuthVersion::V5);
    proxied.options.baseUrl = QUrl(QStringLiteral("https://auth.test"));
    proxied.options.targetBasePath = basePath;
    proxied.options.fetch = fetch;
    engine::SessionRuntime runtime;
    if (!runtime.configureProxy(std::move(proxied)))
        return {};
    const auto answer = runtime.getServerSession(engine::RequestHeaders::fromCookie("authjs.session-token=t"), {});
    if (!answer)
        return {"error", std::nullopt};
    return {answer->session ? "session" : "null", answer->reason};
}

Produced failing(ErrorCode code)
{
    return fetched([code](const auto &, const auto &) -> base::Result<http::HttpResponse> {
        return base::fail(base::Error(code));
    });
}

Produced answering(int status, const QByteArray &body, const std::optional<QByteArray> &basePath = {})
{
    return fetched(
        [status, body](const auto &, const auto &) -> base::Result<http::HttpResponse> {
            http::HttpResponse response;
            response.status = status;
            response.headers.emplace_back("Location", "https://login.test/");
            response.body = body;
            return response;
        },
        basePath);
}

} // namespace

Produced produceOfProxy(NullReason reason)
{
    switch (static_cast<int>(reason)) {
    case 60:
        return failing(ErrorCode::ConnectRefused);
    case 61:
        return failing(ErrorCode::Timeout);
    case 62:
        return answering(200, "<!doctype html>");
    case 63:
        return answering(302, "");
    case 64:
        return answering(404, "");
    case 65:
        return answering(502, "");
    case 66:
        return answering(200, "{}");
    case 67:
        return answering(200, "null");
    case 68:
        return answering(200, "{\"user\":{}}", "//other.test/auth");
    case 69:
        return failing(ErrorCode::HttpTooLarge);
    default:
        return {};
    }
}

} // namespace rollcall::test
