#include "core/probe/Comparison.h"

#include <algorithm>
#include <cmath>

#include "core/probe/PairedBlocks.h"
#include "core/probe/Quantiles.h"
#include "core/probe/Random.h"

namespace rollcall::probe {

namespace {

constexpr int resamples = 1999;
constexpr int leastResamples = 199;
constexpr qint64 mostWork = 40'000'000; ///< values drawn at most: keeps the longest run's comparison near a second
constexpr std::size_t leastBlocks = 6;
constexpr std::size_t mostSegments = 16;
constexpr std::size_t leastSegments = 5;
constexpr std::size_t leastPerSegment = 8;

using Values = std::vector<qint64>;

double median(Values &values)
{
    const auto middle = values.begin() + static_cast<qsizetype>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    const auto upper = static_cast<double>(*middle);
    if (values.size() % 2 == 1)
        return upper;
    return (static_cast<double>(*std::max_element(values.begin(), middle)) + upper) / 2;
}

/// Half the width of a 95 % interval of the log ratio from its values in segments of time. What is slow for a while
/// makes neighbouring blocks alike, so that resampling single ones is over-confident; segments are long enough to
/// differ as the run does, and what they still share with the next one widens the interval, as in the block score
/// interval. nullopt where there are too few blocks for segments.
std::optional<double> segmentHalfWidth(const std::vector<PairedBlock> &blocks)
{
    const std::size_t segments = std::min(mostSegments, blocks.size() / leastPerSegment);
    if (segments < leastSegments)
        return std::nullopt;
    std::vector<double> logs;
    double mean = 0;
    for (std::size_t s = 0; s < segments; ++s) {
        Values a;
        Values b;
        for (std::size_t i = s * blocks.size() / segments; i < (s + 1) * blocks.size() / segments; ++i) {
            a.insert(a.end(), blocks[i].a.begin(), blocks[i].a.end());
            b.insert(b.end(), blocks[i].b.begin(), blocks[i].b.end());
        }
        logs.push_back(std::log(median(a) / median(b)));
        mean += logs.back() / static_cast<double>(segments);
    }
    const auto n = static_cast<double>(segments);
    double variance = 0;
    double neighbours = 0;
    for (std::size_t s = 0; s < segments; ++s) {
        variance += (logs[s] - mean) * (logs[s] - mean) / (n - 1);
        if (s > 0)
            neighbours += (logs[s] - mean) * (logs[s - 1] - mean) / (n - 1);
    }
    const double spread = std::max(variance, variance + 2 * neighbours * (1 - 1 / n));
    return studentT975(static_cast<qsizetype>(segments) - 1) * std::sqrt(spread / n);
}

} // namespace

std::optional<Comparison> compareMedians(const CellId &a, std::span<const Sample> samplesA, const CellId &b,
                                         std::span<const Sample> samplesB, bool response, quint64 seed)
{
    const std::vector<PairedBlock> blocks = pairBlocks(samplesA, samplesB, response);
    if (blocks.empty())
        return std::nullopt;
    Values drawnA;
    Values drawnB;
    const auto take = [&](const PairedBlock &block) {
        drawnA.insert(drawnA.end(), block.a.begin(), block.a.end());
        drawnB.insert(drawnB.end(), block.b.begin(), block.b.end());
    };
    std::for_each(blocks.begin(), blocks.end(), take);
    const qint64 size = static_cast<qint64>(drawnA.size()) + static_cast<qint64>(drawnB.size());
    Comparison result{a, b, median(drawnA) / median(drawnB), {}, {}, static_cast<int>(blocks.size())};
    if (blocks.size() < leastBlocks)
        return result;
    Random random(seed);
    std::vector<double> logs(static_cast<std::size_t>(std::clamp<qint64>(mostWork / size, leastResamples, resamples)));
    for (double &value : logs) {
        drawnA.clear();
        drawnB.clear();
        for (std::size_t i = 0; i < blocks.size(); ++i)
            take(blocks[random.below(blocks.size())]);
        value = std::log(median(drawnA) / median(drawnB));
    }
    std::sort(logs.begin(), logs.end());
    const auto rank = [&logs](double p) {
        return std::exp(logs[static_cast<std::size_t>(std::lround(p * static_cast<double>(logs.size() + 1))) - 1]);
    };
    result.lo = rank(0.025);
    result.hi = rank(0.975);
    if (const auto half = segmentHalfWidth(blocks)) {
        result.lo = std::min(*result.lo, result.ratio * std::exp(-*half));
        result.hi = std::max(*result.hi, result.ratio * std::exp(*half));
    }
    return result;
}

} // namespace rollcall::probe
