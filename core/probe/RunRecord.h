#pragma once

#include <condition_variable>
#include <vector>

#include "core/base/Mutex.h"
#include "core/base/Result.h"
#include "core/probe/AppendLog.h"
#include "core/probe/Guard.h"
#include "core/probe/PackedSample.h"
#include "core/probe/RunSlice.h"
#include "core/probe/Sample.h"
#include "core/probe/ServerFacts.h"

namespace rollcall::probe {

/// What a run has measured so far and how it ended: written by the probe thread, read by the thread that waits.
/// **Thread-safety:** add() from one thread, all else from any. Whoever reads never makes add() wait: a run of 100,000
/// requests a second would see it in its tail.
class RunRecord final
{
public:
    /// How far the run is.
    struct State
    {
        int block = 0;
        int inFlight = 0;
        bool finished = false;
        bool paused = false;  ///< because somebody wanted that
        int warmupBlocks = 0; ///< as found: samples of these blocks are no measurements
        StopReason stopReason = StopReason::Samples;
        qint64 samples = 0; ///< recorded, warm-up included
        qint64 errors = 0;  ///< of these, not ok
        std::vector<GuardEvent> events;
        std::vector<TimeRange> pauses;    ///< that somebody wanted and that are over; steady clock
        qint64 pausedFromNs = 0;          ///< while paused
        qint64 guardPauseUntilNs = 0;     ///< nothing is begun before, for a guard; steady clock, 0: none wanted that
        std::optional<base::Error> error; ///< what made measuring impossible
        qint64 beginNs = 0;               ///< steady clock
        qint64 endNs = 0;
        qint64 cpuNs = 0;   ///< processor time of this process between the two
        ServerFacts server; ///< who answered; known at the end

        /// How long the run was paused in all by @p nowNs.
        [[nodiscard]] qint64 pausedNs(qint64 nowNs) const;
    };

    /// Room for @p samples is made now.
    explicit RunRecord(std::size_t samples) : m_samples(samples), m_more(1) {}

    void add(const Sample &sample)
    {
        quint32 more = PackedSample::nothingMore;
        if (PackedSample::hasMore(sample.phases)) {
            m_more.add(sample.phases);
            more = static_cast<quint32>(m_more.size());
        }
        m_samples.add(PackedSample::of(sample, more));
    }
    /// Makes room beforehand for what comes until it is called again, some ten times a second: by the waiting thread.
    void keepAhead() { m_samples.keepAhead(aheadSamples); }
    /// Replaces what is known of the run; wakes the waiting thread where it is finished.
    void update(const State &state)
    {
        {
            const base::MutexLock lock(m_mutex);
            m_state = state;
        }
        if (state.finished)
            m_wake.notify_all();
    }

    /// Waits until the run is finished, at most @p atMost; the state then.
    [[nodiscard]] State waitFor(std::chrono::milliseconds atMost)
    {
        base::MutexLock lock(m_mutex);
        m_wake.wait_for(lock, atMost, [this]() ROLLCALL_REQUIRES(m_mutex) { return m_state.finished; });
        return m_state;
    }
    /// Appends the samples that @p known does not have yet.
    void copyNew(std::vector<Sample> &known) const;

private:
    static constexpr std::size_t aheadSamples = 60'000; ///< more than come in a tenth of a second

    mutable base::Mutex m_mutex;
    std::condition_variable_any m_wake;
    AppendLog<PackedSample> m_samples;
    AppendLog<SamplePhases> m_more; ///< of those samples that have other phases than most; there before they are
    State m_state ROLLCALL_GUARDED_BY(m_mutex);
};

} // namespace rollcall::probe
