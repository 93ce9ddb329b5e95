#pragma once

#include <QJsonObject>

#include "core/base/Clock.h"
#include "core/probe/RunPlan.h"

namespace rollcall::probe {

/// What the machine and the tool were: version, Qt, system, processor, cores, load average, cost of one clock read.
/// Nothing that names the user or the host. **Source:** facts/latency-method.md §1.9.
[[nodiscard]] QJsonObject machineMeta();

/// The system's load average over a minute; negative where it is not told.
[[nodiscard]] double loadAverage();

/// The plan as the run document keeps it: everything but the cookie.
[[nodiscard]] QJsonObject planToJson(const RunPlan &plan, double rate);

} // namespace rollcall::probe
