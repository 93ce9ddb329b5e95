#include "core/probe/PropagationCanaries.h"

#include <QScopeGuard>

#include <algorithm>
#include <thread>

#include "core/probe/CanarySession.h"
#include "core/revoke/RuledResolver.h"

namespace rollcall::probe {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::SecretBytes;
using base::Status;
using namespace std::chrono_literals;

namespace {

/// A rule is for whole seconds, rounded up: a token that is to be refused by one set now must be older than that.
constexpr auto olderThanRule = 60s;
constexpr auto perRemoval = 100ms; ///< what one of many may take, on average
constexpr auto betweenRows = 20ms; ///< towards somebody else's database: GuardLimits::localPerSecond

void keepFirst(Status &first, Status next)
{
    if (first && !next)
        first = std::move(next);
}

} // namespace

Status PropagationCanaries::make(const std::vector<RevokedBy> &by, std::chrono::seconds life, Pace pace,
                                 const Call &call)
{
    const auto begun = Call::Clock::now();
    const auto timing = qScopeGuard([this, begun] { m_making = Call::Clock::now() - begun; });
    const auto wants = [&by](RevokedBy which) { return std::find(by.begin(), by.end(), which) != by.end(); };
    if (wants(RevokedBy::Row)) {
        auto opened = m_deployment.openStore(store::Access::Write, call);
        if (!opened)
            return base::fail(std::move(opened.error()));
        m_store = std::move(*opened);
    }
    if (wants(RevokedBy::Rule)) {
        auto opened = revoke::openRuleStore(m_deployment.config(), store::Access::Write, call);
        if (!opened)
            return base::fail(std::move(opened.error()));
        m_rules = std::move(*opened);
    }
    m_canaries.reserve(by.size()); // what is handed out stays where it is
    for (const RevokedBy which : by) {
        if (auto status = call.check(QStringLiteral("Making canaries")); !status)
            return status;
        if (pace == Pace::Careful && !m_canaries.empty() && which == RevokedBy::Row)
            std::this_thread::sleep_for(betweenRows);
        Canary &canary = m_canaries.emplace_back();
        canary.by = which;
        if (auto made = which == RevokedBy::Row ? makeRow(canary, life, call) : makeToken(canary, life); !made)
            return made;
        canary.cookieHeader = engine::cookieHeaderFor(*m_deployment.auth(), canary.token);
        if (canary.cookieHeader.isEmpty())
            return base::fail(Error(ErrorCode::SecretMissing));
    }
    return {};
}

Status PropagationCanaries::makeRow(Canary &canary, std::chrono::seconds life, const Call &call)
{
    canary.token = randomSessionToken();
    auto inserted = m_store->insertCanary({canary.token.clone(), m_deployment.clock().now() + life}, call);
    if (!inserted)
        return base::fail(std::move(inserted.error()));
    canary.row = std::move(*inserted);
    ++m_rowsMade;
    return {};
}

Status PropagationCanaries::makeToken(Canary &canary, std::chrono::seconds life)
{
    const base::Instant now = m_deployment.clock().now();
    auto minted = engine::mintCanaryJwt(*m_deployment.auth(), life + olderThanRule, now - olderThanRule);
    if (!minted)
        return base::fail(std::move(minted.error()));
    canary.token = std::move(*minted);
    if (canary.by == RevokedBy::Nothing)
        return {};
    const auto origin = revoke::originOf(*m_deployment.auth(), canary.token.view(), now);
    if (!origin || !origin->userId)
        return base::fail(
            Error(ErrorCode::Internal).with(base::ErrorParam::Detail, QStringLiteral("the canary cannot be read")));
    canary.userId = *origin->userId;
    return {};
}

Status PropagationCanaries::revoke(std::size_t index, const Call &call)
{
    Canary &canary = m_canaries[index];
    Status done;
    switch (canary.by) {
    case RevokedBy::Row:
        done = m_store->removeCanary(*canary.row, call);
        if (done)
            canary.row.reset();
        break;
    case RevokedBy::Rule: {
        const base::Instant now = m_deployment.clock().now();
        canary.hasRule = true; // also where the answer is lost: removing one that is not there does no harm
        done = m_rules->set({canary.userId, now, now}, call);
        m_rulesMade += done ? 1 : 0;
        break;
    }
    case RevokedBy::Nothing:
        return {};
    }
    m_revoked += done ? 1 : 0;
    return done;
}

Status PropagationCanaries::removeAll()
{
    // What could be made in its time can be removed in twice that; and none of the three takes another's time.
    const auto left = static_cast<qint64>(m_canaries.size());
    const auto budget = 2 * m_deployment.config().storeOptions.timeout +
                        std::max<std::chrono::milliseconds>(
                            perRemoval * left, std::chrono::duration_cast<std::chrono::milliseconds>(2 * m_making));
    Status status = removeRows(Call::within(budget));
    keepFirst(status, removeRules(Call::within(budget)));
    keepFirst(status, forgetCached(Call::within(budget)));
    return status;
}

Status PropagationCanaries::removeRows(const Call &call)
{
    if (std::none_of(m_canaries.begin(), m_canaries.end(), [](const Canary &canary) { return canary.row.has_value(); }))
        return {};
    auto store = m_deployment.openStore(store::Access::Write, call); // the experiment's own may be what failed
    if (!store)
        return base::fail(std::move(store.error()));
    Status status;
    for (Canary &canary : m_canaries) {
        if (!canary.row)
            continue;
        Status gone = (*store)->removeCanary(*canary.row, call);
        if (gone)
            canary.row.reset();
        keepFirst(status, std::move(gone));
    }
    return status;
}

Status PropagationCanaries::removeRules(const Call &call)
{
    if (std::ranges::none_of(m_canaries, &Canary::hasRule))
        return {};
    auto rules = revoke::openRuleStore(m_deployment.config(), store::Access::Write, call);
    if (!rules)
        return base::fail(std::move(rules.error()));
    Status status;
    for (Canary &canary : m_canaries) {
        if (!canary.hasRule)
            continue;
        Status gone = (*rules)->remove(canary.userId, call);
        canary.hasRule = !gone;
        keepFirst(status, std::move(gone));
    }
    return status;
}

Status PropagationCanaries::forgetCached(const Call &call)
{
    if (m_canaries.empty() || !m_deployment.config().cache)
        return {}; // memory of this process
    std::vector<QByteArrayView> tokens;
    for (const Canary &canary : m_canaries)
        tokens.push_back(canary.token.view());
    auto erased = m_deployment.cache()->eraseMany(tokens, call);
    return erased ? Status() : base::fail(std::move(erased.error()));
}

QJsonObject PropagationCanaries::counts() const
{
    qint64 left = 0;
    for (const Canary &canary : m_canaries)
        left += canary.row || canary.hasRule ? 1 : 0;
    return {{QStringLiteral("rows"), m_rowsMade},
            {QStringLiteral("rules"), m_rulesMade},
            {QStringLiteral("revoked"), m_revoked},
            {QStringLiteral("left"), left}};
}

} // namespace rollcall::probe
