#pragma once

#include <QString>

#include <span>
#include <vector>

#include "core/probe/PropagationTrial.h"
#include "core/probe/SurvivalCurve.h"

namespace rollcall::probe {

/// What the trials of one cell say of it.
enum class PropagationVerdict {
    Instant,    ///< refused as soon as the pace of probing can tell
    WithinTtl,  ///< never accepted longer than the cache's time to live allows
    Late,       ///< accepted longer than that, or than anything known explains
    Flapping,   ///< accepted again after it had been refused: caches disagree
    NotRevoked, ///< still accepted when the trial ended
    Unknown,    ///< no trial was carried through, or those that still run will tell
};

/// "instant", "within-ttl", "late", "flapping", "not-revoked", "unknown".
[[nodiscard]] QString propagationVerdictName(PropagationVerdict verdict);

/// The figures of one cell's trials. Times in milliseconds from the acknowledged revocation to the start of the first
/// refused probe: what somebody asking every `interval` sees. Of trials that were not refused, as they still run, were
/// given up or reached the horizon, is known that it takes longer than they were last accepted: who left them out would
/// count quick refusals alone. Quantiles are those of Kaplan and Meier's curve; one that has not `ended` is at least so
/// large. Absent where nothing is known of any trial. **Thread-safety:** a plain value.
struct PropagationFigures
{
    int trials = 0;  ///< carried through; the figures below count others, too, as far as they were seen
    int refused = 0; ///< of them
    int failed = 0;  ///< not accepted before the revocation, or without answer: not among `trials`
    std::optional<Watched> p50, p95, p99, longest;
    /// How long sessions outlived their revocation, from the middles of last acceptance and lasting refusal: the
    /// estimate that a model of the cache is compared with.
    std::optional<Watched> windowP50, windowP95;
    std::optional<double> windowMeanMs; ///< absent also where a trial was not refused
    /// The same of each trial of which anything is known, in the order given; a refusal that has not settled yet counts
    /// as one.
    std::vector<Watched> watched;
    qint64 staleAccepts = 0; ///< probes accepted after the revocation, over all trials
    /// With 95 % confidence at least this share of revocations is refused within `longest`: 0.05^(1/n) of n trials; 0
    /// where that has not ended.
    double coveredShare = 0;
    PropagationVerdict verdict = PropagationVerdict::Unknown;
    bool operator==(const PropagationFigures &) const = default;
};

/// What else the verdict needs.
struct PropagationBounds
{
    std::chrono::nanoseconds interval{0};        ///< TrialLaw::interval
    std::optional<std::chrono::nanoseconds> ttl; ///< of the cache that answers, where one is known
    std::chrono::nanoseconds answerP95{0};       ///< how long a probe takes
};

/// Sums @p outcomes up. **Source:** facts/latency-method.md §4.1.
[[nodiscard]] PropagationFigures summarise(std::span<const TrialOutcome> outcomes, const PropagationBounds &bounds);

} // namespace rollcall::probe
