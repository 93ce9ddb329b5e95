#pragma once

#include <span>
#include <vector>

#include "core/probe/Sample.h"
#include "ui/charts/LatencyAxis.h"

namespace rollcall::charts {

/// How many answers took how long when: counts on a grid of time and log latency. Its size does not depend on the
/// number of samples, so a frame costs what the picture costs. **Thread-safety:** a value.
struct TimeGrid
{
    static constexpr int columns = 240; ///< of time
    static constexpr int fine = 320;    ///< steps of latency, for the median
    static constexpr int rows = 80;     ///< cells of the picture, of fine / rows steps

    qint64 fromNs = 0; ///< of the first column, as the samples' own times
    qint64 lengthNs = 1;
    LatencyAxis axis;
    qint64 total = 0;
    std::vector<quint32> counts; ///< [column][fine step]; empty where there is nothing

    /// Where in the grid's time @p atNs lies, 0 … 1.
    [[nodiscard]] double shareOf(qint64 atNs) const
    {
        return static_cast<double>(atNs - fromNs) / static_cast<double>(lengthNs);
    }
    /// Answers of column @p column.
    [[nodiscard]] qint64 countOf(int column) const;
    /// Their median, ns, to a step's width; 0 where there are none.
    [[nodiscard]] double medianOf(int column) const;
    /// Upper bound of the largest one's step, ns; 0 where there are none.
    [[nodiscard]] double maxOf(int column) const;
    /// Answers in the picture's cell @p row (from the bottom) of @p column.
    [[nodiscard]] quint32 cell(int column, int row) const;
};

/// Time and latency of all ok answers of @p samples whose cell @p layerOf maps to a layer (index ≥ 0; -1: not drawn),
/// as one grid a layer on common axes. @p response: from the intended start, else from the actual one. Warm-up is in
/// it: what a run did first is what one looks for here.
[[nodiscard]] std::vector<TimeGrid> timeGrids(std::span<const probe::Sample> samples, const std::vector<int> &layerOf,
                                              int layers, bool response);

} // namespace rollcall::charts
