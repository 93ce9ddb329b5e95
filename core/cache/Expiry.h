#pragma once

#include "core/base/Clock.h"

namespace rollcall::cache {

/// Whether @p end lies in the past. The exact time is asked for only where the coarse one, which may be behind, is
/// close to the end: a cache is asked millions of times a second. **Thread-safety:** that of @p clock.
[[nodiscard]] inline bool isPast(base::Instant end, const base::Clock &clock)
{
    const base::Instant coarse = clock.coarseNow();
    return coarse > end || (coarse + base::coarseLag > end && clock.now() > end);
}

/// The same of an instant of the steady clock.
[[nodiscard]] inline bool isPast(std::chrono::milliseconds end, const base::Clock &clock)
{
    const std::chrono::milliseconds coarse = clock.coarseSteadyNow();
    return coarse > end || (coarse + base::coarseLag > end && clock.steadyNow() > end);
}

} // namespace rollcall::cache
