#include "core/probe/Comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/probe/Quantiles.h"
#include "core/probe/Random.h"

namespace rollcall::probe {

namespace {

constexpr int resamples = 1999;
constexpr int leastResamples = 199;
constexpr qint64 mostWork = 40'000'000; ///< values drawn at most: keeps the longest run's comparison near a second
constexpr std::size_t leastBlocks = 6;

using Values = std::vector<qint64>;

struct PairedBlock
{
    Values a;
    Values b;
};

double median(Values &values)
{
    const auto middle = values.begin() + static_cast<qsizetype>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    const auto upper = static_cast<double>(*middle);
    if (values.size() % 2 == 1)
        return upper;
    return (static_cast<double>(*std::max_element(values.begin(), middle)) + upper) / 2;
}

std::vector<PairedBlock> pairUp(std::span<const Sample> samplesA, std::span<const Sample> samplesB, bool response)
{
    std::map<int, PairedBlock> byBlock;
    const auto time = [response](const Sample &sample) {
        return std::max<qint64>(1, response ? sample.responseNs() : sample.serviceNs());
    };
    for (const Sample &sample : samplesA) {
        if (sample.outcome == Outcome::Ok)
            byBlock[sample.block].a.push_back(time(sample));
    }
    for (const Sample &sample : samplesB) {
        if (sample.outcome == Outcome::Ok)
            byBlock[sample.block].b.push_back(time(sample));
    }
    std::vector<PairedBlock> pairs;
    for (auto &[block, pair] : byBlock) {
        if (!pair.a.empty() && !pair.b.empty())
            pairs.push_back(std::move(pair));
    }
    return pairs;
}

} // namespace

std::optional<Comparison> compareMedians(const CellId &a, std::span<const Sample> samplesA, const CellId &b,
                                         std::span<const Sample> samplesB, bool response, quint64 seed)
{
    const std::vector<PairedBlock> blocks = pairUp(samplesA, samplesB, response);
    if (blocks.empty())
        return std::nullopt;
    Values drawnA;
    Values drawnB;
    const auto take = [&](const PairedBlock &block) {
        drawnA.insert(drawnA.end(), block.a.begin(), block.a.end());
        drawnB.insert(drawnB.end(), block.b.begin(), block.b.end());
    };
    std::for_each(blocks.begin(), blocks.end(), take);
    const auto size = static_cast<qint64>(drawnA.size() + drawnB.size());
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
    return result;
}

} // namespace rollcall::probe
