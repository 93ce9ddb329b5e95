#include "core/probe/EffectiveSize.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace rollcall::probe {

namespace {

constexpr std::size_t longestLag = 1'000;
constexpr double leastVariance = 1e-18;

} // namespace

qint64 effectiveSize(std::span<const qint64> inOrder)
{
    const std::size_t n = inOrder.size();
    std::vector<double> levels(n);
    std::transform(inOrder.begin(), inOrder.end(), levels.begin(),
                   [](qint64 ns) { return std::log(static_cast<double>(std::max<qint64>(1, ns))); });
    const double mean = n == 0 ? 0 : std::accumulate(levels.begin(), levels.end(), 0.0) / static_cast<double>(n);
    for (double &level : levels)
        level -= mean;
    const double variance = std::inner_product(levels.begin(), levels.end(), levels.begin(), 0.0);
    if (variance <= leastVariance * static_cast<double>(n))
        return static_cast<qint64>(n); // all alike, but for rounding: nothing to be told apart
    const auto correlation = [&](std::size_t lag) {
        return std::inner_product(levels.begin() + static_cast<std::ptrdiff_t>(lag), levels.end(), levels.begin(),
                                  0.0) /
               variance;
    };
    // By pairs, as single ones of an alternating series are negative by turns.
    double sum = 0;
    for (std::size_t lag = 1; lag + 1 <= std::min(longestLag, n / 10); lag += 2) {
        const double pair = correlation(lag) + correlation(lag + 1);
        if (pair <= 0)
            break;
        sum += pair;
    }
    return std::clamp<qint64>(std::llround(static_cast<double>(n) / (1 + 2 * sum)), 1, static_cast<qint64>(n));
}

} // namespace rollcall::probe
