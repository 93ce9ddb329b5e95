#include "core/probe/PropagationAsker.h"

#include <QHash>

#include <algorithm>

#include "core/http/RetryAfter.h"
#include "core/proxy/ProxyClient.h"
#include "core/revoke/RuledResolver.h"

namespace rollcall::probe {

using base::Call;
using base::Result;
using session::NullReason;

namespace {

/// Resolves as an application would that reads the rules for every request.
class RuleReadingResolver final : public engine::Resolver
{
public:
    RuleReadingResolver(const deployment::Deployment &deployment, revoke::RuleStore &rules)
        : m_deployment(deployment), m_rules(rules)
    {}

    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const Call &call) override
    {
        session::Resolution failed;
        failed.reason = NullReason::AdapterError;
        auto rules = m_rules.rules(call);
        if (!rules)
            return failed;
        auto local = m_deployment.makeResolver(engine::Mode::Local, nullptr, engine::Effects::Observe, {});
        if (!local)
            return failed;
        return revoke::makeRuledResolver(std::move(*local), m_deployment.auth(), std::move(*rules),
                                         m_deployment.clock())
            ->resolve(cookieHeader, call);
    }

private:
    const deployment::Deployment &m_deployment;
    revoke::RuleStore &m_rules;
};

/// What a null says of a session that was accepted before: refused, or that nobody could be asked. Every other reason
/// says that the canary was not understood, not that it has ended.
Outcome outcomeOf(NullReason reason)
{
    static const QHash<NullReason, Outcome> outcomes{
        {NullReason::ProxyNull, Outcome::Unauthenticated},
        {NullReason::ProxyEmptyObject, Outcome::Unauthenticated},
        {NullReason::RowMissing, Outcome::Unauthenticated},
        {NullReason::RowExpired, Outcome::Unauthenticated},
        {NullReason::UserMissing, Outcome::Unauthenticated},
        {NullReason::JwtCbNull, Outcome::Unauthenticated},
        {NullReason::JwtCbThrew, Outcome::Unauthenticated},
        {NullReason::CacheStaleNegative, Outcome::Unauthenticated},
        {NullReason::BaStorageMiss, Outcome::Unauthenticated},
        {NullReason::ProxyTimeout, Outcome::Timeout},
        {NullReason::CancelledOrDeadline, Outcome::Timeout},
        {NullReason::Proxy4xx, Outcome::Http4xx},
        {NullReason::Proxy5xx, Outcome::Http5xx},
        {NullReason::ProxyRedirect, Outcome::Redirect},
        {NullReason::ProxyTooLarge, Outcome::Oversize},
        {NullReason::ProxyNetworkError, Outcome::Reset},
    };
    return outcomes.value(reason, Outcome::BadBody);
}

} // namespace

/// Asks the deployment, and keeps what an answer that is no session says by its status. **Thread-safety:** as
/// ProxyClient.
class DeploymentAsker final
{
public:
    explicit DeploymentAsker(const deployment::Deployment &deployment)
        : m_http(deployment.config().httpOptions), m_client(optionsFor(deployment), deployment.auth())
    {}

    PropagationAnswer ask(QByteArrayView cookieHeader, const Call &call)
    {
        m_answer = {};
        const session::Resolution resolution = m_client.resolve(cookieHeader, call);
        if (!resolution.hasSession())
            m_answer.outcome = outcomeOf(resolution.reason.value_or(NullReason::ProxyNetworkError));
        if (m_answer.status == 429 || (m_answer.status == 503 && m_answer.retryAfter))
            m_answer.outcome = Outcome::RateLimited;
        return m_answer;
    }

private:
    proxy::ProxyOptions optionsFor(const deployment::Deployment &deployment)
    {
        proxy::ProxyOptions options;
        options.baseUrl = *deployment.config().baseUrl;
        options.fetch = [this](const http::HttpRequest &request, const Call &call) {
            auto response = m_http.send(request, call);
            if (response) {
                m_answer.status = response->status;
                m_answer.retryAfter = http::retryAfter(response->headers, m_clock.now());
            }
            return response;
        };
        return options;
    }

    base::SystemClock m_clock;
    PropagationAnswer m_answer; ///< to the question that is under way
    http::HttpClient m_http;
    proxy::ProxyClient m_client;
};

PropagationAsker::PropagationAsker(const deployment::Deployment &deployment,
                                   std::shared_ptr<cache::SessionCache> memory, std::chrono::milliseconds ttl)
    : m_deployment(deployment), m_memory(std::move(memory)), m_ttl(ttl)
{}

PropagationAsker::~PropagationAsker() = default;

Result<std::unique_ptr<engine::Resolver>> PropagationAsker::makeSource(RevokedBy by, const Call &call)
{
    if (by == RevokedBy::Row && !m_store) {
        auto opened = m_deployment.openStore(store::Access::ReadOnly, call);
        if (!opened)
            return base::fail(std::move(opened.error()));
        m_store = std::move(*opened);
    }
    if (by == RevokedBy::Rule && !m_rules) {
        auto opened = revoke::openRuleStore(m_deployment.config(), store::Access::ReadOnly, call);
        if (!opened)
            return base::fail(std::move(opened.error()));
        m_rules = std::move(*opened);
    }
    if (by == RevokedBy::Rule)
        return std::make_unique<RuleReadingResolver>(m_deployment, *m_rules);
    return m_deployment.makeResolver(engine::Mode::Local, m_store.get(), engine::Effects::Observe, m_ttl);
}

Result<std::unique_ptr<engine::Resolver>> PropagationAsker::make(const PropagationArm &arm, const Call &call)
{
    auto source = makeSource(arm.by, call);
    if (!source || arm.mode == ProbeMode::Local)
        return source;
    const auto &cache = arm.mode == ProbeMode::CachedMemory ? m_memory : m_deployment.cache();
    return engine::makeCachedResolver(m_deployment.auth(), std::move(*source), cache, m_ttl);
}

Result<PropagationAnswer> PropagationAsker::ask(const PropagationArm &arm, const base::SecretBytes &cookieHeader,
                                                const Call &call)
{
    if (arm.mode == ProbeMode::Proxy) {
        if (!m_asker)
            m_asker = std::make_unique<DeploymentAsker>(m_deployment);
        return m_asker->ask(cookieHeader.view(), call);
    }
    auto &resolver = m_resolvers[{arm.by, arm.mode}];
    if (!resolver) {
        auto made = make(arm, call);
        if (!made)
            return base::fail(std::move(made.error()));
        resolver = std::move(*made);
    }
    const session::Resolution resolution = resolver->resolve(cookieHeader.view(), call);
    // Where a cache fails its source answers, which is another arm's business.
    const auto hasFailed = [](const session::TraceStep &step) {
        return step.step == QStringLiteral("cache") && step.outcome == session::StepOutcome::Error;
    };
    if (isCached(arm.mode) && std::ranges::any_of(resolution.trace, hasFailed))
        return PropagationAnswer{Outcome::Reset, 0, {}};
    if (resolution.hasSession())
        return PropagationAnswer{};
    return PropagationAnswer{outcomeOf(resolution.reason.value_or(NullReason::AdapterError)), 0, {}};
}

} // namespace rollcall::probe
