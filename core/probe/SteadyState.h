#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/probe/Sample.h"

namespace rollcall::probe {

/// How many leading values of @p series are warm-up: the cut that minimises the variance of the mean of the rest
/// (MSER), at most half. Fewer than 20 values: 0, since nothing can be told. **Source:** facts/latency-method.md §1.3.
[[nodiscard]] std::size_t warmupLength(std::span<const double> series);

/// Where the level of @p series changed, if it did: the largest excursion of the rank CUSUM, against 999 seeded
/// permutations, p < 0.01; of series beyond 500 values by means of neighbours. The index of the first value of the new
/// level; nullopt where none is found, and for fewer than 20 values. **Source:** facts/latency-method.md §1.6.
[[nodiscard]] std::optional<std::size_t> levelChange(std::span<const double> series, quint64 seed);

/// One value a block, over all cells: the mean of the logarithms of what its cells took, each less the cell's own
/// median, so that no cell outweighs another. Blocks from @p firstBlock to the last in which every cell of @p cells has
/// an ok sample; samples of other cells count for nothing.
struct BlockLevels
{
    std::vector<int> blocks;
    std::vector<double> levels;
};
[[nodiscard]] BlockLevels blockLevels(std::span<const Sample> samples, const std::vector<int> &cells, int firstBlock);

} // namespace rollcall::probe
