#include "core/probe/SteadyState.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/probe/Quantiles.h"
#include "core/probe/Random.h"

namespace rollcall::probe {

namespace {

constexpr std::size_t leastValues = 20;
constexpr std::size_t mostGroups = 500;
constexpr int permutations = 999;
constexpr int mostMoreExtreme = 9; // of 999: p < 0.01

/// Ranks from 1, ties shared, less their mean.
std::vector<double> centredRanks(std::span<const double> series)
{
    std::vector<std::size_t> order(series.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [series](std::size_t a, std::size_t b) { return series[a] < series[b]; });
    const double middle = (static_cast<double>(series.size()) + 1) / 2;
    std::vector<double> ranks(series.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && series[order[end]] == series[order[begin]])
            ++end;
        const double rank = static_cast<double>(begin + end + 1) / 2;
        for (; begin < end; ++begin)
            ranks[order[begin]] = rank - middle;
    }
    return ranks;
}

/// Means of @p group neighbours each; the last may be of fewer.
std::vector<double> meansOf(std::span<const double> series, std::size_t group)
{
    std::vector<double> means;
    for (std::size_t begin = 0; begin < series.size(); begin += group) {
        const auto part = series.subspan(begin, std::min(group, series.size() - begin));
        means.push_back(std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(part.size()));
    }
    return means;
}

struct Excursion
{
    double size = 0;
    std::size_t at = 0;
};

Excursion largest(const std::vector<double> &ranks)
{
    Excursion found;
    double sum = 0;
    for (std::size_t i = 0; i + 1 < ranks.size(); ++i) {
        sum += ranks[i];
        if (std::abs(sum) > found.size)
            found = {std::abs(sum), i + 1};
    }
    return found;
}

} // namespace

std::size_t warmupLength(std::span<const double> series)
{
    if (series.size() < leastValues)
        return 0;
    // From the end, so that each cut costs one step: count, mean and squared deviations of what is behind it.
    double mean = 0;
    double squares = 0;
    double count = 0;
    double best = std::numeric_limits<double>::infinity();
    std::size_t cut = 0;
    for (std::size_t i = series.size(); i-- > 0;) {
        ++count;
        const double difference = series[i] - mean;
        mean += difference / count;
        squares += difference * (series[i] - mean);
        const double score = squares / (count * count);
        if (i <= series.size() / 2 && score <= best) {
            best = score;
            cut = i;
        }
    }
    return cut;
}

std::optional<std::size_t> levelChange(std::span<const double> series, quint64 seed)
{
    if (series.size() < leastValues)
        return std::nullopt;
    // A change that matters is no matter of single values: of long series means of neighbours tell it as well, and a
    // thousand permutations of them cost milliseconds.
    const std::size_t group = (series.size() + mostGroups - 1) / mostGroups;
    std::vector<double> ranks = centredRanks(meansOf(series, group));
    const Excursion observed = largest(ranks);
    Random random(seed);
    int moreExtreme = 0;
    for (int i = 0; i < permutations && moreExtreme < mostMoreExtreme; ++i) {
        for (std::size_t k = ranks.size(); k > 1; --k)
            std::swap(ranks[k - 1], ranks[random.below(k)]);
        moreExtreme += largest(ranks).size >= observed.size ? 1 : 0;
    }
    return moreExtreme < mostMoreExtreme ? std::optional(observed.at * group) : std::nullopt;
}

BlockLevels blockLevels(std::span<const Sample> samples, const std::vector<int> &cells, int firstBlock)
{
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    if (cells.empty())
        return {};
    std::vector<std::size_t> columns(static_cast<std::size_t>(*std::max_element(cells.begin(), cells.end())) + 1, none);
    for (std::size_t i = 0; i < cells.size(); ++i)
        columns[static_cast<std::size_t>(cells[i])] = i;
    std::vector<double> logs; // a row a block; as long as the run is, so no map
    std::vector<std::vector<qint64>> times(cells.size());
    for (const Sample &sample : samples) {
        const auto cell = static_cast<std::size_t>(sample.cell);
        if (sample.block < firstBlock || sample.outcome != Outcome::Ok || cell >= columns.size() ||
            columns[cell] == none)
            continue;
        const std::size_t row = static_cast<std::size_t>(sample.block - firstBlock) * cells.size();
        if (row >= logs.size())
            logs.resize(row + cells.size(), missing);
        const qint64 time = std::max<qint64>(1, sample.serviceNs());
        logs[row + columns[cell]] = std::log(static_cast<double>(time));
        times[columns[cell]].push_back(time);
    }
    std::vector<double> medians;
    for (std::vector<qint64> &ofCell : times)
        medians.push_back(ofCell.empty() ? 0 : std::log(takeMedian(ofCell)));
    BlockLevels result;
    for (std::size_t row = 0; row < logs.size(); row += cells.size()) {
        double sum = 0;
        for (std::size_t i = 0; i < cells.size(); ++i)
            sum += logs[row + i] - medians[i];
        if (std::isnan(sum))
            continue;
        result.blocks.push_back(firstBlock + static_cast<int>(row / cells.size()));
        result.levels.push_back(sum / static_cast<double>(cells.size()));
    }
    return result;
}

} // namespace rollcall::probe
