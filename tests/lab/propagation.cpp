// How long sessions outlive their revocation in simulated caches, as our trials see it, beside what the model says.
// Prints a table; exit 1 where an estimate is farther from the model than 3 %.
// Usage: rollcall_propagation [TRIALS]      revocations a row (40000)
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/probe/PropagationFigures.h"
#include "core/probe/TradeoffModel.h"

using namespace rollcall::probe;
using namespace std::chrono_literals;

namespace {

constexpr double bar = 0.03;
constexpr int enoughTrials = 20'000;
constexpr qint64 answerNs = 2'000'000; // what a simulated probe takes

/// Keeps a session for a time to live from when it was looked up.
class SimulatedCache
{
public:
    explicit SimulatedCache(qint64 ttlNs) : m_ttlNs(ttlNs) {}

    void revoke() { m_revoked = true; }
    ProbeAnswer ask(qint64 nowNs)
    {
        if (nowNs < m_aliveUntilNs)
            return ProbeAnswer::Accepted;
        if (m_revoked)
            return ProbeAnswer::Refused;
        m_aliveUntilNs = nowNs + m_ttlNs;
        return ProbeAnswer::Accepted;
    }

private:
    qint64 m_aliveUntilNs = 0; ///< nothing is kept from then on
    qint64 m_ttlNs;
    bool m_revoked = false;
};

struct World
{
    const char *name;
    std::chrono::milliseconds interval;
    std::chrono::milliseconds ttl;
};

TrialOutcome simulate(const World &world, Random &random)
{
    TrialLaw law;
    law.interval = world.interval;
    law.age = 2 * world.ttl;
    law.horizon = 3 * world.ttl;
    law.settle = 0ns;
    SimulatedCache cache(std::chrono::nanoseconds(world.ttl).count());
    PropagationTrial trial(law, 0, Random(random.next()));
    while (trial.step() != PropagationTrial::Step::Done) {
        const qint64 now = trial.dueNs();
        if (trial.step() == PropagationTrial::Step::Revoke) {
            cache.revoke();
            trial.revoked(now, now);
        } else {
            trial.probed(now, now + answerNs, cache.ask(now));
        }
    }
    return trial.outcome();
}

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
        outcomes.push_back(simulate(world, random));
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
