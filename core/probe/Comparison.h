#pragma once

#include <span>
#include <vector>

#include "core/probe/Cell.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// The paired ratio of two cells' medians: how many times as long A takes as B.
struct Comparison
{
    CellId a;
    CellId b;
    double ratio = 1;
    std::optional<double> lo; ///< 95 % interval; absent with fewer than six common blocks
    std::optional<double> hi;
    int blocks = 0; ///< blocks in which both have an ok sample
    bool operator==(const Comparison &) const = default;
};

/// Compares the medians of two cells of one run. Blocks are resampled with replacement, the same for both cells; the
/// interval is that of the ratio's logarithm, joined with that of 16 segments of time (fewer in short runs, none below
/// 40 blocks): single blocks resampled alone are over-confident where neighbours are alike. @p response: from the
/// intended start, else from the actual one. nullopt where no block has both. **Source:** facts/latency-method.md §1.6
/// B.
[[nodiscard]] std::optional<Comparison> compareMedians(const CellId &a, std::span<const Sample> samplesA,
                                                       const CellId &b, std::span<const Sample> samplesB, bool response,
                                                       quint64 seed);

} // namespace rollcall::probe
