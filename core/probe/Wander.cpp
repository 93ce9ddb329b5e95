#include "core/probe/Wander.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/probe/Quantiles.h"

namespace rollcall::probe {

namespace {

constexpr std::size_t segments = 8;
constexpr std::size_t leastPerSegment = 20;

double logMedian(std::vector<qint64> values)
{
    return std::log(std::max(1.0, takeMedian(values)));
}

} // namespace

double wanderOf(std::span<const qint64> inOrder)
{
    if (inOrder.size() < segments * leastPerSegment)
        return 0;
    std::array<double, segments> levels{};
    double mean = 0;
    double chance = 0;
    for (std::size_t s = 0; s < segments; ++s) {
        const std::size_t begin = s * inOrder.size() / segments;
        const std::size_t end = (s + 1) * inOrder.size() / segments;
        std::array<std::vector<qint64>, 2> halves;
        for (std::size_t i = begin; i < end; ++i)
            halves[i % 2].push_back(inOrder[i]);
        const double difference = logMedian(halves[0]) - logMedian(halves[1]);
        // Each half's median varies twice as much as the whole segment's, their difference four times.
        chance += difference * difference / 4 / segments;
        levels[s] =
            logMedian({inOrder.begin() + static_cast<qsizetype>(begin), inOrder.begin() + static_cast<qsizetype>(end)});
        mean += levels[s] / segments;
    }
    double variance = 0;
    for (const double level : levels)
        variance += (level - mean) * (level - mean) / (segments - 1);
    return std::max(0.0, variance - chance);
}

} // namespace rollcall::probe
