#pragma once

#include <QString>

#include <chrono>

#include "core/session/Resolution.h"

namespace rollcall::engine {

/// Writes the steps of a resolution into its trace, each with the time since the one before, and the total at the end.
/// **Thread-safety:** one object, one thread.
class StepTimer final
{
public:
    /// Starts now. @p resolution must outlive the timer.
    explicit StepTimer(session::Resolution &resolution)
        : m_resolution(resolution), m_start(Clock::now()), m_last(m_start)
    {}
    StepTimer(const StepTimer &) = delete;
    StepTimer &operator=(const StepTimer &) = delete;
    ~StepTimer() { m_resolution.took = Clock::now() - m_start; }

    /// Ends a step. @p name: a word of session::TraceStep.
    void end(const QString &name, session::StepOutcome outcome, const QString &detail = {})
    {
        const auto now = Clock::now();
        m_resolution.trace.push_back({name, outcome, detail, now - m_last});
        m_last = now;
    }

private:
    using Clock = std::chrono::steady_clock;

    session::Resolution &m_resolution;
    Clock::time_point m_start;
    Clock::time_point m_last;
};

} // namespace rollcall::engine
