#pragma once

#include <condition_variable>
#include <vector>

#include "core/base/Mutex.h"
#include "core/base/Result.h"
#include "core/probe/Guard.h"
#include "core/probe/RunDocument.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// What a run has measured so far and how it ended: written by the probe thread, read by the thread that waits.
/// **Thread-safety:** all functions from any thread; locks are held for a few copies only.
class RunRecord final
{
public:
    /// How far the run is.
    struct State
    {
        int block = 0;
        int inFlight = 0;
        bool finished = false;
        int warmupBlocks = 0; ///< as found: samples of these blocks are no measurements
        StopReason stopReason = StopReason::Samples;
        std::vector<GuardEvent> events;
        std::optional<base::Error> error; ///< what made measuring impossible
        qint64 beginNs = 0;               ///< steady clock
        qint64 endNs = 0;
        qint64 cpuNs = 0; ///< processor time of this process between the two
    };

    /// Room for @p samples is made now, so that recording allocates nothing.
    explicit RunRecord(std::size_t samples) { m_samples.reserve(samples); }

    void add(const Sample &sample)
    {
        const base::MutexLock lock(m_mutex);
        m_samples.push_back(sample);
    }
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
    void copyNew(std::vector<Sample> &known) const
    {
        const base::MutexLock lock(m_mutex);
        known.insert(known.end(), m_samples.begin() + static_cast<qsizetype>(known.size()), m_samples.end());
    }

private:
    mutable base::Mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Sample> m_samples ROLLCALL_GUARDED_BY(m_mutex);
    State m_state ROLLCALL_GUARDED_BY(m_mutex);
};

} // namespace rollcall::probe
