#include "core/probe/Comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/probe/Holm.h"
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
constexpr qsizetype leastDegrees = 4; ///< those of the fewest segments
constexpr double leastError = 1e-12;  // of medians that never vary

using Values = std::vector<qint64>;

/// The standard error of a log ratio, and how many degrees of freedom it is known by.
struct StandardError
{
    double value = 0;
    qsizetype degrees = 1;
};

/// The standard error of the log ratio from its values in segments of time. What is slow for a while
/// makes neighbouring blocks alike, so that resampling single ones is over-confident; segments are long enough to
/// differ as the run does, and what they still share with the next one widens the interval, as in the block score
/// interval. nullopt where there are too few blocks for segments.
std::optional<StandardError> segmentError(const std::vector<PairedBlock> &blocks)
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
        logs.push_back(std::log(takeMedian(a) / takeMedian(b)));
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
    // Distances from their own mean make neighbours look less alike than they are, by a variance / n.
    const double shared = std::max(0.0, 2 * (neighbours + variance / n) * (1 - 1 / n));
    // What neighbours share is found out no better than the variance, and counts twice: together they vary three times
    // as much as the variance does, which a third of its degrees tells. Of few segments that third would be a quantile
    // that says more of itself than of them.
    const auto degrees = static_cast<qsizetype>(segments) - 1;
    const qsizetype fewer = std::min(degrees, std::max(leastDegrees, degrees / 3));
    return StandardError{std::sqrt((variance + shared) / n), shared > 0 ? fewer : degrees};
}

double deviationOf(const std::vector<double> &values)
{
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1));
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
    Comparison result{a, b, takeMedian(drawnA) / takeMedian(drawnB), {}, {}, static_cast<int>(blocks.size())};
    if (blocks.size() < leastBlocks)
        return result;
    Random random(seed);
    std::vector<double> logs(static_cast<std::size_t>(std::clamp<qint64>(mostWork / size, leastResamples, resamples)));
    for (double &value : logs) {
        drawnA.clear();
        drawnB.clear();
        for (std::size_t i = 0; i < blocks.size(); ++i)
            take(blocks[random.below(blocks.size())]);
        value = std::log(takeMedian(drawnA) / takeMedian(drawnB));
    }
    std::sort(logs.begin(), logs.end());
    const auto rank = [&logs](double p) {
        return std::exp(logs[static_cast<std::size_t>(std::lround(p * static_cast<double>(logs.size() + 1))) - 1]);
    };
    result.lo = rank(0.025);
    result.hi = rank(0.975);
    // The tails of some hundred resamples are too coarse for a p that others are judged with: their spread tells it.
    const double centre = std::log(result.ratio);
    result.p = normalP(centre / std::max(leastError, deviationOf(logs)));
    if (const auto error = segmentError(blocks)) {
        const double half = studentT975(error->degrees) * error->value;
        result.lo = std::min(*result.lo, result.ratio * std::exp(-half));
        result.hi = std::max(*result.hi, result.ratio * std::exp(half));
        result.p = std::max(*result.p, studentP(centre / std::max(leastError, error->value), error->degrees));
    }
    return result;
}

bool Comparison::differs() const
{
    return lo && (*lo > 1 || *hi < 1) && (!p || *p <= holmLevel);
}

void judgeTogether(std::span<Comparison> comparisons)
{
    std::vector<double> known;
    for (const Comparison &comparison : comparisons) {
        if (comparison.p)
            known.push_back(*comparison.p);
    }
    const std::vector<double> adjusted = holmAdjusted(known);
    auto next = adjusted.begin();
    for (Comparison &comparison : comparisons) {
        if (comparison.p)
            comparison.p = *next++;
    }
}

} // namespace rollcall::probe
