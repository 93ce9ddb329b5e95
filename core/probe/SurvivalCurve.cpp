#include "core/probe/SurvivalCurve.h"

#include <algorithm>
#include <tuple>

namespace rollcall::probe {

SurvivalCurve::SurvivalCurve(std::vector<Watched> watched) : m_watched(std::move(watched))
{
    std::ranges::sort(m_watched, {}, [](const Watched &one) { return std::tuple(one.ms, !one.ended); });
    Fall fall{0, 1, 0};
    double greenwood = 0; // the variance, divided by the squared share
    auto left = static_cast<double>(m_watched.size());
    for (const Watched &one : m_watched) {
        if (one.ended) {
            if (left > 1) {
                fall.share *= (left - 1) / left;
                greenwood += 1 / (left * (left - 1));
                fall.whole = (1 - fall.share) / (fall.share * greenwood);
            } else { // the last one: as many as told of the share before
                fall.whole = fall.share < 1 ? fall.whole : 1;
                fall.share = 0;
            }
            fall.ms = one.ms;
            if (m_falls.empty() || one.ms > m_falls.back().ms)
                m_falls.push_back(fall);
            else
                m_falls.back() = fall;
        }
        --left;
    }
}

/// The last fall at or before @p ms; nullptr where all last so long.
const SurvivalCurve::Fall *SurvivalCurve::lastFall(double ms) const
{
    const auto after = std::ranges::upper_bound(m_falls, ms, {}, &Fall::ms);
    return after == m_falls.begin() ? nullptr : &*std::prev(after);
}

std::optional<SurvivalCurve::Point> SurvivalCurve::at(double ms) const
{
    const std::optional<double> end = endMs();
    if (m_watched.empty() || (end && ms > *end))
        return std::nullopt;
    if (const Fall *fall = lastFall(ms))
        return Point{fall->share, wilsonOfShare(fall->share, fall->whole)};
    const auto longer = std::ranges::lower_bound(m_watched, ms, {}, &Watched::ms); // also those who left just then
    return Point{1, wilsonOfShare(1, std::max(1.0, static_cast<double>(m_watched.end() - longer)))};
}

std::optional<Watched> SurvivalCurve::quantile(double p) const
{
    if (m_watched.empty())
        return std::nullopt;
    constexpr double rounding = 1e-9; // of a product of as many factors as there are trials
    for (const Fall &fall : m_falls) {
        if (fall.share <= 1 - p + rounding)
            return Watched{fall.ms, true};
    }
    return Watched{m_watched.back().ms, false};
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
    for (const Fall &fall : m_falls)
        steps.push_back(fall.ms);
    return steps;
}

std::optional<double> SurvivalCurve::endMs() const
{
    if (m_watched.empty() || m_watched.back().ended)
        return std::nullopt;
    return m_watched.back().ms;
}

} // namespace rollcall::probe
