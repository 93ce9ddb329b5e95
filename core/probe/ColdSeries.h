#pragma once

#include "core/probe/RunPlan.h"

namespace rollcall::probe {

constexpr int usualColdSamples = 3; ///< of a series whose user names no number

/// Makes @p plan a series of single shots: one request, then nobody asks for at least @p rest, so that each finds
/// whatever goes to sleep asleep. The first waits, too, as the run knocks at its begin. Each connects anew; nothing is
/// warm-up. For a plan that is complete but for its pace. Errors: UsageInvalid (no time; more than one cell, as each
/// would keep the others awake; one in this process, which does not sleep), GuardRefused (too long in all).
/// **Source:** facts/latency-method.md §1.2. **Thread-safety:** reentrant.
[[nodiscard]] base::Status makeColdSeries(RunPlan &plan, std::chrono::nanoseconds rest);

} // namespace rollcall::probe
