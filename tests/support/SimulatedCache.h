#pragma once

#include "core/probe/PropagationTrial.h"

namespace rollcall::test {

/// Keeps a session for a time to live from when it was looked up.
class SimulatedCache
{
public:
    explicit SimulatedCache(qint64 ttlNs) : m_ttlNs(ttlNs) {}

    void revoke() { m_revoked = true; }
    probe::ProbeAnswer ask(qint64 nowNs)
    {
        if (nowNs < m_aliveUntilNs)
            return probe::ProbeAnswer::Accepted;
        if (m_revoked)
            return probe::ProbeAnswer::Refused;
        m_aliveUntilNs = nowNs + m_ttlNs;
        return probe::ProbeAnswer::Accepted;
    }

private:
    qint64 m_aliveUntilNs = 0; ///< nothing is kept from then on
    qint64 m_ttlNs;
    bool m_revoked = false;
};

/// A trial of that with a time to live of @p ttl, asked every @p interval on average, to its end; a probe takes 2 ms.
inline probe::TrialOutcome simulatedTrial(std::chrono::nanoseconds interval, std::chrono::nanoseconds ttl,
                                          probe::Random &random)
{
    constexpr qint64 answerNs = 2'000'000;
    probe::TrialLaw law;
    law.interval = interval;
    law.age = 2 * ttl;
    law.horizon = 3 * ttl;
    law.settle = std::chrono::nanoseconds(0);
    SimulatedCache cache(ttl.count());
    probe::PropagationTrial trial(law, 0, probe::Random(random.next()));
    while (trial.step() != probe::PropagationTrial::Step::Done) {
        const qint64 now = trial.dueNs();
        if (trial.step() == probe::PropagationTrial::Step::Revoke) {
            cache.revoke();
            trial.revoked(now, now);
        } else {
            trial.probed(now, now + answerNs, cache.ask(now));
        }
    }
    return trial.outcome();
}

} // namespace rollcall::test
