#include "core/probe/Preflight.h"

#include "core/http/HttpClient.h"

namespace rollcall::probe {

using base::Error;
using base::ErrorCode;
using base::Status;

QString cacheBackendOf(const deployment::Deployment &deployment)
{
    const auto &cache = deployment.config().cache;
    if (!cache)
        return QStringLiteral("memory");
    return cache->kind == redis::RedisUrl::Kind::Upstash ? QStringLiteral("upstash") : QStringLiteral("redis");
}

Status checkCaches(const std::vector<ProbeMode> &modes, const deployment::Deployment &deployment)
{
    const QString backend = cacheBackendOf(deployment);
    for (const ProbeMode mode : modes) {
        const bool fits = (mode != ProbeMode::CachedRedis || backend == QLatin1String("redis")) &&
                          (mode != ProbeMode::CachedUpstash || backend == QLatin1String("upstash"));
        if (!fits) {
            return base::fail(Error(ErrorCode::PartNotGiven)
                                  .with(base::ErrorParam::Part, probeModeName(mode))
                                  .with(base::ErrorParam::Flag, QStringLiteral("--cache")));
        }
    }
    return {};
}

Status knock(const deployment::Deployment &deployment, std::chrono::milliseconds timeout, const base::Call &call)
{
    http::HttpOptions options = deployment.config().httpOptions;
    options.timeout = timeout;
    http::HttpRequest request;
    request.url = *deployment.config().baseUrl;
    request.url.setPath(floorPath);
    request.headers.emplace_back(QByteArrayLiteral("User-Agent"), QByteArray(probeAgent));
    auto answer = http::HttpClient(options).send(request, call.atMost(timeout));
    if (answer)
        return {};
    const bool unreachable = base::exitClass(answer.error().code) == base::ExitClass::Connect;
    return unreachable || answer.error().code == ErrorCode::Cancelled ? base::fail(std::move(answer.error()))
                                                                      : Status();
}

} // namespace rollcall::probe
