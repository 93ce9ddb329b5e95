#pragma once

#include <QtGlobal>

#include <optional>
#include <span>
#include <vector>

namespace rollcall::probe {

/// The probabilities reported of every cell.
inline constexpr double reportedQuantiles[] = {0.5, 0.9, 0.95, 0.99, 0.999};

/// Quantile @p p of ascending @p sorted (not empty): Hyndman and Fan's type 7, linear between the two neighbours.
[[nodiscard]] double quantile7(std::span<const qint64> sorted, double p);

/// The median of @p values (not empty), which are left in another order: quantile7() of 0.5 without sorting them all.
[[nodiscard]] double takeMedian(std::vector<qint64> &values);

/// The fewest samples for which a distribution-free two-sided 95 % interval of quantile @p p exists: 6 for the median,
/// 36, 72, 368 and 3 688 for p90, p95, p99 and p99.9. **Source:** facts/latency-method.md §1.4.
[[nodiscard]] qsizetype minimumSamples(double p);

/// A closed interval of nanoseconds.
struct Interval
{
    qint64 lo = 0;
    qint64 hi = 0;
    bool operator==(const Interval &) const = default;
};

/// Ranks (from 1) of the order statistics that bound quantile @p p of @p n values with 95 % confidence; nullopt where
/// n < minimumSamples(p).
struct RankPair
{
    qsizetype lo = 0;
    qsizetype hi = 0;
    bool operator==(const RankPair &) const = default;
};
[[nodiscard]] std::optional<RankPair> binomialRanks(qsizetype n, double p);

/// Interval B: the block score interval, which widens where neighbours in time are correlated. @p inOrder in the order
/// of time. 16 blocks, fewer of 20 values where there are fewer than 320, but 5 at least. nullopt below 30 values,
/// where blocks would be too short to tell anything, or where nothing is accepted.
/// **Source:** facts/latency-method.md §1.6 B.
[[nodiscard]] std::optional<Interval> blockScoreInterval(std::span<const qint64> inOrder, double p);

/// The interval shown: the hull of binomial and block score interval; nullopt where n is too small for @p p.
[[nodiscard]] std::optional<Interval> quantileInterval(std::span<const qint64> inOrder, double p);

/// quantileInterval() of several quantiles of the same values, which are put in order once.
/// **Thread-safety:** immutable.
class QuantileIntervals final
{
public:
    /// @p inOrder in the order of time; not kept.
    explicit QuantileIntervals(std::span<const qint64> inOrder);
    /// The values, ascending.
    [[nodiscard]] const std::vector<qint64> &sorted() const { return m_sorted; }
    /// As quantileInterval(). Of more than some thousand values the block score interval tries every few of them only,
    /// and is wider by those between: never too narrow.
    [[nodiscard]] std::optional<Interval> at(double p) const;
    /// As blockScoreInterval(), likewise.
    [[nodiscard]] std::optional<Interval> blockScore(double p) const;

private:
    std::vector<qint64> m_sorted;
    std::vector<quint8> m_blockOf; ///< of each of them, the block of time that it is from; empty where there are none
    qsizetype m_blocks = 0;
};

/// Student's t, quantile 0.975, for @p degrees of freedom (1 … 15).
[[nodiscard]] double studentT975(qsizetype degrees);

/// Wilson's 95 % interval of a share.
struct ShareInterval
{
    double lo = 0;
    double hi = 1;
};
/// Of @p good in @p all (> 0).
[[nodiscard]] ShareInterval wilson(qint64 good, qint64 all);
/// Of @p share, known as well as from @p n (> 0) observations.
[[nodiscard]] ShareInterval wilsonOfShare(double share, double n);

} // namespace rollcall::probe
