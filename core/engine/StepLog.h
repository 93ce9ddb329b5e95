#pragma once

#include <chrono>
#include <vector>

#include "core/session/Resolution.h"

namespace rollcall::engine {

/// Records the steps of a resolution, each with the time since the one before; or nothing, at no cost.
/// **Thread-safety:** one object, one thread.
class StepLog final
{
public:
    /// @p steps (borrowed) takes the steps; nullptr: they are not recorded.
    explicit StepLog(std::vector<session::TraceStep> *steps) : m_steps(steps)
    {
        if (m_steps)
            m_last = Clock::now();
    }

    /// Ends a step. @p name: a word of session::TraceStep. @p detail is called for the evidence where steps are
    /// recorded.
    template <typename Detail>
    void end(const QString &name, session::StepOutcome outcome, Detail detail)
    {
        if (!m_steps)
            return;
        const auto now = Clock::now();
        m_steps->push_back({name, outcome, detail(), now - m_last});
        m_last = now;
    }
    void end(const QString &name, session::StepOutcome outcome)
    {
        end(name, outcome, [] { return QString(); });
    }

private:
    using Clock = std::chrono::steady_clock;

    std::vector<session::TraceStep> *m_steps;
    Clock::time_point m_last;
};

} // namespace rollcall::engine
