#include "ui/latency/ComparisonTable.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

#include "ui/charts/ChartPalette.h"
#include "ui/charts/LatencyAxis.h"

namespace rollcall::latency {

using charts::ChartTable;
using charts::ChartValue;
using charts::latencyText;
using charts::ratioText;
using common::ColorToken;
using common::Icon;
using probe::RunComparison;
using probe::RunVerdict;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ComparisonTable", text);
}

ChartValue latency(const std::optional<qint64> &ns)
{
    return ns ? ChartValue{latencyText(*ns), static_cast<double>(*ns)} : ChartValue{QStringLiteral("–"), -1};
}

ChartValue number(const std::optional<qint64> &count)
{
    return count ? ChartValue{QLocale().toString(*count), static_cast<double>(*count)}
                 : ChartValue{QStringLiteral("–"), -1};
}

/// "1.07×": two decimals where the first would not show a tenth.
QString fineRatio(double ratio)
{
    return ratio < 1.95 ? QLocale().toString(ratio, 'f', 2) + QChar(0xd7) : ratioText(ratio);
}

ChartValue ratio(const std::optional<probe::RatioInterval> &interval)
{
    return interval ? ChartValue{fineRatio(interval->ratio), interval->ratio} : ChartValue{QStringLiteral("–"), -1};
}

ChartValue bounds(const std::optional<probe::RatioInterval> &interval)
{
    if (!interval || !interval->lo || !interval->hi)
        return {QStringLiteral("–"), -1};
    return {fineRatio(*interval->lo).chopped(1) + QChar(0x2013) + fineRatio(*interval->hi), *interval->lo};
}

ChartValue verdict(RunVerdict verdict)
{
    switch (verdict) {
    case RunVerdict::Faster:
        return {verdictText(verdict), {}, Icon::Down, ColorToken::Good};
    case RunVerdict::Slower:
        return {verdictText(verdict), {}, Icon::Up, ColorToken::Bad};
    case RunVerdict::Same:
        return {verdictText(verdict), {}, Icon::Ok, ColorToken::Muted};
    case RunVerdict::Unclear:
        return {verdictText(verdict), {}, Icon::Skip, ColorToken::Muted};
    }
    return {};
}

std::optional<qint64> medianOf(const probe::RunDocument &document, const probe::CellId &id)
{
    const probe::CellResult *cell = document.cell(id);
    return cell != nullptr ? document.judged(*cell).quantiles[0] : std::nullopt;
}

void addRows(ChartTable &table, const LoadedRun &run, const QString &side)
{
    const auto add = [&](const QString &name, const std::optional<qint64> &count, const std::optional<qint64> &failed,
                         const auto &quantiles, const std::optional<qint64> &max) {
        std::vector<ChartValue> row{{side, {}}, {run.name, {}}, {name, {}}, number(count), number(failed)};
        for (const auto &quantile : quantiles)
            row.push_back(latency(quantile));
        row.push_back(latency(max));
        table.rows.push_back(std::move(row));
    };
    if (run.own) {
        for (const probe::CellResult &cell : run.own->cells) {
            const probe::Distribution &times = run.own->judged(cell);
            add(probe::cellName(cell.id), cell.count, cell.count - cell.ok, times.quantiles, times.max);
        }
    }
    if (run.foreign) {
        for (const probe::ForeignSeries &series : run.foreign->series)
            add(series.name, series.count, series.failed, series.quantiles, series.max);
    }
}

} // namespace

QString verdictText(RunVerdict verdict)
{
    switch (verdict) {
    case RunVerdict::Faster:
        return tr("Faster");
    case RunVerdict::Slower:
        return tr("Slower");
    case RunVerdict::Same:
        return tr("No relevant difference");
    case RunVerdict::Unclear:
        return tr("Cannot tell");
    }
    return {};
}

ChartTable comparisonTable(const probe::RunDocument &a, const probe::RunDocument &b, const RunComparison &comparison)
{
    ChartTable table;
    table.head = {tr("Route"),   tr("Mode"),       tr("p50 of A"),    tr("p50 of B"), tr("B ÷ A"),
                  tr("95 % CI"), tr("p99, B ÷ A"), tr("B against A"), tr("Why")};
    for (const probe::RunCellComparison &cell : comparison.cells) {
        table.rows.push_back({{cell.id.route, {}},
                              {charts::wordOf(cell.id), {}},
                              latency(medianOf(a, cell.id)),
                              latency(medianOf(b, cell.id)),
                              ratio(cell.p50),
                              bounds(cell.p50),
                              ratio(cell.p99),
                              verdict(cell.verdict),
                              {cell.note, {}}});
    }
    return table;
}

QString comparisonSentence(const RunComparison &comparison)
{
    if (comparison.cells.empty())
        return tr("The two runs have no cell in common.");
    QStringList parts;
    for (const RunVerdict each : {RunVerdict::Slower, RunVerdict::Faster, RunVerdict::Same, RunVerdict::Unclear}) {
        const auto count = std::count_if(comparison.cells.begin(), comparison.cells.end(),
                                         [each](const auto &cell) { return cell.verdict == each; });
        if (count > 0)
            parts << QStringLiteral("%1 %2").arg(QString::number(count), verdictText(each).toLower());
    }
    return tr("B against A: %1 of %2 cells.")
        .arg(parts.join(QStringLiteral(", ")), QString::number(comparison.cells.size()));
}

QString comparisonCaveats(const RunComparison &comparison)
{
    QStringList parts;
    if (!comparison.differences.isEmpty())
        parts << tr("The runs differ: %1.").arg(comparison.differences.join(QStringLiteral("; ")));
    if (!comparison.onlyInA.isEmpty())
        parts << tr("Only in A: %1.").arg(comparison.onlyInA.join(QStringLiteral(", ")));
    if (!comparison.onlyInB.isEmpty())
        parts << tr("Only in B: %1.").arg(comparison.onlyInB.join(QStringLiteral(", ")));
    return parts.join(QLatin1Char(' '));
}

ChartTable besideTable(const LoadedRun &a, const LoadedRun &b)
{
    ChartTable table;
    table.head = {tr("Side"), tr("Run"), tr("Series"), tr("n"),     tr("Failed"), tr("p50"),
                  tr("p90"),  tr("p95"), tr("p99"),    tr("p99.9"), tr("Max")};
    addRows(table, a, QStringLiteral("A"));
    addRows(table, b, QStringLiteral("B"));
    return table;
}

QString foreignCaveats(const LoadedRun &a, const LoadedRun &b)
{
    QStringList parts;
    for (const LoadedRun *run : {&a, &b}) {
        if (run->foreign) {
            parts << tr("%1 is of %2, shown as that tool says and not judged.")
                         .arg(run->name, probe::foreignToolName(run->foreign->tool));
            parts += run->foreign->caveats;
        }
    }
    return parts.join(QLatin1Char(' '));
}

} // namespace rollcall::latency
