#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// The cells' response times as an HdrHistogram log (format 1.3, V2 compressed), an interval of the run's length for
/// each cell, tagged with its name (separators of the format percent-encoded). Values are nanoseconds, Interval_Max is
/// in ms, which is what readers of such logs take for granted (their default ratio is 10^6): microseconds, as the
/// method has them, would round a resolution in process to a step or two. **Source:** facts/latency-method.md §1.10,
/// HistogramLogWriter and EncodableHistogram of hdr-histogram-js 3.0.1.
[[nodiscard]] QByteArray asHdrLog(const RunDocument &document);

/// The percentile distribution of each cell's response times as HdrHistogram prints it, 5 ticks a half distance, in
/// µs; a cell begins with a comment line that names it. The public plotters read one such table.
[[nodiscard]] QByteArray asPercentileText(const RunDocument &document);

} // namespace rollcall::probe
