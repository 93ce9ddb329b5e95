#include "app/ctl/ColdSeries.h"

#include <cmath>

#include "core/base/ErrorText.h"

namespace rollcall::ctl {

namespace {

constexpr int usualSamples = 3;
constexpr std::chrono::minutes longest{60}; ///< as the guards bound every run

QString idle()
{
    return QStringLiteral("idle");
}

} // namespace

Flag idleFlag()
{
    return {idle(), QStringLiteral("DURATION"),
            QStringLiteral("cold starts: single requests, so long apart (15m where instances sleep after 15 minutes)")};
}

std::vector<QStringList> idleExcludes()
{
    std::vector<QStringList> pairs;
    for (const char *other : {"rate", "concurrency", "arrival", "duration", "warmup", "connections", "cookies"})
        pairs.push_back({idle(), QString::fromLatin1(other)});
    return pairs;
}

base::Status readIdle(const Arguments &arguments, probe::RunPlan &plan)
{
    if (!arguments.has(idle()))
        return {};
    const auto rest = arguments.duration(idle(), std::chrono::nanoseconds(0));
    if (!rest)
        return base::fail(rest.error());
    const QString flag = QStringLiteral("--idle");
    if (rest->count() <= 0)
        return base::fail(usageError(flag, QStringLiteral("must be above 0")));
    plan.reused = false;
    plan.cold = true;
    plan.warmup = 0;
    plan.arrival = probe::Arrival::Constant;
    if (plan.cells().size() != 1 || plan.hasLocal())
        return base::fail(usageError(
            flag, QStringLiteral("wants one route and one of --modes proxy, route, floor: others keep it awake")));
    plan.samples = plan.samples.value_or(usualSamples);
    // An answer may take until the time limit, and the rest begins after it.
    const std::chrono::nanoseconds forGaps = longest - std::chrono::nanoseconds(plan.timeout);
    if (*rest > forGaps - plan.timeout) {
        return base::fail(base::Error(base::ErrorCode::GuardRefused)
                              .with(base::ErrorParam::Detail,
                                    QStringLiteral("a single rest with the time limits of the requests around it takes "
                                                   "longer than an hour: a shorter --idle")));
    }
    const std::chrono::nanoseconds gap = *rest + plan.timeout;
    if (*plan.samples > forGaps / gap) {
        return base::fail(base::Error(base::ErrorCode::GuardRefused)
                              .with(base::ErrorParam::Detail,
                                    QStringLiteral("%1 requests so far apart take longer than an hour: --samples %2")
                                        .arg(*plan.samples)
                                        .arg(forGaps / gap)));
    }
    plan.rate = 1 / std::chrono::duration<double>(gap).count();
    plan.duration = gap * *plan.samples + plan.timeout;
    return {};
}

} // namespace rollcall::ctl
