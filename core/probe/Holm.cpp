#include "core/probe/Holm.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace rollcall::probe {

std::vector<double> holmAdjusted(const std::vector<double> &p)
{
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&p](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> adjusted(p.size());
    double least = 0; // none is below one that is smaller before
    for (std::size_t i = 0; i < order.size(); ++i) {
        least = std::max(least, std::min(1.0, static_cast<double>(order.size() - i) * p[order[i]]));
        adjusted[order[i]] = least;
    }
    return adjusted;
}

double normalP(double z)
{
    return std::erfc(std::abs(z) / std::numbers::sqrt2);
}

double studentP(double t, qsizetype degrees)
{
    // With t = √ν·tan θ the density becomes a constant times cos^(ν−1) θ on a bounded range: Simpson's rule does.
    constexpr int steps = 400;
    const auto nu = static_cast<double>(degrees);
    const double from = std::atan(std::abs(t) / std::sqrt(nu));
    const double width = (std::numbers::pi / 2 - from) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; ++i) {
        const double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
        sum += weight * std::pow(std::max(0.0, std::cos(from + i * width)), nu - 1);
    }
    const double logScale = std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - std::log(std::numbers::pi) / 2;
    return std::min(1.0, 2 * std::exp(logScale) * sum * width / 3);
}

} // namespace rollcall::probe
