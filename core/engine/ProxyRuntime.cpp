#include "core/engine/CachedResolver.h"
#include "core/engine/Pool.h"
#include "core/engine/ProxyResolver.h"
#include "core/engine/RuntimeMode.h"
#include "core/http/CookieNames.h"

namespace rollcall::engine {

namespace {

class ProxyMode final : public SessionRuntime::Mode
{
public:
    explicit ProxyMode(ProxyRuntime runtime)
        : m_endpoint(runtime.profile, nullptr),
          m_options(std::move(runtime.options)),
          m_clock(runtime.clock ? std::move(runtime.clock) : std::make_shared<const base::SystemClock>()),
          m_clients(
              [this,
               profile = runtime.profile](const base::Call &) -> base::Result<std::unique_ptr<proxy::ProxyClient>> {
                  return std::make_unique<proxy::ProxyClient>(m_options, profile);
              },
              runtime.mostConnections)
    {}

    RuntimeSession session(const RequestHeaders &request, const base::Call &call) const override
    {
        auto client = m_clients.take(call);
        RuntimeSession result;
        if (!client) {
            result.reason = session::NullReason::CancelledOrDeadline;
            result.evidence = base::errorName(client.error().code);
            return result;
        }
        const auto forwarded = [&request](QByteArrayView name) { return request.value(name); };
        session::Resolution answer = (*client)->resolve(request.cookie(), forwarded, call);
        readSessionFacts(answer);
        result.session = std::move(answer.session);
        result.reason = answer.reason;
        result.evidence = std::move(answer.evidence);
        result.validUntil = answer.validUntil;
        result.userId = std::move(answer.userId);
        result.isShareable = answer.isShareable;
        return result;
    }

    std::vector<RuntimeSession> sessions(std::span<const RequestHeaders> requests,
                                         const base::Call &call) const override
    {
        std::vector<RuntimeSession> results;
        results.reserve(requests.size());
        for (const RequestHeaders &request : requests)
            results.push_back(session(request, call));
        return results;
    }

    const session::AuthProfile &profile() const override { return m_endpoint.profile(); }
    const SessionEndpoint *endpoint() const override
    {
        return profile().version == session::AuthVersion::BetterAuth ? nullptr : &m_endpoint;
    }
    QByteArray cookieName() const override { return http::sessionCookieName(m_endpoint.profile()); }
    QByteArrayView cookieOf(const RequestHeaders &request) const override
    {
        for (const auto &[name, value] : m_options.headers) {
            if (name.compare("cookie", Qt::CaseInsensitive) == 0)
                return value;
        }
        return request.cookie();
    }
    base::SecretBytes cacheToken(const RequestHeaders &request) const override
    {
        return cachedToken(m_endpoint.profile(), cookieOf(request));
    }
    bool isCacheable(const RequestHeaders &request) const override
    {
        // An answer to further headers is not one to the token alone.
        return m_options.forwardedHeaders.isEmpty() &&
               !proxy::holdsCookieCache(m_endpoint.profile(), cookieOf(request));
    }
    base::Instant now() const override { return m_clock->now(); }

private:
    SessionEndpoint m_endpoint;
    proxy::ProxyOptions m_options;
    std::shared_ptr<const base::Clock> m_clock;
    mutable Pool<proxy::ProxyClient> m_clients;
};

} // namespace

std::shared_ptr<const SessionRuntime::Mode> makeProxyMode(ProxyRuntime runtime)
{
    return std::make_shared<const ProxyMode>(std::move(runtime));
}

} // namespace rollcall::engine
