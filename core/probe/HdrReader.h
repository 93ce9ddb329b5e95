#pragma once

#include <QByteArray>

#include <map>

#include "core/base/Result.h"
#include "core/probe/Histogram.h"

namespace rollcall::probe {

/// Reads an HdrHistogram log (V2, deflate): the histograms of each tag added up, by tag ("" without one), values in the
/// log's unit, which readers take for nanoseconds. Counts of coarser or finer histograms than ours go to the bucket
/// that holds their highest equivalent value. Errors: FileFormatInvalid (Path = @p origin, Line, Detail).
/// **Source:** facts/latency-method.md §1.10; EncodableHistogram and HistogramLogReader of hdr-histogram-js 3.0.1.
[[nodiscard]] base::Result<std::map<QString, Histogram>> readHdrLog(const QByteArray &text, const QString &origin);

} // namespace rollcall::probe
