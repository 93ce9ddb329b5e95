#include "core/probe/PropagationFigures.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace rollcall::probe {

using End = TrialOutcome::End;

namespace {

double milliseconds(double ns)
{
    return ns / 1e6;
}

/// Quantile @p p of ascending @p seen and @p censored greater ones of unknown size; nullopt where it is among those.
std::optional<double> quantileMs(const std::vector<qint64> &seen, qsizetype censored, double p)
{
    const auto all = static_cast<qsizetype>(seen.size()) + censored;
    const double rank = static_cast<double>(all - 1) * p;
    if (seen.empty() || std::ceil(rank) >= static_cast<double>(seen.size()))
        return std::nullopt;
    const auto below = static_cast<std::size_t>(rank);
    const auto above = static_cast<std::size_t>(std::ceil(rank));
    const auto from = static_cast<double>(seen[below]);
    return milliseconds(from + (rank - std::floor(rank)) * (static_cast<double>(seen[above]) - from));
}

PropagationVerdict verdictOf(const PropagationFigures &figures, bool flapping, double slowestAcknowledgeMs,
                             const PropagationBounds &bounds)
{
    const double intervalMs = milliseconds(static_cast<double>(bounds.interval.count()));
    const double answerMs = milliseconds(static_cast<double>(bounds.answerP95.count()));
    if (figures.trials == 0)
        return PropagationVerdict::Unknown;
    if (figures.refused < figures.trials)
        return PropagationVerdict::NotRevoked;
    if (flapping)
        return PropagationVerdict::Flapping;
    if (*figures.p95Ms <= 2 * intervalMs + answerMs)
        return PropagationVerdict::Instant;
    if (!bounds.ttl)
        return PropagationVerdict::Late;
    // A probe that filled the cache may have read the row just before it went.
    const double allowed = milliseconds(static_cast<double>(bounds.ttl->count())) + intervalMs + answerMs;
    return *figures.maxMs <= allowed + slowestAcknowledgeMs ? PropagationVerdict::WithinTtl : PropagationVerdict::Late;
}

/// How long @p outcome's session was seen to outlive its revocation; nullopt where nothing was seen after it.
std::optional<Watched> watchedOf(const TrialOutcome &outcome)
{
    if (const std::optional<qint64> window = outcome.windowNs())
        return Watched{milliseconds(static_cast<double>(*window)), true};
    if (outcome.lastAcceptedNs)
        return Watched{milliseconds(static_cast<double>(std::max<qint64>(0, *outcome.lastAcceptedNs))), false};
    return std::nullopt;
}

} // namespace

QString propagationVerdictName(PropagationVerdict verdict)
{
    switch (verdict) {
    case PropagationVerdict::Instant:
        return QStringLiteral("instant");
    case PropagationVerdict::WithinTtl:
        return QStringLiteral("within-ttl");
    case PropagationVerdict::Late:
        return QStringLiteral("late");
    case PropagationVerdict::Flapping:
        return QStringLiteral("flapping");
    case PropagationVerdict::NotRevoked:
        return QStringLiteral("not-revoked");
    case PropagationVerdict::Unknown:
        return QStringLiteral("unknown");
    }
    return {};
}

PropagationFigures summarise(std::span<const TrialOutcome> outcomes, const PropagationBounds &bounds)
{
    PropagationFigures figures;
    std::vector<qint64> refusals;
    std::vector<qint64> windows;
    bool flapping = false;
    double slowestAcknowledgeMs = 0;
    for (const TrialOutcome &outcome : outcomes) {
        figures.failed += outcome.end == End::NotAccepted || outcome.end == End::NoAnswer ? 1 : 0;
        if (const std::optional<Watched> watched = watchedOf(outcome))
            figures.watched.push_back(*watched);
        if (!outcome.counts())
            continue;
        ++figures.trials;
        figures.staleAccepts += outcome.staleAccepts;
        slowestAcknowledgeMs = std::max(slowestAcknowledgeMs, milliseconds(static_cast<double>(outcome.acknowledgeNs)));
        if (outcome.end != End::Refused)
            continue;
        ++figures.refused;
        refusals.push_back(*outcome.firstRefusedNs);
        windows.push_back(*outcome.windowNs());
        flapping = flapping || outcome.lastAcceptedNs.value_or(0) > *outcome.firstRefusedNs + bounds.interval.count();
    }
    std::sort(refusals.begin(), refusals.end());
    std::sort(windows.begin(), windows.end());
    const qsizetype censored = figures.trials - figures.refused;
    figures.p50Ms = quantileMs(refusals, censored, 0.5);
    figures.p95Ms = quantileMs(refusals, censored, 0.95);
    figures.p99Ms = quantileMs(refusals, censored, 0.99);
    figures.windowP50Ms = quantileMs(windows, censored, 0.5);
    figures.windowP95Ms = quantileMs(windows, censored, 0.95);
    if (censored == 0 && !refusals.empty()) {
        figures.maxMs = milliseconds(static_cast<double>(refusals.back()));
        double sum = 0;
        for (const qint64 window : windows)
            sum += static_cast<double>(window);
        figures.windowMeanMs = milliseconds(sum / static_cast<double>(windows.size()));
        figures.coveredShare = std::pow(0.05, 1.0 / figures.trials);
    }
    figures.verdict = verdictOf(figures, flapping, slowestAcknowledgeMs, bounds);
    return figures;
}

} // namespace rollcall::probe
