#pragma once

#include <array>
#include <vector>

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// The five numbers of a box plot: whiskers, box and its line.
inline constexpr std::array<double, 5> boxQuantiles{0.05, 0.25, 0.5, 0.75, 0.95};

/// The box plot of some times. **Thread-safety:** a plain value.
struct BlockBox
{
    qsizetype n = 0;
    std::array<double, 5> ns{};     ///< at boxQuantiles
    std::array<bool, 5> censored{}; ///< it lies among timeouts: it is at least so long

    /// Whether number @p i is known: as elsewhere, a quantile other than the median takes enough times.
    [[nodiscard]] bool shows(std::size_t i) const;
};

/// The box plots of blocks that follow each other.
struct BlockGroup
{
    int first = 0; ///< block, from 0
    int last = 0;
    std::vector<BlockBox> boxes; ///< as BlockBoxes::modes; n = 0: nothing was answered
};

/// A route's times by the parts of a run, five numbers each, no outliers and no smoothed shape, which would invent
/// times between those of two populations. **Thread-safety:** a plain value.
struct BlockBoxes
{
    std::vector<CellId> modes;
    std::vector<BlockGroup> groups; ///< empty: nothing was answered, or the document holds no samples
    double least = 0;               ///< of the numbers that are known
    double most = 0;

    /// Whether a box lacks numbers that would take more times.
    [[nodiscard]] bool isIncomplete() const;
    /// Whether a whisker ends among timeouts.
    [[nodiscard]] bool isOpen() const;
};

/// The boxes of @p route: a few blocks together, so many that each cell has enough for whiskers, or for a box at least,
/// as long as there is still a course to see. Of cached modes the hits, not the misses. Looks at all samples.
/// **Source:** facts/latency-method.md §2. Pure: **thread-safe**.
[[nodiscard]] BlockBoxes blockBoxes(const RunDocument &document, const QString &route);

} // namespace rollcall::probe
