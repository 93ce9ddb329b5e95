#include "core/probe/Quantiles.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rollcall::probe {

namespace {

constexpr double alphaHalf = 0.025;
constexpr double z975 = 1.959963984540054;
constexpr qsizetype normalFrom = 100'000; // above it the binomial is as good as normal
constexpr qsizetype mostBlocks = 16;
constexpr qsizetype leastBlocks = 5;
constexpr qsizetype usualBlock = 20;
constexpr qsizetype leastBlock = 6;
constexpr std::size_t mostCandidates = 8'192;

/// t quantile 0.975 for 1 … 15 degrees of freedom.
constexpr std::array<double, 15> t975{12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004,
                                      2.262157,  2.228139, 2.200985, 2.178813, 2.160369, 2.144787, 2.131450};

double logBinomial(qsizetype n, qsizetype k, double p)
{
    const double nn = static_cast<double>(n);
    const double kk = static_cast<double>(k);
    return std::lgamma(nn + 1) - std::lgamma(kk + 1) - std::lgamma(nn - kk + 1) + kk * std::log(p) +
           (nn - kk) * std::log1p(-p);
}

/// Shares of one candidate value in each block, kept up to date while candidates ascend.
class BlockShares
{
public:
    BlockShares(qsizetype n, qsizetype blocks) : m_sizes(static_cast<std::size_t>(blocks)), m_counts(m_sizes.size(), 0)
    {
        for (std::size_t b = 0; b < m_sizes.size(); ++b) {
            const auto block = static_cast<qsizetype>(b);
            const qsizetype samples = (block + 1) * n / blocks - block * n / blocks;
            m_sizes[b] = static_cast<double>(samples);
        }
    }
    void add(std::size_t block) { ++m_counts[block]; }

    /// Whether quantile @p p may lie at the present candidate.
    [[nodiscard]] bool accepts(double p, double n) const
    {
        const auto blocks = static_cast<double>(m_sizes.size());
        std::array<double, mostBlocks> share{};
        double mean = 0;
        for (std::size_t b = 0; b < m_sizes.size(); ++b) {
            share[b] = m_counts[b] / m_sizes[b];
            mean += share[b] / blocks;
        }
        double variance = 0;
        double neighbours = 0;
        for (std::size_t b = 0; b < m_sizes.size(); ++b) {
            variance += (share[b] - mean) * (share[b] - mean) / (blocks - 1);
            if (b > 0)
                neighbours += (share[b] - mean) * (share[b - 1] - mean) / (blocks - 1);
        }
        const double spread = std::max(variance, variance + 2 * neighbours * (1 - 1 / blocks));
        const double expected = mean * (1 - mean) / (n / blocks);
        const double design = expected > 0 ? std::max(1.0, spread / expected) : 1.0;
        return std::abs(mean - p) <=
               studentT975(static_cast<qsizetype>(m_sizes.size()) - 1) * std::sqrt(p * (1 - p) * design / n);
    }

private:
    std::vector<double> m_sizes;
    std::vector<double> m_counts;
};

} // namespace

double quantile7(std::span<const qint64> sorted, double p)
{
    const double h = static_cast<double>(sorted.size() - 1) * p;
    const auto below = static_cast<std::size_t>(h);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const auto lower = static_cast<double>(sorted[below]);
    return lower + (h - static_cast<double>(below)) * (static_cast<double>(sorted[above]) - lower);
}

double takeMedian(std::vector<qint64> &values)
{
    const auto middle = values.begin() + static_cast<qsizetype>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    const auto upper = static_cast<double>(*middle);
    if (values.size() % 2 == 1)
        return upper;
    return (static_cast<double>(*std::max_element(values.begin(), middle)) + upper) / 2;
}

qsizetype minimumSamples(double p)
{
    return static_cast<qsizetype>(std::ceil(std::log(alphaHalf) / std::log(std::max(p, 1 - p))));
}

