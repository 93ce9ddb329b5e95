#include "core/probe/RunComparison.h"

#include <cmath>

#include "core/probe/ReportText.h"
#include "core/probe/Verdicts.h"

namespace rollcall::probe {

namespace {

double atLeastOne(qint64 ns)
{
    return std::max(1.0, static_cast<double>(ns));
}

std::optional<RatioInterval> ratioAt(const Distribution &a, const Distribution &b, double p)
{
    const std::size_t i = CellResult::indexOf(p);
    if (!a.quantiles[i] || !b.quantiles[i])
        return std::nullopt;
    return ratioOf(atLeastOne(*a.quantiles[i]), a.intervals[i], atLeastOne(*b.quantiles[i]), b.intervals[i]);
}

/// Why @p cell of @p document is no basis for a verdict; empty where it is one.
QString objection(const RunDocument &document, const CellResult &cell, const QString &name)
{
    if (document.stopReason == StopReason::Guard)
        return name + QStringLiteral(" was stopped by a guard");
    if (document.stopReason == StopReason::Saturated)
        return name + QStringLiteral(" was saturated");
    if (cell.count > 0 && wilson(cell.ok, cell.count).hi < goodputTarget)
        return QStringLiteral("of %1 requests in %2 only %3 were answered as they should be")
            .arg(QString::number(cell.count), name, QString::number(cell.ok));
    return {};
}

void judge(RunCellComparison &result, double medianA)
{
    if (!result.p50 || !result.p50->lo) {
        result.note = QStringLiteral("too few samples for an interval");
        return;
    }
    const double lo = *result.p50->lo;
    const double hi = *result.p50->hi;
    const bool holdsOne = lo <= 1 && hi >= 1;
    const double farthest = std::max(std::abs(lo - 1), std::abs(hi - 1)) * medianA;
    if ((lo >= 1 / sameRatio && hi <= sameRatio) || (holdsOne && farthest <= static_cast<double>(sameNs)))
        result.verdict = RunVerdict::Same;
    else if (hi < 1)
        result.verdict = RunVerdict::Faster;
    else if (lo > 1)
        result.verdict = RunVerdict::Slower;
    else
        result.note = QStringLiteral("the interval holds both faster and slower");
}

RunCellComparison compareCells(const RunDocument &a, const CellResult &cellA, const RunDocument &b,
                               const CellResult &cellB)
{
    // Closed runs and cells in process have no schedule to wait for: of two designs the common ground is service time.
    const bool service = a.isClosed() || b.isClosed() || !isNetwork(cellB.id.mode);
    const Distribution &timesA = service ? cellA.service : cellA.response;
    const Distribution &timesB = service ? cellB.service : cellB.response;
    RunCellComparison result;
    result.id = cellB.id;
    result.p50 = ratioAt(timesA, timesB, 0.5);
    result.p99 = ratioAt(timesA, timesB, 0.99);
    for (const QString &fault : {objection(a, cellA, QStringLiteral("A")), objection(b, cellB, QStringLiteral("B"))}) {
        if (!fault.isEmpty()) {
            result.note = fault;
            return result;
        }
    }
    judge(result, atLeastOne(timesA.quantiles[0].value_or(1)));
    return result;
}

QStringList differencesOf(const RunDocument &a, const RunDocument &b)
{
    QStringList differences;
    const auto note = [&](const QJsonObject &inA, const QJsonObject &inB, const QString &key) {
        const QJsonValue valueA = inA.value(key);
        const QJsonValue valueB = inB.value(key);
        if (valueA != valueB) {
            differences << QStringLiteral("%1: %2 against %3")
                               .arg(key, valueA.toVariant().toString(), valueB.toVariant().toString());
        }
    };
    for (const char *key : {"processor", "cores", "strategy", "authVersion", "cacheBackend"})
        note(a.meta, b.meta, QLatin1String(key));
    for (const char *key : {"concurrency", "rate", "cookie"})
        note(a.plan, b.plan, QLatin1String(key));
    return differences;
}

} // namespace

QString runVerdictName(RunVerdict verdict)
{
    switch (verdict) {
    case RunVerdict::Faster:
        return QStringLiteral("faster");
    case RunVerdict::Slower:
        return QStringLiteral("slower");
    case RunVerdict::Same:
        return QStringLiteral("same");
    case RunVerdict::Unclear:
        return QStringLiteral("unclear");
    }
    return {};
}

RatioInterval ratioOf(double a, const std::optional<Interval> &intervalA, double b,
                      const std::optional<Interval> &intervalB)
{
    RatioInterval result{b / a, {}, {}};
    if (!intervalA || !intervalB)
        return result;
    // An interval of order statistics may not hold its type 7 quantile by a hair: no distance is negative.
    const auto below = [](double value, const Interval &interval) {
        return std::max(0.0, std::log(value / atLeastOne(interval.lo)));
    };
    const auto above = [](double value, const Interval &interval) {
        return std::max(0.0, std::log(atLeastOne(interval.hi) / value));
    };
    const double centre = std::log(result.ratio);
    result.lo = std::exp(centre - std::hypot(below(b, *intervalB), above(a, *intervalA)));
    result.hi = std::exp(centre + std::hypot(above(b, *intervalB), below(a, *intervalA)));
    return result;
}

RunComparison compareRuns(const RunDocument &a, const RunDocument &b)
{
    RunComparison comparison;
    for (const CellResult &cell : b.cells) {
        if (const CellResult *before = a.cell(cell.id))
            comparison.cells.push_back(compareCells(a, *before, b, cell));
        else
            comparison.onlyInB << cellName(cell.id);
    }
    for (const CellResult &cell : a.cells) {
        if (b.cell(cell.id) == nullptr)
            comparison.onlyInA << cellName(cell.id);
    }
    comparison.differences = differencesOf(a, b);
    return comparison;
}

} // namespace rollcall::probe
