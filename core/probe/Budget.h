#pragma once

#include <QString>

#include <chrono>
#include <optional>

#include "core/base/Result.h"
#include "core/probe/Cell.h"

namespace rollcall::probe {

/// What a budget limits.
enum class Measure { P50, P90, P95, P99, P999, Max, Mean };

/// "p50", …, "max", "mean".
[[nodiscard]] QString measureName(Measure measure);
/// The probability of a quantile; nullopt for max and mean.
[[nodiscard]] std::optional<double> probabilityOf(Measure measure);

/// A limit that a measure of a mode is to keep, on one route or on each.
struct Budget
{
    QString text;                 ///< as given
    std::optional<QString> route; ///< absent: each route measured
    ProbeMode mode = ProbeMode::Proxy;
    Measure measure = Measure::P95;
    std::chrono::nanoseconds limit{0};

    bool operator==(const Budget &) const = default;
};

/// Reads "[ROUTE:]MODE.QUANTILE<DURATION" ("/dashboard:proxy.p95<300ms"). Errors: UsageInvalid.
[[nodiscard]] base::Result<Budget> parseBudget(const QString &text);

/// What can be said of a budget. **Source:** facts/latency-method.md §1.7.
enum class Verdict { Within, Over, TooClose, NotEnough, Unstable, Saturated, StoppedForSafety };

/// "Within budget", "Over budget", …: the words of the run document.
[[nodiscard]] QString verdictWord(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdictOf(const QString &word);

/// True for the verdicts that miss a budget; @p strict counts the undecided ones as well.
[[nodiscard]] bool isMissed(Verdict verdict, bool strict);

} // namespace rollcall::probe
