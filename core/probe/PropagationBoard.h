#pragma once

#include <QStringList>

#include <condition_variable>
#include <map>
#include <optional>
#include <vector>

#include "core/base/Call.h"
#include "core/base/Mutex.h"
#include "core/probe/Guard.h"
#include "core/probe/PropagationAnswer.h"
#include "core/probe/PropagationTrial.h"

namespace rollcall::probe {

/// Which trials are under way and what is due: handed out to the threads that probe and to the one that revokes. No
/// trial is ever in two hands. **Thread-safety:** thread-safe.
class PropagationBoard final
{
public:
    /// A trial that will be made: of which cell, by which law.
    struct Entry
    {
        std::size_t cell = 0;
        TrialLaw law;
    };

    /// All trials of @p entries, in an order that @p seed draws, @p parallel at once. @p limits bound the requests,
    /// their time and their failures, counting from now; @p nowNs: steady clock.
    PropagationBoard(std::vector<Entry> entries, int parallel, const GuardLimits &limits, quint64 seed, qint64 nowNs);

    /// Waits for a trial that is to be probed and takes it; its index in the entries. nullopt: all are done, or the run
    /// has stopped.
    [[nodiscard]] std::optional<std::size_t> takeProbe();
    /// The same for one that is to be revoked, waiting for @p atMost: nullopt also where none was due until then.
    [[nodiscard]] std::optional<std::size_t> takeRevocation(std::chrono::milliseconds atMost);

    /// Gives back what was taken, with what came of it. @p asked: the deployment was, which counts for the guards. At
    /// its first 429 or 503, or where too many fail, nobody is asked for as long as it wants (Guard::pauseAfter()),
    /// trials that are revoked are given up, and then half as many are under way at once; at the second it ends.
    void probed(std::size_t trial, qint64 startNs, qint64 endNs, const PropagationAnswer &answer, bool asked);
    void revoked(std::size_t trial, qint64 sentNs, qint64 ackNs);

    /// Ends the run: nothing is handed out any more. @p error: why, where something failed; the first one stays.
    void stop(std::optional<base::Error> error = {});
    [[nodiscard]] bool isOver() const;
    [[nodiscard]] std::optional<base::Error> error() const;
    /// The guard that stopped the run.
    [[nodiscard]] std::optional<GuardEvent> guardEvent() const;

    /// The pauses that were made, for people.
    [[nodiscard]] QStringList pauses() const;

    /// How often the deployment answered probes of @p cell neither with a session nor with null, by HTTP status.
    [[nodiscard]] std::map<int, int> statuses(std::size_t cell) const;
    /// What is known of the trials of @p cell that have begun.
    [[nodiscard]] std::vector<TrialOutcome> outcomes(std::size_t cell) const;
    /// How long the probes of @p cell took, in the order of their ends.
    [[nodiscard]] std::vector<qint64> answerTimes(std::size_t cell) const;

private:
    struct Slot
    {
        Entry entry;
        std::optional<PropagationTrial> trial; ///< once begun
        bool taken = false;
    };

    void judge(qint64 startNs, qint64 endNs, const PropagationAnswer &answer) ROLLCALL_REQUIRES(m_mutex);
    void pause(const GuardEvent &why, std::chrono::nanoseconds pause, qint64 nowNs) ROLLCALL_REQUIRES(m_mutex);
    void beginNext(qint64 nowNs) ROLLCALL_REQUIRES(m_mutex);
    /// Counts what is under way anew, and wakes whoever waits.
    void changed() ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] bool over() const ROLLCALL_REQUIRES(m_mutex);
    /// The earliest @p step of all, or nullptr.
    [[nodiscard]] Slot *earliest(PropagationTrial::Step step) ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] std::optional<std::size_t> take(PropagationTrial::Step step, qint64 untilNs);

    mutable base::Mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Slot> m_slots ROLLCALL_GUARDED_BY(m_mutex);
    std::vector<std::size_t> m_order ROLLCALL_GUARDED_BY(m_mutex); ///< indexes of slots
    std::size_t m_begun ROLLCALL_GUARDED_BY(m_mutex) = 0;
    int m_underWay ROLLCALL_GUARDED_BY(m_mutex) = 0;
    const qint64 m_beginNs;
    const qint64 m_lengthNs; ///< that a run may last
    int m_parallel ROLLCALL_GUARDED_BY(m_mutex);
    qint64 m_pausedUntilNs ROLLCALL_GUARDED_BY(m_mutex);
    Random m_random ROLLCALL_GUARDED_BY(m_mutex);
    Guard m_guard ROLLCALL_GUARDED_BY(m_mutex);
    std::vector<std::vector<qint64>> m_answerTimes ROLLCALL_GUARDED_BY(m_mutex); ///< by cell
    std::vector<std::map<int, int>> m_statuses ROLLCALL_GUARDED_BY(m_mutex);     ///< by cell
    QStringList m_pauses ROLLCALL_GUARDED_BY(m_mutex);
    std::optional<base::Error> m_error ROLLCALL_GUARDED_BY(m_mutex);
    std::optional<GuardEvent> m_guardEvent ROLLCALL_GUARDED_BY(m_mutex);
    bool m_stopped ROLLCALL_GUARDED_BY(m_mutex) = false;
};

} // namespace rollcall::probe
