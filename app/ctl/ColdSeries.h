#pragma once

#include "app/ctl/Arguments.h"
#include "core/probe/RunPlan.h"

namespace rollcall::ctl {

/// Flag --idle, and the flags that it settles itself.
[[nodiscard]] Flag idleFlag();
[[nodiscard]] std::vector<QStringList> idleExcludes();

/// With --idle, makes @p plan a series of single shots so far apart. Read after everything else of the plan. Errors:
/// UsageInvalid (no duration), those of probe::makeColdSeries().
[[nodiscard]] base::Status readIdle(const Arguments &arguments, probe::RunPlan &plan);

} // namespace rollcall::ctl
