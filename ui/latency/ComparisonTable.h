#pragma once

#include "core/probe/RunComparison.h"
#include "ui/charts/Chart.h"
#include "ui/latency/RunLibrary.h"

namespace rollcall::latency {

// Two runs as tables and sentences. Pure functions: **thread-safe**.

/// "Faster", "No relevant difference": the word for @p verdict, of B against A.
[[nodiscard]] QString verdictText(probe::RunVerdict verdict);

/// Cell by cell, B against A: both medians, ratios with their intervals, the verdict and why there is none.
[[nodiscard]] charts::ChartTable comparisonTable(const probe::RunDocument &a, const probe::RunDocument &b,
                                                 const probe::RunComparison &comparison);

/// What the comparison says in one sentence.
[[nodiscard]] QString comparisonSentence(const probe::RunComparison &comparison);

/// What a reader must know besides: other plans or machines, cells in one run alone. Empty where there is nothing.
[[nodiscard]] QString comparisonCaveats(const probe::RunComparison &comparison);

/// Any two runs side by side, each with its own figures: another tool's are shown, never mixed with ours.
[[nodiscard]] charts::ChartTable besideTable(const LoadedRun &a, const LoadedRun &b);

/// What must be known of the other tool's figures. Empty where both runs are ours.
[[nodiscard]] QString foreignCaveats(const LoadedRun &a, const LoadedRun &b);

} // namespace rollcall::latency
