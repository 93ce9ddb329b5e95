#include "app/ctl/ColdSeries.h"

#include "core/probe/ColdSeries.h"

namespace rollcall::ctl {

namespace {

QString idle()
{
    return QStringLiteral("idle");
}

} // namespace

Flag idleFlag()
{
    return {idle(), QStringLiteral("DURATION"),
            QStringLiteral(
                "cold starts: single requests, each so long after the last one's time limit (15m where instances sleep "
                "after 15 minutes)")};
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
    return probe::makeColdSeries(plan, *rest);
}

} // namespace rollcall::ctl
