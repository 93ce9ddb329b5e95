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

/// What is known of when @p outcome's session was first refused, or for how long it outlived its revocation:
/// @p refusedNs. nullopt where nothing was seen after it.
std::optional<Watched> watchedOf(const TrialOutcome &outcome, std::optional<qint64> refusedNs)
{
    if (refusedNs)
        return Watched{milliseconds(static_cast<double>(*refusedNs)), true};
    if (outcome.lastAcceptedNs)
        return Watched{milliseconds(static_cast<double>(std::max<qint64>(0, *outcome.lastAcceptedNs))), false};
    return std::nullopt;
}

/// The longest of @p watched: at least so long where not all have ended.
std::optional<Watched> longestOf(const std::vector<Watched> &watched)
{
    if (watched.empty())
        return std::nullopt;
    return Watched{std::ranges::max_element(watched, {}, &Watched::ms)->ms,
                   std::ranges::all_of(watched, &Watched::ended)};
}

double meanMs(const std::vector<Watched> &watched)
{
    double sum = 0;
    for (const Watched &one : watched)
        sum += one.ms;
    return sum / static_cast<double>(watched.size());
}

/// What else of the trials a verdict needs.
struct Course
{
    bool flapping = false; ///< one was accepted again
    bool open = false;     ///< one still runs and was not refused yet
    SurvivalCurve firsts;  ///< until the first refusal
    double slowestAcknowledgeMs = 0;
};

PropagationVerdict verdictOf(const PropagationFigures &figures, const Course &course, const PropagationBounds &bounds)
{
    const double intervalMs = milliseconds(static_cast<double>(bounds.interval.count()));
    const double answerMs = milliseconds(static_cast<double>(bounds.answerP95.count()));
    if (figures.trials == 0)
        return PropagationVerdict::Unknown;
    if (figures.refused < figures.trials)
        return PropagationVerdict::NotRevoked;
    if (course.flapping)
        return PropagationVerdict::Flapping;
    // More than 95 of 100 at once: of twenty, the one that was not must count.
    const double instantMs = 2 * intervalMs + answerMs;
    const double seenMs = std::min(instantMs, course.firsts.endMs().value_or(instantMs));
    constexpr double rest = 0.05 - 1e-9; // a product of as many factors as there are trials is not exact
    if (course.firsts.at(seenMs)->share < rest)
        return PropagationVerdict::Instant;
    if (!bounds.ttl)
        return seenMs < instantMs ? PropagationVerdict::Unknown : PropagationVerdict::Late;
    // A probe that filled the cache may have read the row just before it went.
    const double allowed = milliseconds(static_cast<double>(bounds.ttl->count())) + intervalMs + answerMs;
    if (figures.longest->ms > allowed + course.slowestAcknowledgeMs)
        return PropagationVerdict::Late;
    return course.open ? PropagationVerdict::Unknown : PropagationVerdict::WithinTtl;
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
    std::vector<Watched> refusals;
    Course course;
    for (const TrialOutcome &outcome : outcomes) {
        figures.failed += outcome.end == End::NotAccepted || outcome.end == End::NoAnswer ? 1 : 0;
        if (const std::optional<Watched> window = watchedOf(outcome, outcome.windowNs()))
            figures.watched.push_back(*window);
        if (const std::optional<Watched> refusal = watchedOf(outcome, outcome.firstRefusedNs)) {
            refusals.push_back(*refusal);
            course.open = course.open || (outcome.end == End::Running && !refusal->ended);
        }
        if (!outcome.counts())
            continue;
        ++figures.trials;
        figures.staleAccepts += outcome.staleAccepts;
        course.slowestAcknowledgeMs =
            std::max(course.slowestAcknowledgeMs, milliseconds(static_cast<double>(outcome.acknowledgeNs)));
        if (outcome.end != End::Refused)
            continue;
        ++figures.refused;
        course.flapping =
            course.flapping || outcome.lastAcceptedNs.value_or(0) > *outcome.firstRefusedNs + bounds.interval.count();
    }
    course.firsts = SurvivalCurve(refusals);
    figures.p50 = course.firsts.quantile(0.5);
    figures.p95 = course.firsts.quantile(0.95);
    figures.p99 = course.firsts.quantile(0.99);
    figures.longest = longestOf(refusals);
    const SurvivalCurve windows(figures.watched);
    figures.windowP50 = windows.quantile(0.5);
    figures.windowP95 = windows.quantile(0.95);
    if (!figures.watched.empty() && std::ranges::all_of(figures.watched, &Watched::ended))
        figures.windowMeanMs = meanMs(figures.watched);
    if (figures.longest && figures.longest->ended)
        figures.coveredShare = std::pow(0.05, 1.0 / static_cast<double>(refusals.size()));
    figures.verdict = verdictOf(figures, course, bounds);
    return figures;
}

} // namespace rollcall::probe
