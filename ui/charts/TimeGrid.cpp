#include "ui/charts/TimeGrid.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace rollcall::charts {

using probe::Outcome;
using probe::Sample;

namespace {

/// What a grid needs of a sample, close together: the samples themselves are seven times as large, and reading them
/// twice is what a frame would cost.
struct Point
{
    qint64 startNs = 0;
    float octave = 0; ///< log₂ of the latency in ns
    int layer = 0;
};

/// Samples that are asked for before they are read: of their two cache lines one is read, and waiting for memory was
/// three quarters of this function.
constexpr std::size_t ahead = 32;

/// log₂ to 2⁻¹⁰, a fiftieth of a grid's step: an exponent and a table instead of a call for each sample.
class Octaves
{
public:
    Octaves()
    {
        for (std::size_t i = 0; i < m_fraction.size(); ++i)
            m_fraction[i] = std::log2(1 + (static_cast<float>(i) + 0.5F) / static_cast<float>(m_fraction.size()));
    }
    /// Of @p value ≥ 1.
    [[nodiscard]] float of(qint64 value) const
    {
        const auto bits = std::bit_cast<quint64>(static_cast<double>(value));
        const auto exponent = static_cast<float>(static_cast<int>(bits >> 52) - 1023);
        return exponent + m_fraction[(bits >> 42) & 1023];
    }

private:
    std::array<float, 1024> m_fraction{};
};

std::span<const quint32> columnOf(const TimeGrid &grid, int column)
{
    return std::span(grid.counts).subspan(static_cast<std::size_t>(column) * TimeGrid::fine, TimeGrid::fine);
}

/// The latency at the upper end of fine step @p step.
double latencyAt(const TimeGrid &grid, double step)
{
    return grid.axis.lo * std::pow(grid.axis.hi / grid.axis.lo, step / TimeGrid::fine);
}

} // namespace

qint64 TimeGrid::countOf(int column) const
{
    if (counts.empty())
        return 0;
    const auto all = columnOf(*this, column);
    return std::accumulate(all.begin(), all.end(), qint64{0});
}

double TimeGrid::medianOf(int column) const
{
    const qint64 count = countOf(column);
    if (count == 0)
        return 0;
    const auto all = columnOf(*this, column);
    qint64 below = 0;
    for (int step = 0; step < fine; ++step) {
        below += all[static_cast<std::size_t>(step)];
        if (2 * below >= count)
            return latencyAt(*this, step + 0.5);
    }
    return 0;
}

double TimeGrid::maxOf(int column) const
{
    if (counts.empty())
        return 0;
    const auto all = columnOf(*this, column);
    for (int step = fine - 1; step >= 0; --step) {
        if (all[static_cast<std::size_t>(step)] > 0)
            return latencyAt(*this, step + 1);
    }
    return 0;
}

quint32 TimeGrid::cell(int column, int row) const
{
    constexpr int steps = fine / rows;
    const auto part = columnOf(*this, column).subspan(static_cast<std::size_t>(row) * steps, steps);
    return std::accumulate(part.begin(), part.end(), quint32{0});
}

std::vector<TimeGrid> timeGrids(std::span<const Sample> samples, const std::vector<int> &layerOf, int layers,
                                bool response)
{
    static const Octaves octaves;
    std::vector<Point> points;
    points.reserve(samples.size());
    qint64 fromNs = std::numeric_limits<qint64>::max();
    qint64 toNs = std::numeric_limits<qint64>::min();
    qint64 least = std::numeric_limits<qint64>::max();
    qint64 most = 1;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        __builtin_prefetch(&samples[std::min(i + ahead, samples.size() - 1)]);
        const Sample &sample = samples[i];
        const auto cell = static_cast<std::size_t>(sample.cell);
        if (sample.outcome != Outcome::Ok || cell >= layerOf.size() || layerOf[cell] < 0)
            continue;
        // A log axis has no zero.
        const qint64 ns = std::max<qint64>(1, response ? sample.responseNs() : sample.serviceNs());
        fromNs = std::min(fromNs, sample.startNs);
        toNs = std::max(toNs, sample.startNs);
        least = std::min(least, ns);
        most = std::max(most, ns);
        points.push_back({sample.startNs, octaves.of(ns), layerOf[cell]});
    }
    std::vector<TimeGrid> grids(static_cast<std::size_t>(layers));
    if (points.empty())
        return grids;
    const LatencyAxis axis = LatencyAxis::around(static_cast<double>(least), static_cast<double>(most));
    for (TimeGrid &grid : grids) {
        grid.fromNs = fromNs;
        grid.lengthNs = std::max<qint64>(1, toNs - fromNs);
        grid.axis = axis;
        grid.counts.assign(std::size_t{TimeGrid::columns} * TimeGrid::fine, 0);
    }
    const double perNs = TimeGrid::columns / static_cast<double>(grids.front().lengthNs);
    const auto lowest = static_cast<float>(std::log2(axis.lo));
    const float perOctave = TimeGrid::fine / (static_cast<float>(std::log2(axis.hi)) - lowest);
    for (const Point &point : points) {
        const int column =
            std::min(TimeGrid::columns - 1, static_cast<int>(static_cast<double>(point.startNs - fromNs) * perNs));
        const int step = std::clamp(static_cast<int>((point.octave - lowest) * perOctave), 0, TimeGrid::fine - 1);
        TimeGrid &grid = grids[static_cast<std::size_t>(point.layer)];
        ++grid.counts[static_cast<std::size_t>(column) * TimeGrid::fine + static_cast<std::size_t>(step)];
        ++grid.total;
    }
    return grids;
}

} // namespace rollcall::charts
