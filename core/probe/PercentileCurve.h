#pragma once

#include <vector>

#include "core/probe/CellResult.h"

namespace rollcall::probe {

/// One point of a percentile curve.
struct CurvePoint
{
    double nines = 0;                 ///< -log10(1 - p): 0 is the minimum, 1 the 90th percentile, 3 the 99.9th
    qint64 value = 0;                 ///< ns
    std::optional<Interval> interval; ///< 95 %, binomial on the histogram
};

/// Where on the axis of nines the curve of @p n samples ends: beyond, no interval exists. 0 for none.
[[nodiscard]] double ninesOfSamples(qint64 n);

/// The curve of @p cell's response times from its histogram, to the last nine that its samples bear (3 at most), in
/// @p steps steps. Empty where there are no samples.
[[nodiscard]] std::vector<CurvePoint> percentileCurve(const CellResult &cell, int steps);

} // namespace rollcall::probe
