#include "core/probe/PropagationTrial.h"

#include <algorithm>
#include <cmath>

namespace rollcall::probe {

using End = TrialOutcome::End;

namespace {

constexpr double longestGap = 10; // intervals: a trial goes on

qint64 drawn(std::chrono::nanoseconds atMost, Random &random)
{
    return static_cast<qint64>(random.uniform() * static_cast<double>(atMost.count()));
}

} // namespace

std::optional<qint64> TrialOutcome::windowNs() const
{
    if (!settledNs)
        return std::nullopt;
    return (std::max<qint64>(0, lastAcceptedNs.value_or(0)) + *settledNs) / 2;
}

PropagationTrial::PropagationTrial(const TrialLaw &law, qint64 beginNs, Random random)
    : m_law(law),
      m_random(random),
      m_nextProbeNs(beginNs + drawn(law.interval, m_random)),
      m_ageNs(drawn(law.age, m_random))
{}

qint64 PropagationTrial::gapNs()
{
    const double share = m_ackNs ? 0.5 + m_random.uniform() : std::min(longestGap, -std::log1p(-m_random.uniform()));
    return std::max<qint64>(1, static_cast<qint64>(share * static_cast<double>(m_law.interval.count())));
}

PropagationTrial::Step PropagationTrial::step() const
{
    if (m_outcome.end != End::Running)
        return Step::Done;
    const bool revocationIsNext = m_revokeAtNs && !m_ackNs && *m_revokeAtNs <= m_nextProbeNs;
    return revocationIsNext ? Step::Revoke : Step::Probe;
}

qint64 PropagationTrial::dueNs() const
{
    return step() == Step::Revoke ? *m_revokeAtNs : m_nextProbeNs;
}

void PropagationTrial::probed(qint64 startNs, qint64 endNs, ProbeAnswer answer)
{
    m_nextProbeNs = std::max(startNs + gapNs(), endNs);
    m_silent = answer == ProbeAnswer::NoAnswer ? m_silent + 1 : 0;
    if (m_silent >= TrialLaw::mostSilent)
        m_outcome.end = End::NoAnswer;
    else if (m_ackNs)
        afterRevocation(startNs - *m_ackNs, answer);
    else
        beforeRevocation(endNs, answer);
}

void PropagationTrial::beforeRevocation(qint64 endNs, ProbeAnswer answer)
{
    if (answer == ProbeAnswer::Refused)
        m_outcome.end = End::NotAccepted;
    else if (answer == ProbeAnswer::Accepted && ++m_accepted == TrialLaw::confirmations)
        m_revokeAtNs = endNs + m_ageNs;
}

void PropagationTrial::revoked(qint64 sentNs, qint64 ackNs)
{
    m_ackNs = ackNs;
    m_nextProbeNs = ackNs + drawn(m_law.interval, m_random);
    m_outcome.acknowledgeNs = ackNs - sentNs;
}

void PropagationTrial::paused(qint64 untilNs)
{
    if (m_outcome.end != End::Running)
        return;
    if (m_ackNs)
        m_outcome.end = End::NoAnswer;
    m_nextProbeNs = untilNs + drawn(m_law.interval, m_random); // not all at once
    if (m_revokeAtNs)
        m_revokeAtNs = std::max(*m_revokeAtNs, untilNs);
}

void PropagationTrial::afterRevocation(qint64 startNs, ProbeAnswer answer)
{
    if (answer == ProbeAnswer::Accepted) {
        ++m_outcome.staleAccepts;
        m_outcome.lastAcceptedNs = startNs;
        m_outcome.settledNs.reset();
        m_refused = 0;
    } else if (answer == ProbeAnswer::Refused) {
        ++m_refused;
        if (!m_outcome.firstRefusedNs)
            m_outcome.firstRefusedNs = startNs;
        if (!m_outcome.settledNs)
            m_outcome.settledNs = startNs;
    }
    const bool settled = m_refused >= TrialLaw::refusals && startNs - *m_outcome.settledNs >= m_law.settle.count();
    if (settled)
        m_outcome.end = End::Refused;
    else if (startNs >= m_law.horizon.count())
        m_outcome.end = m_outcome.settledNs                         ? End::Refused
                        : m_silent > 0 || !m_outcome.lastAcceptedNs ? End::NoAnswer
                                                                    : End::NeverRefused;
}

} // namespace rollcall::probe
