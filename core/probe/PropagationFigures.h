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
    Unknown,    ///< no trial was carried through
};

/// "instant", "within-ttl", "late", "flapping", "not-revoked", "unknown".
[[nodiscard]] QString propagationVerdictName(PropagationVerdict verdict);

/// The figures of one cell's trials. Times in milliseconds from the acknowledged revocation to the start of the first
/// refused probe: what somebody asking every `interval` sees. A quantile that falls among the trials that were never
/// refused is absent, and so is the maximum where there is one. **Thread-safety:** a plain value.
struct PropagationFigures
{
    int trials = 0;  ///< carried through
    int refused = 0; ///< of them
    int failed = 0;  ///< not accepted before the revocation, or without answer: not among `trials`
    std::optional<double> p50Ms, p95Ms, p99Ms, maxMs;
    /// How long sessions outlived their revocation, from the middles of last acceptance and lasting refusal: the
    /// estimate that a model of the cache is compared with.
    std::optional<double> windowP50Ms, windowP95Ms, windowMeanMs;
    /// The same of each trial of which anything is known, in the order given: those that still run, or were given up,
    /// too, until when they were last accepted; a refusal that has not settled yet counts as one. Who left them out
    /// would count quick refusals alone while a run goes on.
    std::vector<Watched> watched;
    qint64 staleAccepts = 0; ///< probes accepted after the revocation, over all trials
    /// With 95 % confidence at least this share of revocations is refused within maxMs: 0.05^(1/trials); 0 where there
    /// is no maximum.
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

/// Sums @p outcomes up; those that still run count in `watched` alone. **Source:** facts/latency-method.md §4.1.
[[nodiscard]] PropagationFigures summarise(std::span<const TrialOutcome> outcomes, const PropagationBounds &bounds);

} // namespace rollcall::probe
