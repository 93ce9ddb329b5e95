#include "core/probe/EffectiveSize.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace rollcall::probe {

namespace {

constexpr std::size_t longestLag = 1'000;
constexpr std::size_t mostLevels = 20'000; ///< of which neighbours are compared
constexpr double leastVariance = 1e-18;

void center(std::vector<double> &levels)
{
    const double sum = std::accumulate(levels.begin(), levels.end(), 0.0);
    for (const double mean = sum / static_cast<double>(levels.size()); double &level : levels)
        level -= mean;
}

double squares(const std::vector<double> &levels)
{
    return std::inner_product(levels.begin(), levels.end(), levels.begin(), 0.0);
}

/// The means of each @p size neighbours in @p levels; fewer at the end are left out.
std::vector<double> meansOf(const std::vector<double> &levels, std::size_t size)
{
    std::vector<double> means;
    for (auto at = levels.begin(); static_cast<std::size_t>(levels.end() - at) >= size;) {
        const auto end = at + static_cast<std::ptrdiff_t>(size);
        means.push_back(std::accumulate(at, end, 0.0) / static_cast<double>(size));
        at = end;
    }
    return means;
}

} // namespace

qint64 effectiveSize(std::span<const qint64> inOrder)
{
    const std::size_t n = inOrder.size();
    std::vector<double> levels(n);
    std::transform(inOrder.begin(), inOrder.end(), levels.begin(),
                   [](qint64 ns) { return std::log(static_cast<double>(std::max<qint64>(1, ns))); });
    if (n == 0)
        return 0;
    center(levels);
    const double spread = squares(levels) / static_cast<double>(n);
    if (spread <= leastVariance)
        return static_cast<qint64>(n); // all alike, but for rounding: nothing to be told apart
    // Of a long series means of neighbours are compared, as comparing all would take seconds. How much less these
    // spread than single times is what the neighbours within one are alike.
    if (n > mostLevels) {
        levels = meansOf(levels, (n + mostLevels - 1) / mostLevels);
        center(levels);
    }
    const std::size_t count = levels.size();
    const double variance = squares(levels);
    if (variance <= leastVariance * static_cast<double>(count))
        return static_cast<qint64>(n); // the means are alike: neighbours make up for each other
    const auto correlation = [&](std::size_t lag) {
        return std::inner_product(levels.begin() + static_cast<std::ptrdiff_t>(lag), levels.end(), levels.begin(),
                                  0.0) /
               variance;
    };
    // By pairs, as single ones of an alternating series are negative by turns.
    double sum = 0;
    for (std::size_t lag = 1; lag + 1 <= std::min(longestLag, count / 10); lag += 2) {
        const double pair = correlation(lag) + correlation(lag + 1);
        if (pair <= 0)
            break;
        sum += pair;
    }
    // What the mean of all spreads: variance / count² · (1 + 2 · sum); of independent times it would be spread / n.
    const double all = static_cast<double>(count);
    const double effective = spread * all * all / (variance * (1 + 2 * sum));
    return std::llround(std::clamp(effective, 1.0, static_cast<double>(n)));
}

} // namespace rollcall::probe
