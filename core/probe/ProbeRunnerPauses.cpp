#include "core/base/Clock.h"
#include "core/http/RetryAfter.h"
#include "core/probe/ProbeRunner.h"

// How a run stands still and goes on: for a guard, and for who watches it.
namespace rollcall::probe {

namespace {

constexpr qint64 second = 1'000'000'000;

} // namespace

void ProbeRunner::pauseOrStop(const GuardEvent &event, const http::Exchange &exchange, qint64 nowNs)
{
    const auto pause =
        m_guard->pauseAfter(http::retryAfter(exchange.message.headers, base::SystemClock().now()), nowNs);
    if (!pause) {
        stopFor(event);
        return;
    }
    m_state.events.push_back(m_guard->paused(event, *pause));
    m_state.guardPauseUntilNs = nowNs + pause->count();
    m_pace = 0.5;
    m_nextSendNs = m_state.guardPauseUntilNs;
    m_resumes = true;
    m_record.update(m_state); // nothing more is sent that would
    step();
}

/// After a guard's pause an open run goes on as if it began anew, at the present pace: what was due meanwhile is put
/// off, as nobody waits for what we chose not to send.
void ProbeRunner::resumeSchedule()
{
    m_resumes = false;
    if (!m_setup.closed) {
        m_arrivals = ArrivalClock(m_setup.arrival, m_pace * m_setup.rate, m_setup.seed + 3);
        m_arrivalsFromNs = http::steadyNs();
        qint64 next = m_arrivalsFromNs;
        for (Pending &pending : m_waiting) {
            pending.intendedNs = next;
            next = m_arrivalsFromNs + m_arrivals.next();
        }
        m_nextIntendedNs = next;
    }
    step();
}

void ProbeRunner::requestPause(bool paused)
{
    if (m_ending || paused == m_pauseWanted)
        return;
    m_pauseWanted = paused;
    if (paused && !m_state.paused) {
        m_state.paused = true;
        m_state.pausedFromNs = http::steadyNs();
    } else if (!m_guard) {
        m_state.paused = paused; // it has not begun yet
    }
    m_record.update(m_state);
    if (m_guard)
        step();
}

/// The pause that somebody wanted is over at @p now.
void ProbeRunner::notePause(qint64 now)
{
    const double seconds = static_cast<double>(now - m_state.pausedFromNs) / static_cast<double>(second);
    m_state.pauses.push_back({m_state.pausedFromNs, now});
    m_state.paused = false;
    m_state.events.push_back({QStringLiteral("user-pause"),
                              QStringLiteral("paused by the user for %1 s").arg(QString::number(seconds, 'f', 1)),
                              m_state.pausedFromNs - m_state.beginNs});
}

/// As if the time since the pause began had not been: the schedule, the duration and the run's length count on.
void ProbeRunner::goOn()
{
    if (m_pauseWanted) // again, while the connections were made
        return;
    const qint64 now = http::steadyNs();
    notePause(now);
    const qint64 length = now - m_state.pausedFromNs;
    m_guard->excuse(std::chrono::nanoseconds(length));
    if (m_measuringFromNs)
        *m_measuringFromNs += length;
    // What waited for the deployment when the pause began goes on waiting from there.
    for (Pending &pending : m_waiting)
        pending.intendedNs += length;
    m_nextIntendedNs += length;
    m_arrivalsFromNs += length;
    m_record.update(m_state);
    step();
}

} // namespace rollcall::probe
