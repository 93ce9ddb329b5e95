#include "core/probe/PropagationBoard.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/http/HttpConnection.h"

namespace rollcall::probe {

using Step = PropagationTrial::Step;

namespace {

constexpr qint64 sliceNs = 50'000'000; // a wait is looked up at least so often

ProbeAnswer answerOf(Outcome outcome)
{
    if (outcome == Outcome::Ok)
        return ProbeAnswer::Accepted;
    return outcome == Outcome::Unauthenticated ? ProbeAnswer::Refused : ProbeAnswer::NoAnswer;
}

} // namespace

PropagationBoard::PropagationBoard(std::vector<Entry> entries, int parallel, const GuardLimits &limits, quint64 seed,
                                   qint64 nowNs)
    : m_beginNs(nowNs),
      m_lengthNs(std::chrono::nanoseconds(limits.length).count()),
      m_parallel(parallel),
      m_pausedUntilNs(nowNs),
      m_random(seed),
      m_guard(limits, nowNs)
{
    std::size_t cells = 0;
    for (Entry &entry : entries) {
        cells = std::max(cells, entry.cell + 1);
        m_slots.push_back({std::move(entry), {}, false});
    }
    m_answerTimes.resize(cells);
    m_statuses.resize(cells);
    m_order.resize(m_slots.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    for (std::size_t i = m_order.size(); i > 1; --i)
        std::swap(m_order[i - 1], m_order[m_random.below(i)]);
}

bool PropagationBoard::over() const
{
    return m_stopped || (m_begun == m_order.size() && m_underWay == 0);
}

void PropagationBoard::beginNext(qint64 nowNs)
{
    for (; m_underWay < m_parallel && m_begun < m_order.size(); ++m_begun, ++m_underWay) {
        Slot &slot = m_slots[m_order[m_begun]];
        slot.trial.emplace(slot.entry.law, nowNs, Random(m_random.next()));
    }
}

PropagationBoard::Slot *PropagationBoard::earliest(Step step)
{
    Slot *found = nullptr;
    for (Slot &slot : m_slots) {
        const bool fits = slot.trial && !slot.taken && slot.trial->step() == step;
        if (fits && (found == nullptr || slot.trial->dueNs() < found->trial->dueNs()))
            found = &slot;
    }
    return found;
}

std::optional<std::size_t> PropagationBoard::take(Step step, qint64 untilNs)
{
    base::MutexLock lock(m_mutex);
    while (!over()) {
        const qint64 now = http::steadyNs();
        const bool isPaused = now < m_pausedUntilNs;
        if (!isPaused)
            beginNext(now);
        Slot *slot = isPaused ? nullptr : earliest(step);
        if (slot != nullptr && slot->trial->dueNs() <= now) {
            slot->taken = true;
            return static_cast<std::size_t>(slot - m_slots.data());
        }
        if (now >= untilNs)
            return std::nullopt;
        qint64 wait = std::min(sliceNs, untilNs - now);
        if (slot != nullptr)
            wait = std::min(wait, slot->trial->dueNs() - now);
        m_wake.wait_for(lock, std::chrono::nanoseconds(wait));
    }
    m_wake.notify_all();
    return std::nullopt;
}

std::optional<std::size_t> PropagationBoard::takeProbe()
{
    return take(Step::Probe, std::numeric_limits<qint64>::max());
}

std::optional<std::size_t> PropagationBoard::takeRevocation(std::chrono::milliseconds atMost)
{
    return take(Step::Revoke, http::steadyNs() + std::chrono::nanoseconds(atMost).count());
}

void PropagationBoard::changed()
{
    m_underWay = static_cast<int>(std::ranges::count_if(
        m_slots, [](const Slot &slot) { return slot.trial && slot.trial->step() != Step::Done; }));
    m_wake.notify_all();
}

void PropagationBoard::probed(std::size_t trial, qint64 startNs, qint64 endNs, const PropagationAnswer &answer,
                              bool asked)
{
    const base::MutexLock lock(m_mutex);
    Slot &slot = m_slots[trial];
    slot.taken = false;
    if (m_stopped || slot.trial->step() == Step::Done)
        return; // what was cut off says nothing
    const ProbeAnswer said = answerOf(answer.outcome);
    slot.trial->probed(startNs, endNs, said);
    m_answerTimes[slot.entry.cell].push_back(endNs - startNs);
    if (said == ProbeAnswer::NoAnswer && answer.status != 0)
        ++m_statuses[slot.entry.cell][answer.status];
    if (asked)
        judge(startNs, endNs, answer);
    else if (endNs - m_beginNs > m_lengthNs)
        m_guardEvent = GuardEvent{QStringLiteral("run-length"), QStringLiteral("the longest time of a run is over"),
                                  endNs - m_beginNs};
    m_stopped = m_guardEvent.has_value();
    changed();
}

void PropagationBoard::judge(qint64 startNs, qint64 endNs, const PropagationAnswer &answer)
{
    if (auto event = m_guard.beforeRequest(endNs)) {
        m_guardEvent = std::move(event);
        return;
    }
    // What was on its way when the pause began has had its consequence.
    if (startNs < m_pausedUntilNs)
        return;
    Sample sample;
    sample.endNs = endNs;
    sample.status = answer.status;
    // A refusal is what is waited for.
    sample.outcome = answer.outcome == Outcome::Unauthenticated ? Outcome::Ok : answer.outcome;
    const auto event = m_guard.afterSample(sample);
    if (!event)
        return;
    const auto wait = m_guard.pauseAfter(answer.retryAfter, endNs);
    if (wait)
        pause(*event, *wait, endNs);
    // A pause that leaves nobody to go on afterwards is the end, and this its reason.
    const bool isAnyLeft = m_begun < m_order.size() || std::ranges::any_of(m_slots, [](const Slot &slot) {
                               return slot.trial && slot.trial->step() != Step::Done;
                           });
    if (!wait || !isAnyLeft)
        m_guardEvent = event;
}

void PropagationBoard::pause(const GuardEvent &why, std::chrono::nanoseconds pause, qint64 nowNs)
{
    m_pauses << m_guard.paused(why, pause).detail;
    m_pausedUntilNs = nowNs + pause.count();
    m_parallel = std::max(1, m_parallel / 2);
    for (Slot &slot : m_slots) {
        if (slot.trial)
            slot.trial->paused(m_pausedUntilNs);
    }
}

void PropagationBoard::revoked(std::size_t trial, qint64 sentNs, qint64 ackNs)
{
    const base::MutexLock lock(m_mutex);
    Slot &slot = m_slots[trial];
    slot.taken = false;
    slot.trial->revoked(sentNs, ackNs);
    if (ackNs < m_pausedUntilNs)
        slot.trial->paused(m_pausedUntilNs);
    changed();
}

void PropagationBoard::stop(std::optional<base::Error> error)
{
    const base::MutexLock lock(m_mutex);
    if (!m_error && !m_stopped)
        m_error = std::move(error);
    m_stopped = true;
    m_wake.notify_all();
}

bool PropagationBoard::isOver() const
{
    const base::MutexLock lock(m_mutex);
    return over();
}

std::optional<base::Error> PropagationBoard::error() const
{
    const base::MutexLock lock(m_mutex);
    return m_error;
}

std::optional<GuardEvent> PropagationBoard::guardEvent() const
{
    const base::MutexLock lock(m_mutex);
    return m_guardEvent;
}

QStringList PropagationBoard::pauses() const
{
    const base::MutexLock lock(m_mutex);
    return m_pauses;
}

std::map<int, int> PropagationBoard::statuses(std::size_t cell) const
{
    const base::MutexLock lock(m_mutex);
    return m_statuses[cell];
}

std::vector<TrialOutcome> PropagationBoard::outcomes(std::size_t cell) const
{
    const base::MutexLock lock(m_mutex);
    std::vector<TrialOutcome> outcomes;
    for (const Slot &slot : m_slots) {
        if (slot.entry.cell == cell && slot.trial)
            outcomes.push_back(slot.trial->outcome());
    }
    return outcomes;
}

std::vector<qint64> PropagationBoard::answerTimes(std::size_t cell) const
{
    const base::MutexLock lock(m_mutex);
    return m_answerTimes[cell];
}

} // namespace rollcall::probe
