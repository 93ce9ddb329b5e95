#pragma once

#include <span>
#include <vector>

#include "core/probe/CellResult.h"

namespace rollcall::probe {

/// How many answers of a cell took at most a time.
struct ShareCurve
{
    qint64 total = 0;           ///< answers in time and timeouts; other errors have no time
    std::vector<qint64> within; ///< by the order of the limits asked for

    /// The share of limit @p index, 0 … 1; 0 where there is nothing.
    [[nodiscard]] double share(std::size_t index) const;
};

/// The empirical distribution function of @p cell's response times, from its histogram, at @p limitsNs (ascending).
/// An answer counts where its bucket ends at or below the limit, so a share is never too high. What was not answered
/// within @p timeoutNs stands in the histogram at that time or later and counts as answered within none.
[[nodiscard]] ShareCurve shareCurve(const CellResult &cell, qint64 timeoutNs, std::span<const double> limitsNs);

} // namespace rollcall::probe
