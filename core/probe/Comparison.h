#pragma once

#include <span>
#include <vector>

#include "core/probe/Cell.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// Of fewer blocks in common, a comparison is an indication. **Source:** facts/latency-method.md §5.5.
inline constexpr int leastBlocksForVerdict = 16;

/// The paired ratio of two cells' medians: how many times as long A takes as B.
struct Comparison
{
    CellId a;
    CellId b;
    double ratio = 1;
    std::optional<double> lo; ///< 95 % interval; absent with fewer than six common blocks
    std::optional<double> hi;
    int blocks = 0; ///< blocks in which both have an ok sample
    /// Two-sided, that the ratio is 1; of comparisons judged together adjusted by Holm's rule. Absent with the
    /// interval.
    std::optional<double> p = std::nullopt;
    /// Whether a difference may be called one: the interval excludes 1, and p, where known, is at most 5 %.
    [[nodiscard]] bool differs() const;
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

/// Adjusts the p of @p comparisons, which are read together, by Holm's rule.
void judgeTogether(std::span<Comparison> comparisons);

} // namespace rollcall::probe
