#include "core/probe/Verdicts.h"

#include <cmath>

namespace rollcall::probe {

namespace {

/// Value and, for quantiles, interval of what @p measure means in @p distribution.
struct Measured
{
    std::optional<qint64> value;
    std::optional<Interval> interval;
};

Measured measured(const Distribution &distribution, Measure measure)
{
    if (const auto p = probabilityOf(measure)) {
        const std::size_t i = CellResult::indexOf(*p);
        return {distribution.quantiles[i], distribution.intervals[i]};
    }
    const auto value = measure == Measure::Max ? distribution.max : distribution.mean;
    return {value, value ? std::optional(Interval{*value, *value}) : std::nullopt};
}

void judge(BudgetResult &result, const CellResult &cell, const Measured &value)
{
    const qint64 limit = result.budget.limit.count();
    result.valueNs = value.value;
    const double share = cell.count > 0 ? static_cast<double>(cell.ok) / static_cast<double>(cell.count) : 0;
    if (cell.count > 0 && wilson(cell.ok, cell.count).hi < goodputTarget) {
        result.verdict = Verdict::Over;
    } else if (!value.interval) {
        result.verdict = Verdict::NotEnough;
        if (const auto p = probabilityOf(result.budget.measure))
            result.moreSamples = std::max<qint64>(1, minimumSamples(*p) - (cell.ok + cell.censored));
    } else if (value.interval->lo > limit) {
        result.verdict = Verdict::Over;
    } else if (value.interval->hi <= limit && share >= goodputTarget) {
        result.verdict = Verdict::Within;
    } else {
        result.verdict = Verdict::TooClose;
        // The interval's width falls with the root of n; it has to fall to the distance between value and limit.
        const double width = static_cast<double>(value.interval->hi - value.interval->lo) / 2;
        const double wanted = std::max(1.0, std::abs(static_cast<double>(limit - value.value.value_or(limit))));
        const double factor = std::min(1000.0, (width / wanted) * (width / wanted));
        result.moreSamples = std::llround(static_cast<double>(cell.count) * std::max(1.0, factor));
    }
}

} // namespace

bool isStable(const RunDocument &document)
{
    const auto holds = [&document](const char *check) {
        const QJsonObject found = document.meta.value(QLatin1String(check)).toObject();
        return found.value(QStringLiteral("stable")).toBool(true); // not checked is not failed
    };
    return holds("control") && holds("levelChange");
}

std::vector<BudgetResult> judgeBudgets(const std::vector<Budget> &budgets, const RunDocument &document)
{
    std::vector<BudgetResult> results;
    for (const Budget &budget : budgets) {
        for (const CellResult &cell : document.cells) {
            const bool meant = cell.id.mode == budget.mode && cell.id.cache != CachePath::Miss &&
                               (!budget.route || *budget.route == cell.id.route);
            const bool stands = cell.id.isPrimary() || (cell.id.cold && cell.id.cookie == CookieState::Plan &&
                                                        !document.cell({cell.id.route, cell.id.mode, {}}));
            if (!meant || !stands)
                continue;
            BudgetResult result{budget, cell.id.route, {}, Verdict::NotEnough, {}};
            judge(result, cell, measured(document.judged(cell), budget.measure));
            if (document.stopReason == StopReason::Guard)
                result.verdict = Verdict::StoppedForSafety;
            else if (document.stopReason == StopReason::Saturated)
                result.verdict = Verdict::Saturated;
            else if (!isStable(document) && isNetwork(cell.id.mode))
                result.verdict = Verdict::Unstable;
            results.push_back(std::move(result));
        }
    }
    return results;
}

} // namespace rollcall::probe
