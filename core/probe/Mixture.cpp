#include "core/probe/Mixture.h"

#include <algorithm>
#include <cmath>

#include "core/probe/Quantiles.h"

namespace rollcall::probe {

namespace {

constexpr double widestWithin = 4;      // a factor between neighbours that one population does not have
constexpr std::size_t leastOfAll = 30;  // of fewer, skewed times of one population look like two
constexpr std::size_t leastOfMode = 5;  // a tail like 1/x has a gap above its three slowest in 2 of 100 series
constexpr std::size_t leastShare = 100; // one in so many

} // namespace

std::optional<SlowMode> slowModeOf(std::span<const qint64> sorted)
{
    if (sorted.size() < leastOfAll)
        return std::nullopt;
    const std::size_t least = std::max(leastOfMode, (sorted.size() + leastShare - 1) / leastShare);
    double widest = widestWithin;
    std::size_t border = 0; // index of the first of the slow ones
    for (std::size_t i = least; i + least <= sorted.size(); ++i) {
        const double factor = static_cast<double>(sorted[i]) / static_cast<double>(std::max<qint64>(1, sorted[i - 1]));
        if (factor > widest) {
            widest = factor;
            border = i;
        }
    }
    if (border == 0)
        return std::nullopt;
    const auto slow = sorted.subspan(border);
    return SlowMode{static_cast<qint64>(slow.size()), std::llround(quantile7(sorted.first(border), 0.5)),
                    std::llround(quantile7(slow, 0.5))};
}

} // namespace rollcall::probe
