// The charts of a report that need single samples: they are empty for a run that kept none.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/probe/Quantiles.h"
#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"
#include "core/probe/SampleLog.h"
#include "core/probe/ShiftFunction.h"

namespace rollcall::probe {

namespace {

constexpr double width = 900;
constexpr double left = 80;
constexpr double right = 870;
constexpr double top = 20;
constexpr double bottom = 300;
constexpr int columns = 120;
constexpr int bands = 40;

std::size_t indexOf(const RunDocument &document, const CellId &id)
{
    const auto at = std::find_if(document.cells.begin(), document.cells.end(),
                                 [&id](const CellResult &cell) { return cell.id == id; });
    return static_cast<std::size_t>(at - document.cells.begin());
}

/// One column of a heatmap: the times that ended in it.
using Columns = std::vector<std::vector<qint64>>;

struct Span
{
    qint64 begin = 0;
    qint64 length = 1;

    [[nodiscard]] std::size_t columnOf(qint64 at) const
    {
        const auto column =
            static_cast<qint64>(static_cast<double>(at - begin) / static_cast<double>(length) * columns);
        return static_cast<std::size_t>(std::clamp<qint64>(column, 0, columns - 1));
    }
};

void drawHeat(SvgCanvas &canvas, const Columns &times, double lo, double hi)
{
    const auto bandOf = [&](qint64 time) {
        const double share = (std::log10(std::max(1.0, double(time))) - lo) / (hi - lo);
        return std::clamp(static_cast<int>(share * bands), 0, bands - 1);
    };
    std::map<std::pair<std::size_t, int>, int> counts;
    int most = 1;
    for (std::size_t column = 0; column < times.size(); ++column) {
        for (const qint64 time : times[column])
            most = std::max(most, ++counts[{column, bandOf(time)}]);
    }
    const double cellWidth = (right - left) / columns;
    const double cellHeight = (bottom - top) / bands;
    for (const auto &[place, count] : counts) {
        // The root keeps rare cells visible beside frequent ones.
        const double strength = 0.15 + 0.85 * std::sqrt(static_cast<double>(count) / most);
        canvas.rect(left + cellWidth * static_cast<double>(place.first), bottom - cellHeight * (place.second + 1),
                    cellWidth, cellHeight, QStringLiteral("heat"), strength);
    }
}

} // namespace

QString noSamplesText()
{
    return QStringLiteral("This document holds no single samples, so there is nothing to show here.");
}

ReportChart heatmapChart(const RunDocument &document, std::size_t cell)
{
    const CellId &id = document.cells[cell].id;
    ReportChart chart;
    chart.id = QStringLiteral("time");
    chart.title = QStringLiteral("%1 over time").arg(cellName(id));
    chart.head = {QStringLiteral("from"), QStringLiteral("answers"), QStringLiteral("median"), QStringLiteral("max")};
    Span span;
    bool found = false;
    qint64 least = std::numeric_limits<qint64>::max();
    qint64 most = 1;
    for (const Sample &sample : document.samples) {
        if (static_cast<std::size_t>(sample.cell) != cell || sample.outcome != Outcome::Ok)
            continue;
        if (!found)
            span.begin = sample.startNs;
        found = true;
        span.begin = std::min(span.begin, sample.startNs);
        span.length = std::max(span.length, sample.startNs - span.begin + 1);
        least = std::min(least, sample.responseNs());
        most = std::max(most, sample.responseNs());
    }
    if (!found) {
        chart.sentence = document.samples.empty() ? noSamplesText() : QStringLiteral("No request was answered.");
        return chart;
    }
    Columns times(columns);
    for (const Sample &sample : document.samples) {
        if (static_cast<std::size_t>(sample.cell) == cell && sample.outcome == Outcome::Ok)
            times[span.columnOf(sample.startNs)].push_back(sample.responseNs());
    }
    const LogAxis axis(static_cast<double>(least), static_cast<double>(most), bottom, top);
    const double lo = std::log10(axis.ticks().front());
    const double hi = std::log10(axis.ticks().back());
    SvgCanvas canvas(width, bottom + 30);
    canvas.verticalTicks(axis, left, right - left);
    drawHeat(canvas, times, lo, hi);
    QString line;
    for (std::size_t i = 0; i < times.size(); ++i) {
        auto &column = times[i];
        if (column.empty())
            continue;
        std::sort(column.begin(), column.end());
        const double median = quantile7(column, 0.5);
        const double x = left + (right - left) * (static_cast<double>(i) + 0.5) / columns;
        line += pixel(x) + QLatin1Char(',') + pixel(axis.at(median)) + QLatin1Char(' ');
        chart.rows.push_back({durationText(static_cast<double>(span.length) * static_cast<double>(i) / columns),
                              QString::number(column.size()), durationText(median),
                              durationText(std::optional(column.back()))});
    }
    canvas.polyline(line, QStringLiteral("median"));
    for (const GuardEvent &event : document.guards) {
        const double x =
            left + (right - left) * std::clamp(double(event.atNs - span.begin) / double(span.length), 0.0, 1.0);
        const bool wanted = event.rule == QLatin1String("user-pause"); // by who watched the run, not by a guard
        canvas.line(x, top, x, bottom, wanted ? QStringLiteral("pause") : QStringLiteral("guard"));
        canvas.text(x, top - 4, wanted ? QStringLiteral("paused") : event.rule, QStringLiteral("middle"));
    }
    canvas.text(left, bottom + 18, QStringLiteral("0 s"), QStringLiteral("middle"));
    canvas.text(right, bottom + 18, durationText(static_cast<double>(span.length)), QStringLiteral("end"));
    chart.sentence =
        QStringLiteral("Answers of %1 over %2, warm-up included: from %3 to %4. Darker is more answers; the "
                       "line is the median.")
            .arg(cellName(id), durationText(static_cast<double>(span.length)), durationText(std::optional(least)),
                 durationText(std::optional(most)));
    chart.svg = canvas.element(chart.sentence);
    return chart;
}

namespace {

/// A power of two beside an axis; what is large is rounded to what fits there.
QString powerText(double ratio)
{
    if (ratio >= 1e6)
        return QString::number(ratio / 1e6, 'f', 0) + QStringLiteral(" M×");
    if (ratio >= 1e4)
        return QString::number(ratio / 1e3, 'f', 0) + QStringLiteral(" k×");
    return QString::number(ratio) + QStringLiteral("×");
}

} // namespace

ReportChart shiftChart(const RunDocument &document, const Comparison &comparison)
{
    ReportChart chart;
    chart.id = QStringLiteral("shift");
    chart.title =
        QStringLiteral("How many times as long “%1” takes as “%2”").arg(cellName(comparison.a), cellName(comparison.b));
    chart.head = {QStringLiteral("quantile"), QStringLiteral("ratio"), QStringLiteral("band (95 %, all quantiles)")};
    const std::size_t a = indexOf(document, comparison.a);
    const std::size_t b = indexOf(document, comparison.b);
    if (document.samples.empty() || a == document.cells.size() || b == document.cells.size()) {
        chart.sentence = noSamplesText();
        return chart;
    }
    const auto samples = measuredByCell(document.samples, document.cells.size());
    const auto seed = static_cast<quint64>(document.plan.value(QStringLiteral("seed")).toInteger());
    const auto points = shiftFunction(samples[a], samples[b], !document.isClosed(), seed);
    if (points.empty()) {
        chart.sentence = QStringLiteral("The two have no block in common.");
        return chart;
    }
    double least = 1;
    double most = 1;
    for (const ShiftPoint &point : points) {
        least = std::min(least, point.lo.value_or(point.ratio));
        most = std::max(most, point.hi.value_or(point.ratio));
        chart.rows.push_back({QStringLiteral("p%1").arg(point.p * 100), ratioText(point.ratio),
                              point.lo ? QString(ratioText(*point.lo) + QStringLiteral(" – ") + ratioText(*point.hi))
                                       : QStringLiteral("–")});
    }
    const double lo = std::floor(std::log2(least));
    const double hi = std::max(lo + 1, std::ceil(std::log2(most)));
    const auto y = [&](double ratio) { return bottom - (bottom - top) * (std::log2(ratio) - lo) / (hi - lo); };
    const auto x = [&](double p) { return left + (right - left) * p; };
    SvgCanvas canvas(width, bottom + 30);
    const int step = std::max(1, static_cast<int>((hi - lo) / 8));
    for (int power = static_cast<int>(lo); power <= hi; power += step) {
        const double ratio = std::pow(2, power);
        canvas.line(left, y(ratio), right, y(ratio), power == 0 ? QStringLiteral("one") : QStringLiteral("grid"));
        canvas.text(left - 6, y(ratio) + 4, powerText(ratio), QStringLiteral("end"));
    }
    QString line;
    QString upper;
    QString lower;
    for (const ShiftPoint &point : points) {
        const QString at = pixel(x(point.p)) + QLatin1Char(',');
        line += at + pixel(y(point.ratio)) + QLatin1Char(' ');
        if (point.lo) {
            upper += at + pixel(y(*point.hi)) + QLatin1Char(' ');
            lower.prepend(at + pixel(y(*point.lo)) + QLatin1Char(' '));
        }
        canvas.text(x(point.p), bottom + 18, QString::number(point.p * 100), QStringLiteral("middle"));
    }
    canvas.polygon(upper + lower, QStringLiteral("band shift"));
    canvas.polyline(line, QStringLiteral("curve shift"));
    chart.sentence =
        QStringLiteral("The ratio is %1 at the 5th percentile and %2 at the %3th; a line at 1× would be no difference.")
            .arg(ratioText(points.front().ratio), ratioText(points.back().ratio))
            .arg(points.back().p * 100);
    chart.svg = canvas.element(chart.sentence);
    return chart;
}

} // namespace rollcall::probe
