#include "core/probe/ShiftFunction.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/probe/PairedBlocks.h"
#include "core/probe/Quantiles.h"
#include "core/probe/Random.h"

namespace rollcall::probe {

namespace {

constexpr std::array grid{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99};
constexpr int resamples = 399;
constexpr qint64 mostWork = 20'000'000; ///< values sorted at most: keeps a report of the longest run near a second
constexpr int leastResamples = 99;
constexpr std::size_t leastGroups = 8;
constexpr std::size_t groups = 32;

/// The quantiles of the grid that @p n samples on the smaller side bear; the median always.
std::vector<double> bearable(qsizetype n)
{
    std::vector<double> quantiles;
    for (const double p : grid) {
        if (p == 0.5 || minimumSamples(p) <= n)
            quantiles.push_back(p);
    }
    return quantiles;
}

/// The logarithms of the ratios at @p quantiles; sorts what it is given.
std::vector<double> logRatios(std::vector<qint64> &a, std::vector<qint64> &b, const std::vector<double> &quantiles)
{
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    std::vector<double> logs;
    for (const double p : quantiles)
        logs.push_back(std::log(quantile7(a, p) / quantile7(b, p)));
    return logs;
}

/// How wide the band is at each point; empty where the resamples do not vary.
std::vector<double> halfWidths(const std::vector<std::vector<double>> &drawn, const std::vector<double> &observed)
{
    std::vector<double> deviation(observed.size());
    for (std::size_t i = 0; i < observed.size(); ++i) {
        double mean = 0;
        for (const auto &logs : drawn)
            mean += logs[i] / static_cast<double>(drawn.size());
        double squares = 0;
        for (const auto &logs : drawn)
            squares += (logs[i] - mean) * (logs[i] - mean);
        deviation[i] = std::sqrt(squares / static_cast<double>(drawn.size() - 1));
    }
    std::vector<double> largest;
    for (const auto &logs : drawn) {
        double most = 0;
        for (std::size_t i = 0; i < observed.size(); ++i) {
            if (deviation[i] > 0)
                most = std::max(most, std::abs(logs[i] - observed[i]) / deviation[i]);
        }
        largest.push_back(most);
    }
    std::sort(largest.begin(), largest.end());
    const double critical = largest[static_cast<std::size_t>(0.95 * static_cast<double>(largest.size()))];
    for (double &width : deviation)
        width *= critical;
    return deviation;
}

} // namespace

std::vector<ShiftPoint> shiftFunction(std::span<const Sample> a, std::span<const Sample> b, bool response, quint64 seed)
{
    const std::vector<PairedBlock> blocks = pairBlocks(a, b, response);
    if (blocks.empty())
        return {};
    std::vector<qint64> drawnA;
    std::vector<qint64> drawnB;
    const auto take = [&](const PairedBlock &block) {
        drawnA.insert(drawnA.end(), block.a.begin(), block.a.end());
        drawnB.insert(drawnB.end(), block.b.begin(), block.b.end());
    };
    std::for_each(blocks.begin(), blocks.end(), take);
    const std::vector<double> quantiles = bearable(static_cast<qsizetype>(std::min(drawnA.size(), drawnB.size())));
    const auto size = static_cast<qint64>(drawnA.size() + drawnB.size());
    const std::vector<double> observed = logRatios(drawnA, drawnB, quantiles);
    std::vector<ShiftPoint> shift;
    for (std::size_t i = 0; i < quantiles.size(); ++i)
        shift.push_back({quantiles[i], std::exp(observed[i]), {}, {}});
    // Neighbours stay together, so that what is slow for a while does not look like many independent slow blocks.
    const std::size_t length = std::max<std::size_t>(1, blocks.size() / groups);
    if (blocks.size() / length < leastGroups)
        return shift;
    Random random(seed);
    std::vector<std::vector<double>> drawn;
    const auto rounds = std::clamp<qint64>(mostWork / size, leastResamples, resamples);
    for (qint64 round = 0; round < rounds; ++round) {
        drawnA.clear();
        drawnB.clear();
        for (std::size_t taken = 0; taken < blocks.size(); taken += length) {
            const auto begin = static_cast<std::size_t>(random.below(blocks.size()));
            for (std::size_t i = 0; i < length; ++i)
                take(blocks[(begin + i) % blocks.size()]);
        }
        drawn.push_back(logRatios(drawnA, drawnB, quantiles));
    }
    const std::vector<double> width = halfWidths(drawn, observed);
    for (std::size_t i = 0; i < shift.size(); ++i) {
        shift[i].lo = std::exp(observed[i] - width[i]);
        shift[i].hi = std::exp(observed[i] + width[i]);
    }
    return shift;
}

} // namespace rollcall::probe
