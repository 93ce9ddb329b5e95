#include "core/probe/ColdSeries.h"

namespace rollcall::probe {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::chrono::minutes longest{60}; ///< as the guards bound every run

tl::unexpected<Error> usage(const QString &detail)
{
    return base::fail(Error(ErrorCode::UsageInvalid)
                          .with(ErrorParam::Flag, QStringLiteral("--idle"))
                          .with(ErrorParam::Detail, detail));
}

tl::unexpected<Error> tooLong(const QString &detail)
{
    return base::fail(Error(ErrorCode::GuardRefused).with(ErrorParam::Detail, detail));
}

} // namespace

base::Status makeColdSeries(RunPlan &plan, std::chrono::nanoseconds rest)
{
    if (rest.count() <= 0)
        return usage(QStringLiteral("must be above 0"));
    plan.reused = false;
    plan.cold = true;
    plan.warmup = 0;
    plan.arrival = Arrival::Constant;
    if (plan.cells().size() != 1 || plan.hasLocal())
        return usage(QStringLiteral("wants one route and one of --modes proxy, route, floor: others keep it awake"));
    plan.samples = plan.samples.value_or(usualColdSamples);
    // An answer may take until the time limit, and the rest begins after it.
    const std::chrono::nanoseconds forGaps = longest - std::chrono::nanoseconds(plan.timeout);
    if (rest > forGaps - plan.timeout) {
        return tooLong(QStringLiteral("a single rest with the time limits of the requests around it takes longer than "
                                      "an hour"));
    }
    const std::chrono::nanoseconds gap = rest + plan.timeout;
    if (*plan.samples > forGaps / gap) {
        return tooLong(QStringLiteral("%1 requests so far apart take longer than an hour: at most %2 samples")
                           .arg(*plan.samples)
                           .arg(forGaps / gap));
    }
    plan.rate = 1 / std::chrono::duration<double>(gap).count();
    plan.duration = gap * *plan.samples + plan.timeout;
    return {};
}

} // namespace rollcall::probe