std::optional<RankPair> binomialRanks(qsizetype n, double p)
{
    if (n < minimumSamples(p))
        return std::nullopt;
    const double centre = static_cast<double>(n) * p;
    const double deviation = std::sqrt(centre * (1 - p));
    if (n > normalFrom) {
        return RankPair{static_cast<qsizetype>(std::floor(centre - z975 * deviation)),
                        static_cast<qsizetype>(std::ceil(centre + z975 * deviation)) + 1};
    }
    // Outside of ten deviations the mass is beyond what a double can tell from nothing.
    const auto first = std::max<qsizetype>(0, static_cast<qsizetype>(centre - 10 * deviation) - 10);
    RankPair ranks{0, n};
    double below = 0; // P(X <= k)
    for (qsizetype k = first; k <= n; ++k) {
        below += std::exp(logBinomial(n, k, p));
        if (below <= alphaHalf)
            ranks.lo = k + 1;
        if (below >= 1 - alphaHalf) {
            ranks.hi = k + 1;
            break;
        }
    }
    if (ranks.lo < 1 || ranks.hi > n)
        return std::nullopt;
    return ranks;
}

QuantileIntervals::QuantileIntervals(std::span<const qint64> inOrder)
{
    const auto n = static_cast<qsizetype>(inOrder.size());
    if (n >= leastBlocks * leastBlock) {
        // Few blocks cost more in Student's t than their length brings: two of them widen any interval twentyfold.
        m_blocks = std::clamp(n / usualBlock, leastBlocks, mostBlocks);
    }
    std::vector<std::pair<qint64, quint8>> values;
    values.reserve(inOrder.size());
    for (qsizetype b = 0; b < std::max<qsizetype>(1, m_blocks); ++b) {
        const qsizetype blocks = std::max<qsizetype>(1, m_blocks);
        for (qsizetype i = b * n / blocks; i < (b + 1) * n / blocks; ++i)
            values.emplace_back(inOrder[static_cast<std::size_t>(i)], static_cast<quint8>(b));
    }
    std::sort(values.begin(), values.end());
    m_sorted.reserve(values.size());
    m_blockOf.reserve(values.size());
    for (const auto &[value, block] : values) {
        m_sorted.push_back(value);
        m_blockOf.push_back(block);
    }
}

std::optional<Interval> QuantileIntervals::blockScore(double p) const
{
    if (m_blocks == 0)
        return std::nullopt;
    const std::size_t n = m_sorted.size();
    const std::size_t step = std::max<std::size_t>(1, n / mostCandidates);
    BlockShares shares(static_cast<qsizetype>(n), m_blocks);
    std::optional<Interval> hull;
    qint64 before = m_sorted.front(); // the candidate tried before
    bool wasAccepted = false;
    std::size_t tried = 0; // where the last candidate stood
    for (std::size_t i = 0; i < n; ++i) {
        shares.add(m_blockOf[i]);
        const qint64 value = m_sorted[i];
        if (i + 1 < n && m_sorted[i + 1] == value)
            continue; // all equal values belong to the share before it is judged
        if (i + 1 - tried < step && i + 1 < n)
            continue;
        tried = i + 1;
        const bool accepted = shares.accepts(p, static_cast<double>(n));
        if (accepted)
            hull = Interval{hull ? hull->lo : step > 1 ? before : value, value};
        else if (wasAccepted && step > 1)
            hull->hi = value; // what was not tried between them may have been accepted
        wasAccepted = accepted;
        before = value;
    }
    return hull;
}

std::optional<Interval> QuantileIntervals::at(double p) const
{
    const auto ranks = binomialRanks(static_cast<qsizetype>(m_sorted.size()), p);
    if (!ranks)
        return std::nullopt;
    Interval hull{m_sorted[static_cast<std::size_t>(ranks->lo - 1)], m_sorted[static_cast<std::size_t>(ranks->hi - 1)]};
    if (const auto score = blockScore(p)) {
        hull.lo = std::min(hull.lo, score->lo);
        hull.hi = std::max(hull.hi, score->hi);
    }
    return hull;
}

std::optional<Interval> blockScoreInterval(std::span<const qint64> inOrder, double p)
{
    return QuantileIntervals(inOrder).blockScore(p);
}

std::optional<Interval> quantileInterval(std::span<const qint64> inOrder, double p)
{
    return QuantileIntervals(inOrder).at(p);
}

double studentT975(qsizetype degrees)
{
    return t975[static_cast<std::size_t>(degrees) - 1];
}

ShareInterval wilson(qint64 good, qint64 all)
{
    const auto n = static_cast<double>(all);
    return wilsonOfShare(static_cast<double>(good) / n, n);
}

ShareInterval wilsonOfShare(double share, double n)
{
    const double z2 = z975 * z975;
    const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z975 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    // At 0 and 1 rounding may leave the share itself just outside.
    return {std::clamp(centre - half, 0.0, share), std::clamp(centre + half, share, 1.0)};
}

} // namespace rollcall::probe
