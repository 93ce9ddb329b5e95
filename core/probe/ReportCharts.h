#pragma once

#include "core/probe/ReportSvg.h"
#include "core/probe/RunDocument.h"

namespace rollcall::probe {

// The charts of a report, each with its table. Where there is nothing to draw the picture is empty and the
// sentence says why. Pure functions: **thread-safe**. **Source:** facts/latency-method.md §2.

/// A line a route: medians of its modes on one logarithmic axis, with their intervals, and p95 as a thin tick.
[[nodiscard]] ReportChart dumbbellChart(const RunDocument &document);
/// Latency by nines of the percentile with the 95 % band; each curve ends where its samples bear no more.
[[nodiscard]] ReportChart percentileChart(const RunDocument &document, const QString &route);
/// The ratio of two modes by quantile, with the band that holds for all quantiles at once.
[[nodiscard]] ReportChart shiftChart(const RunDocument &document, const Comparison &comparison);
/// Box plots of @p route's modes over the parts of the run: whether it kept its level.
[[nodiscard]] ReportChart blocksChart(const RunDocument &document, const QString &route);
/// How many answers took how long when, with the median line and where guards acted.
[[nodiscard]] ReportChart heatmapChart(const RunDocument &document, std::size_t cell);
/// Medians of the phases of the network cells, one bar each, and what Server-Timing says of the wait.
[[nodiscard]] ReportChart phaseChart(const RunDocument &document);
/// Medians of the stages of look-ups in a database; no rows and no sentence where no cell has them.
[[nodiscard]] ReportChart stageChart(const RunDocument &document);

/// The share of revoked sessions that is still accepted, over the time since, with the band of its 95 % interval.
[[nodiscard]] ReportChart revocationChart(const Revocations &revocations);
/// What is known of each way of asking, a sentence each: median, p95 and how far they lie from the model, where there
/// is one.
[[nodiscard]] QStringList revocationSentences(const Revocations &revocations);

/// Why a chart of single samples is empty for a document that keeps none.
[[nodiscard]] QString noSamplesText();

/// The routes of the cells, in their order.
[[nodiscard]] QStringList routesOf(const RunDocument &document);

} // namespace rollcall::probe
