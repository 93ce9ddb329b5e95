#pragma once

#include <vector>

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// One quantile of B over the same of A, with its 95 % interval.
struct RatioInterval
{
    double ratio = 1;
    std::optional<double> lo; ///< absent where one of the two has too few samples for an interval
    std::optional<double> hi;
    bool operator==(const RatioInterval &) const = default;
};

/// What can be said of B against A.
enum class RunVerdict {
    Faster,  ///< B is
    Slower,  ///< B is
    Same,    ///< the whole interval is within what matters
    Unclear, ///< too few samples, too wide an interval, or a run that is no basis for a verdict
};

/// "faster", "slower", "same", "unclear".
[[nodiscard]] QString runVerdictName(RunVerdict verdict);

/// A cell that both runs have.
struct RunCellComparison
{
    CellId id;
    std::optional<RatioInterval> p50; ///< absent where one of the two has no answer at all
    std::optional<RatioInterval> p99; ///< absent where one of the two has too few samples for a p99
    RunVerdict verdict = RunVerdict::Unclear;
    QString note; ///< why it is unclear; empty otherwise
    bool operator==(const RunCellComparison &) const = default;
};

/// Two runs, B against A, in the order of B's cells.
struct RunComparison
{
    std::vector<RunCellComparison> cells;
    QStringList onlyInA; ///< names of cells
    QStringList onlyInB;
    QStringList differences; ///< of the plans or machines, that a reader should know: "rate 2 against 20"
};

/// How far two medians may lie apart and still be called the same.
inline constexpr double sameRatio = 1.10;
inline constexpr qint64 sameNs = 2'000'000;

/// Compares saved runs cell by cell by the ratio of quantiles B/A. Its interval joins those of the two quantiles, which
/// allow for correlated samples, by Zou and Donner's rule (MOVER) on logarithms: the runs were made at different times,
/// so there are no blocks to pair. *Same* where the interval lies within ±10 %, or holds 1 and lies within ±2 ms;
/// *faster* or *slower* where it excludes 1 otherwise. The method's "max(10 %, 2 ms)" would call everything below 20 ms
/// the same, local resolutions above all, so the 2 ms alone do not outvote an interval that excludes 1. Runs that a
/// guard stopped or that were saturated, and cells with less than 99.5 % good answers, are no basis: unclear. Where the
/// documents hold their samples, what the level of each cell wandered during its run (wanderOf()) widens the interval
/// of the median: the other run was made at another time. Differences are judged together by Holm's rule; one that does
/// not stand it is unclear.
/// **Source:** facts/latency-method.md §1.6; Zou and Donner, Statistics in Medicine 27 (2008).
[[nodiscard]] RunComparison compareRuns(const RunDocument &a, const RunDocument &b);

/// The same rule for two estimates with intervals, all above 0; @p wander is a variance of the logarithm of the ratio
/// that the intervals do not know of.
[[nodiscard]] RatioInterval ratioOf(double a, const std::optional<Interval> &intervalA, double b,
                                    const std::optional<Interval> &intervalB, double wander = 0);

} // namespace rollcall::probe
