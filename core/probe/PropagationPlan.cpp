#include "core/probe/PropagationPlan.h"

#include <algorithm>

#include "core/base/Loopback.h"
#include "core/probe/Guard.h"

namespace rollcall::probe {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::nanoseconds leastInterval = 10ms;
constexpr std::chrono::nanoseconds closeInterval = 250ms;
constexpr std::chrono::nanoseconds carefulInterval = 2s; ///< what may be somebody's production
constexpr std::chrono::nanoseconds jwtHorizon = 2min;
constexpr int mostParallel = 30;

tl::unexpected<Error> usage(const QString &flag, const QString &detail)
{
    return base::fail(Error(ErrorCode::UsageInvalid).with(ErrorParam::Flag, flag).with(ErrorParam::Detail, detail));
}

bool isOwnMachine(const PropagationPlan &plan, const std::optional<QUrl> &baseUrl)
{
    return !plan.isElsewhere && (!baseUrl || base::isLoopbackHost(baseUrl->host()));
}

double perSecond(std::chrono::nanoseconds interval)
{
    return 1e9 / static_cast<double>(interval.count());
}

} // namespace

base::Status PropagationPlan::validate(const std::optional<QUrl> &baseUrl) const
{
    if (modes.empty())
        return usage(QStringLiteral("--modes"), QStringLiteral("name at least one of local, proxy, cached"));
    for (const ProbeMode mode : modes) {
        if (mode == ProbeMode::Route || mode == ProbeMode::Floor)
            return usage(QStringLiteral("--modes"),
                         QStringLiteral("%1 tells nothing of a session").arg(probeModeName(mode)));
    }
    if (trials < 1 || trials > mostTrials)
        return usage(QStringLiteral("--trials"), QStringLiteral("must be from 1 to %1").arg(mostTrials));
    if (interval && (*interval < leastInterval || *interval > 1min))
        return usage(QStringLiteral("--interval"), QStringLiteral("must be from 10ms to 1m"));
    if (horizon && (*horizon < intervalFor(baseUrl) || *horizon > 1h))
        return usage(QStringLiteral("--horizon"), QStringLiteral("must be from one interval to 1h"));
    if (cacheTtl < 1ms || cacheTtl > 1h)
        return usage(QStringLiteral("--cache-ttl"), QStringLiteral("must be from 1ms to 1h"));
    if (age < 0ms || settle < 0ms || age > longestRun || settle > longestRun)
        return usage(age < 0ms || age > longestRun ? QStringLiteral("--age") : QStringLiteral("--settle"),
                     QStringLiteral("must be from 0 to %1m").arg(longestRun.count()));
    for (const ProbeMode mode : modes) {
        const TrialLaw law = lawFor(mode, true, baseUrl);
        if (law.age + law.horizon + law.settle > longestRun)
            return usage(isCached(mode) ? QStringLiteral("--cache-ttl") : QStringLiteral("--age"),
                         QStringLiteral("one trial would take longer than %1 minutes").arg(longestRun.count()));
    }
    const bool asks = std::find(modes.begin(), modes.end(), ProbeMode::Proxy) != modes.end();
    if (!asks)
        return {};
    if (!baseUrl) {
        return base::fail(Error(ErrorCode::PartNotGiven)
                              .with(ErrorParam::Part, QStringLiteral("deployment"))
                              .with(ErrorParam::Flag, QStringLiteral("--base-url")));
    }
    if (!isOwnMachine(*this, baseUrl) && perSecond(intervalFor(baseUrl)) > GuardLimits().rateCeiling) {
        return base::fail(Error(ErrorCode::GuardRefused)
                              .with(ErrorParam::Detail,
                                    QStringLiteral("at most %1 requests a second").arg(GuardLimits().rateCeiling)));
    }
    return {};
}

std::chrono::nanoseconds PropagationPlan::intervalFor(const std::optional<QUrl> &baseUrl) const
{
    return interval.value_or(isOwnMachine(*this, baseUrl) ? closeInterval : carefulInterval);
}

int PropagationPlan::parallelFor(const std::optional<QUrl> &baseUrl) const
{
    if (isOwnMachine(*this, baseUrl))
        return mostParallel;
    // A trial probes once an interval; one that was asked for by name may be faster than the guards' usual rate.
    const double together = GuardLimits().rate / perSecond(intervalFor(baseUrl));
    return std::clamp(static_cast<int>(together), 1, mostParallel);
}

TrialLaw PropagationPlan::lawFor(ProbeMode mode, bool revocable, const std::optional<QUrl> &baseUrl) const
{
    TrialLaw law;
    law.interval = intervalFor(baseUrl);
    law.age = isCached(mode) ? std::chrono::nanoseconds(2 * cacheTtl) : std::chrono::nanoseconds(age);
    law.horizon = horizon.value_or(revocable ? std::max<std::chrono::nanoseconds>(3 * cacheTtl, 10s) : jwtHorizon);
    law.settle = settle;
    return law;
}

} // namespace rollcall::probe
