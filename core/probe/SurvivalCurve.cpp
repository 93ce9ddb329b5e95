#include "core/probe/SurvivalCurve.h"

#include <algorithm>
#include <tuple>

namespace rollcall::probe {

SurvivalCurve::SurvivalCurve(std::vector<Watched> watched) : m_watched(std::move(watched))
{
    std::ranges::sort(m_watched, {}, [](const Watched &one) { return std::tuple(one.ms, !one.ended); });
}

std::optional<SurvivalCurve::Point> SurvivalCurve::at(double ms) const
{
    const std::optional<double> end = endMs();
    if (m_watched.empty() || (end && ms > *end))
        return std::nullopt;
    double share = 1;
    double greenwood = 0; // the variance, divided by the squared share
    double whole = 0;     // observations without censoring that would tell as much
    auto left = static_cast<double>(m_watched.size());
    for (const Watched &one : m_watched) {
        if (one.ms > ms)
            break;
        if (one.ended && left > 1) {
            share *= (left - 1) / left;
            greenwood += 1 / (left * (left - 1));
            whole = (1 - share) / (share * greenwood);
        } else if (one.ended) {
            whole = share < 1 ? whole : 1; // the last one: as many as told of the share before
            share = 0;
        }
        --left;
    }
    return Point{share, wilsonOfShare(share, share < 1 ? whole : std::max(1.0, left))};
}

std::optional<Watched> SurvivalCurve::quantile(double p) const
{
    if (m_watched.empty())
        return std::nullopt;
    constexpr double rounding = 1e-9; // of a product of as many factors as there are trials
    std::optional<double> reached;    // where the curve came to lie at 1 - p itself
    double share = 1;
    auto left = static_cast<double>(m_watched.size());
    for (const Watched &one : m_watched) {
        if (one.ended && reached && one.ms > *reached)
            return Watched{(*reached + one.ms) / 2, true};
        if (one.ended)
            share *= (left - 1) / left;
        --left;
        if (share < 1 - p - rounding)
            return Watched{one.ms, true};
        if (one.ended && share <= 1 - p + rounding)
            reached = one.ms;
    }
    const double endMs = m_watched.back().ms;
    return Watched{(reached.value_or(endMs) + endMs) / 2, false};
}

SurvivalCurve::Bounds SurvivalCurve::quantileBounds(double p) const
{
    Bounds bounds{endMs().value_or(0), {}};
    bool begun = false;
    const auto look = [&](double ms) {
        const std::optional<Point> point = at(ms);
        if (!point || bounds.hiMs)
            return;
        if (!begun && point->interval.lo <= 1 - p) {
            begun = true;
            bounds.loMs = ms;
        }
        if (point->interval.hi < 1 - p)
            bounds.hiMs = ms;
    };
    look(0);
    for (const double ms : stepsMs())
        look(ms);
    return bounds;
}

std::vector<double> SurvivalCurve::stepsMs() const
{
    std::vector<double> steps;
    for (const Watched &one : m_watched) {
        if (one.ended && (steps.empty() || one.ms > steps.back()))
            steps.push_back(one.ms);
    }
    return steps;
}

std::optional<double> SurvivalCurve::endMs() const
{
    if (m_watched.empty() || m_watched.back().ended)
        return std::nullopt;
    return m_watched.back().ms;
}

} // namespace rollcall::probe
