// How long sessions outlive their revocation in simulated caches, as our trials see it, beside what the model says.
// Prints a table; exit 1 where an estimate is farther from the model than 3 %.
// Usage: rollcall_propagation [TRIALS]      revocations a row (40000)
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/probe/PropagationFigures.h"
#include "core/probe/TradeoffModel.h"
#include "tests/support/SimulatedCache.h"

using namespace rollcall;
using namespace rollcall::probe;
using namespace std::chrono_literals;

namespace {

constexpr double bar = 0.03;
constexpr int enoughTrials = 20'000;

struct World
{
    const char *name;
    std::chrono::milliseconds interval;
    std::chrono::milliseconds ttl;
};

bool missed = false;

/// Of few trials an estimate is known only roughly: four of its standard errors are allowed then.
void row(const World &world, const char *what, double estimateMs, double modelSeconds, double standardError, int trials)
{
    const double off = estimateMs / (1000 * modelSeconds) - 1;
    const double slack = trials < enoughTrials ? 4 * standardError / std::sqrt(trials) : 0;
    const bool kept = std::abs(off) <= bar + slack;
    missed = missed || !kept;
    std::printf("%-26s %-5s %9.3f s %9.3f s %+7.2f %%   %s\n", world.name, what, estimateMs / 1000, modelSeconds,
                100 * off, kept ? "kept" : "MISSED");
    std::fflush(stdout);
}

void judge(const World &world, int trials)
{
    Random random(17);
    std::vector<TrialOutcome> outcomes;
    for (int i = 0; i < trials; ++i)
        outcomes.push_back(test::simulatedTrial(world.interval, world.ttl, random));
    const PropagationFigures figures = summarise(outcomes, {world.interval, world.ttl, 0ns});
    const double interval = std::chrono::duration<double>(world.interval).count();
    const double ttl = std::chrono::duration<double>(world.ttl).count();
    const TradeoffModel model = TradeoffModel::poisson(1 / interval, ttl);
    if (figures.refused < trials || !figures.windowMeanMs) {
        std::printf("%-26s a trial was not carried through\n", world.name);
        missed = true;
        return;
    }
    row(world, "p50", figures.windowP50->ms, model.windowQuantile(0.5), 1, trials);
    row(world, "p95", figures.windowP95->ms, model.windowQuantile(0.95), 0.25, trials);
    row(world, "mean", *figures.windowMeanMs, model.windowMean(), 0.6, trials);
}

} // namespace

int main(int argc, char *argv[])
{
    const int trials = argc > 1 ? std::atoi(argv[1]) : 40'000;
    if (trials < 1) {
        std::fputs("usage: rollcall_propagation [TRIALS]\n", stderr);
        return 2;
    }
    std::printf("%d simulated revocations a row, fixed seed; the bar is %.0f %%\n", trials, 100 * bar);
    std::printf("%-26s %-5s %11s %11s\n", "cache", "", "estimate", "model");
    const World worlds[] = {
        {"60 s, asked every 250 ms", 250ms, 60s}, {"60 s, asked every 2 s", 2s, 60s},
        {"60 s, asked every 4 s", 4s, 60s},       {"5 s, asked every 250 ms", 250ms, 5s},
        {"15 min, asked every 10 s", 10s, 15min},
    };
    for (const World &world : worlds)
        judge(world, trials);
    return missed ? 1 : 0;
}
