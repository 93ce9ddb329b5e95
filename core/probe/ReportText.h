#pragma once

#include <QStringList>

#include "core/base/Clock.h"
#include "core/probe/RunDocument.h"

namespace rollcall::probe {

// The words of reports: English, whatever the locale, so that the same document gives the same bytes everywhere.
// Pure functions: **thread-safe**.

/// How a duration is written, here and in the window, which puts its own decimal point: three significant digits in the
/// unit that fits.
struct DurationParts
{
    double number;
    int decimals;     ///< of `number`
    const char *unit; ///< "ns", "µs", "ms" or "s"; UTF-8
};
[[nodiscard]] DurationParts durationParts(double ns);
/// A duration with three significant digits and its unit: "8.42 µs", "261 ms", "1.80 s".
[[nodiscard]] QString durationText(double ns);
/// The same, "–" where there is none.
[[nodiscard]] QString durationText(const std::optional<qint64> &ns);
/// "38.1 – 49.0 ms"; empty where there is none.
[[nodiscard]] QString intervalText(const std::optional<Interval> &interval);
/// Whether quantile @p p of @p cell (1: the largest) lies among the timeouts, which stand last: it is known to be at
/// least that long, no more. **Source:** facts/latency-method.md §1.5.
[[nodiscard]] bool isLowerBound(const CellResult &cell, double p);
/// Quantile @p p (one of reportedQuantiles) of @p times of @p cell; "≥ 10.0 s" where it lies among the timeouts.
[[nodiscard]] QString quantileText(const CellResult &cell, const Distribution &times, double p);
/// The largest of @p times, the same way.
[[nodiscard]] QString maxText(const CellResult &cell, const Distribution &times);
/// Whether quantile @p p of @p times is an indication rather than a figure: of the tail, with fewer than 500
/// independent times. **Source:** facts/latency-method.md §5.5.
[[nodiscard]] bool isIndicative(const Distribution &times, double p);
/// A ratio with three significant digits: "1.07×", "43.0×", "290,000×".
[[nodiscard]] QString ratioText(double ratio);

/// What @p document says, a sentence each, the most important first: the paired ratio of each route with its interval,
/// what the network floor leaves, errors, how the run ended. **Source:** templates of facts/latency-method.md §1.7.
[[nodiscard]] QStringList verdictSentences(const RunDocument &document);

/// One budget and what is said of it: "proxy.p95<300ms on /dashboard: Within budget (211 ms)".
[[nodiscard]] QString budgetSentence(const BudgetResult &result);

/// The whole of meta and plan as name and value, nested names joined by ".", in the order of their names.
[[nodiscard]] std::vector<std::pair<QString, QString>> metadataRows(const RunDocument &document);

/// When the run began; the epoch where the document does not say.
[[nodiscard]] base::Instant startOf(const RunDocument &document);

} // namespace rollcall::probe
