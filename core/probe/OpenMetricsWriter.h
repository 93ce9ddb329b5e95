#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// The run as OpenMetrics text 1.0: response times as a histogram with classic buckets from 0.5 ms to 10 s, quantiles
/// with their 95 % intervals as gauges, the goodput ratio and counts of errors by kind. Labels are route, mode, cache,
/// cookie and, of errors, kind: bounded by the plan. **Source:** facts/latency-method.md §1.10, OpenMetrics 1.0.0.
[[nodiscard]] QByteArray asOpenMetrics(const RunDocument &document);

} // namespace rollcall::probe
