#pragma once

#include "app/ctl/Arguments.h"
#include "core/probe/RunPlan.h"

namespace rollcall::ctl {

/// Flag --idle, and the flags that it settles itself.
[[nodiscard]] Flag idleFlag();
[[nodiscard]] std::vector<QStringList> idleExcludes();

/// With --idle, makes @p plan a series of single shots: one request, then nobody asks for at least that long, so that
/// each finds whatever goes to sleep asleep. The first waits, too, as the run knocks at its begin. Each connects anew;
/// nothing is warm-up. Read after everything else of the plan. Errors: UsageInvalid (no duration; more than one cell,
/// as each would keep the others awake; one in this process, which does not sleep), GuardRefused (too long in all).
/// **Source:** facts/latency-method.md §1.2.
[[nodiscard]] base::Status readIdle(const Arguments &arguments, probe::RunPlan &plan);

} // namespace rollcall::ctl
