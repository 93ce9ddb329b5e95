#pragma once

#include <atomic>

#include "core/base/Clock.h"

namespace rollcall::test {

/// A clock that tests move. **Thread-safety:** thread-safe.
class ManualClock final : public base::Clock
{
public:
    [[nodiscard]] base::Instant now() const override { return base::Instant(std::chrono::milliseconds(m_now.load())); }
    /// As far behind as a coarse clock may be.
    [[nodiscard]] base::Instant coarseNow() const override { return now() - base::coarseLag; }
    void advance(std::chrono::milliseconds by) { m_now += by.count(); }

private:
    std::atomic<qint64> m_now{1'000'000};
};

} // namespace rollcall::test
