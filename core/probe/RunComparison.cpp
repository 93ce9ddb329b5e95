#include "core/probe/RunComparison.h"

#include <cmath>

#include "core/probe/Holm.h"
#include "core/probe/ReportText.h"
#include "core/probe/SampleLog.h"
#include "core/probe/Verdicts.h"
#include "core/probe/Wander.h"

namespace rollcall::probe {

namespace {

double atLeastOne(qint64 ns)
{
    return std::max(1.0, static_cast<double>(ns));
}

constexpr double z975 = 1.959963984540054;

std::optional<RatioInterval> ratioAt(const Distribution &a, const Distribution &b, double p, double wander)
{
    const std::size_t i = CellResult::indexOf(p);
    if (!a.quantiles[i] || !b.quantiles[i])
        return std::nullopt;
    return ratioOf(atLeastOne(*a.quantiles[i]), a.intervals[i], atLeastOne(*b.quantiles[i]), b.intervals[i], wander);
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

/// The measured samples of a run's cells, in their order.
struct Log
{
    explicit Log(const RunDocument &document) : samples(measuredByCell(document.samples, document.cells.size())) {}
    [[nodiscard]] double wander(const RunDocument &document, const CellResult &cell, bool service) const
    {
        std::vector<qint64> times;
        for (const Sample &sample : samples[static_cast<std::size_t>(&cell - document.cells.data())]) {
            if (sample.outcome == Outcome::Ok)
                times.push_back(service ? sample.serviceNs() : sample.responseNs());
        }
        return wanderOf(times);
    }

    std::vector<std::vector<Sample>> samples;
};

/// The two-sided p that @p ratio is 1, by the side of its interval that faces 1.
double pOf(const RatioInterval &ratio)
{
    const double centre = std::log(ratio.ratio);
    const double half = centre < 0 ? std::log(*ratio.hi) - centre : centre - std::log(*ratio.lo);
    return half > 0 ? normalP(z975 * centre / half) : 0;
}

/// Takes back differences that do not stand being judged together with the others.
void judgeTogether(std::vector<RunCellComparison> &cells)
{
    std::vector<double> known;
    for (const RunCellComparison &cell : cells) {
        if (cell.p50 && cell.p50->lo)
            known.push_back(pOf(*cell.p50));
    }
    const std::vector<double> adjusted = holmAdjusted(known);
    auto next = adjusted.begin();
    for (RunCellComparison &cell : cells) {
        if (!cell.p50 || !cell.p50->lo)
            continue;
        const bool called = cell.verdict == RunVerdict::Faster || cell.verdict == RunVerdict::Slower;
        if (*next++ <= holmLevel || !called)
            continue;
        cell.verdict = RunVerdict::Unclear;
        cell.note = QStringLiteral("no difference beyond doubt once all cells are judged together (Holm)");
    }
}

RunCellComparison compareCells(const RunDocument &a, const CellResult &cellA, const Log &logA, const RunDocument &b,
                               const CellResult &cellB, const Log &logB)
{
    // Closed runs and cells in process have no schedule to wait for: of two designs the common ground is service time.
    const bool service = a.isClosed() || b.isClosed() || !isNetwork(cellB.id.mode);
    const Distribution &timesA = service ? cellA.service : cellA.response;
    const Distribution &timesB = service ? cellB.service : cellB.response;
    RunCellComparison result;
    result.id = cellB.id;
    const double wander = logA.wander(a, cellA, service) + logB.wander(b, cellB, service);
    result.p50 = ratioAt(timesA, timesB, 0.5, wander);
    result.p99 = ratioAt(timesA, timesB, 0.99, wander);
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
                      const std::optional<Interval> &intervalB, double wander)
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
    const double moved = z975 * std::sqrt(wander);
    result.lo = std::exp(centre - std::hypot(below(b, *intervalB), above(a, *intervalA), moved));
    result.hi = std::exp(centre + std::hypot(above(b, *intervalB), below(a, *intervalA), moved));
    return result;
}

RunComparison compareRuns(const RunDocument &a, const RunDocument &b)
{
    RunComparison comparison;
    const Log logA(a);
    const Log logB(b);
    for (const CellResult &cell : b.cells) {
        if (const CellResult *before = a.cell(cell.id))
            comparison.cells.push_back(compareCells(a, *before, logA, b, cell, logB));
        else
            comparison.onlyInB << cellName(cell.id);
    }
    for (const CellResult &cell : a.cells) {
        if (b.cell(cell.id) == nullptr)
            comparison.onlyInA << cellName(cell.id);
    }
    judgeTogether(comparison.cells);
    comparison.differences = differencesOf(a, b);
    return comparison;
}

} // namespace rollcall::probe
