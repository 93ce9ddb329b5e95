#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/probe/Sample.h"

namespace rollcall::probe {

/// How many times as long A takes as B at one quantile.
struct ShiftPoint
{
    double p = 0;
    double ratio = 1;
    std::optional<double> lo; ///< of the band that covers all points at once with 95 %; absent with too few blocks
    std::optional<double> hi;
};

/// The shift function of two cells of one run at p = .05, .1, .2 … .9, .95, .99 (as far as the smaller sample bears):
/// is the one faster everywhere, or in the tail alone? Neighbouring design blocks are resampled together, the same for
/// both cells; the band is that of the largest studentised deviation, so that it holds for all points at once. Empty
/// where no block has both. @p response: from the intended start, else from the actual one.
/// **Source:** facts/latency-method.md §1.6.
[[nodiscard]] std::vector<ShiftPoint> shiftFunction(std::span<const Sample> a, std::span<const Sample> b, bool response,
                                                    quint64 seed);

} // namespace rollcall::probe
