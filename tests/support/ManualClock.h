#pragma once

#include <atomic>

#include "core/base/Clock.h"

namespace rollcall::test {

/// A clock that tests move. **Thread-safety:** thread-safe.
class ManualClock : public base::Clock
{
public:
    [[nodiscard]] base::Instant now() const override { return base::Instant(std::chrono::milliseconds(m_now.load())); }
    /// As far behind as a coarse clock may be.
    [[nodiscard]] base::Instant coarseNow() const override { return now() - base::coarseLag; }
    [[nodiscard]] std::chrono::milliseconds steadyNow() const override
    {
        return std::chrono::milliseconds(m_steady.load());
    }
    [[nodiscard]] std::chrono::milliseconds coarseSteadyNow() const override { return steadyNow() - base::coarseLag; }
    /// Time passes.
    void advance(std::chrono::milliseconds by)
    {
        m_now += by.count();
        m_steady += by.count();
    }
    /// Somebody sets the wall clock.
    void set(std::chrono::milliseconds by) { m_now += by.count(); }

private:
    std::atomic<qint64> m_now{1'000'000};
    std::atomic<qint64> m_steady{5'000};
};

} // namespace rollcall::test
