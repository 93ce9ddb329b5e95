#include "core/probe/ReportCharts.h"

#include <algorithm>
#include <cmath>

#include "core/probe/DrawnCells.h"
#include "core/probe/PercentileCurve.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

constexpr double width = 900;
constexpr double left = 200;
constexpr double right = 870;
constexpr double rowHeight = 34;
constexpr int curveSteps = 120;

struct Range
{
    double least = 0;
    double most = 0;

    void include(const std::optional<qint64> &value)
    {
        if (!value)
            return;
        const auto number = static_cast<double>(*value);
        least = most == 0 ? number : std::min(least, number);
        most = std::max(most, number);
    }
    [[nodiscard]] bool empty() const { return most == 0; }
};

std::vector<CellId> idsOf(const RunDocument &document)
{
    std::vector<CellId> ids;
    for (const CellResult &cell : document.cells) {
        if (isDrawn(document, cell))
            ids.push_back(cell.id);
    }
    return ids;
}

void drawDumbbell(SvgCanvas &canvas, const LogAxis &axis, const CellResult &cell, const Distribution &times, double y)
{
    const QString css = modeClass(cell.id);
    if (times.intervals[0])
        canvas.line(axis.at(static_cast<double>(times.intervals[0]->lo)), y,
                    axis.at(static_cast<double>(times.intervals[0]->hi)), y, QStringLiteral("whisker ") + css);
    if (const auto p95 = times.quantiles[CellResult::indexOf(0.95)]) {
        const double x = axis.at(static_cast<double>(*p95));
        canvas.line(x, y - 6, x, y + 6, QStringLiteral("whisker thin ") + css);
    }
    if (times.quantiles[0]) {
        canvas.marker(axis.at(static_cast<double>(*times.quantiles[0])), y, cell.id,
                      QStringLiteral("%1: median %2 %3")
                          .arg(cellName(cell.id), durationText(times.quantiles[0]), intervalText(times.intervals[0])));
    }
}

} // namespace

QStringList routesOf(const RunDocument &document)
{
    QStringList routes;
    for (const CellResult &cell : document.cells) {
        if (!routes.contains(cell.id.route))
            routes << cell.id.route;
    }
    return routes;
}

ReportChart dumbbellChart(const RunDocument &document)
{
    ReportChart chart;
    chart.id = QStringLiteral("routes");
    chart.title = QStringLiteral("Median by route and mode");
    chart.head = {QStringLiteral("cell"), QStringLiteral("p50"),   QStringLiteral("95 % CI"), QStringLiteral("p95"),
                  QStringLiteral("p99"),  QStringLiteral("count"), QStringLiteral("ok")};
    const QStringList routes = routesOf(document);
    Range range;
    QStringList said;
    for (const CellResult &cell : document.cells) {
        const Distribution &times = document.judged(cell);
        const auto p95 = times.quantiles[CellResult::indexOf(0.95)];
        chart.rows.push_back({cellName(cell.id), quantileText(cell, times, 0.5), intervalText(times.intervals[0]),
                              quantileText(cell, times, 0.95), quantileText(cell, times, 0.99),
                              QString::number(cell.count), QString::number(cell.ok)});
        if (!isDrawn(document, cell))
            continue;
        range.include(times.quantiles[0]);
        range.include(p95);
        if (times.intervals[0]) {
            range.include(times.intervals[0]->lo);
            range.include(times.intervals[0]->hi);
        }
        said << cellName(cell.id) + QLatin1Char(' ') + durationText(times.quantiles[0]);
    }
    if (range.empty()) {
        chart.sentence = QStringLiteral("No request was answered, so there is no median to show.");
        return chart;
    }
    chart.sentence = QStringLiteral("Medians: ") + said.join(QStringLiteral("; ")) +
                     QStringLiteral(". Bar: 95 % CI; upright line: p95.");
    const double bottom = 40 + rowHeight * static_cast<double>(routes.size());
    SvgCanvas canvas(width, bottom + 30);
    canvas.legend(idsOf(document), 10, 14);
    const LogAxis axis(range.least, range.most, left, right);
    canvas.horizontalTicks(axis, bottom, bottom - 30);
    for (qsizetype i = 0; i < routes.size(); ++i) {
        const double y = 40 + rowHeight * (static_cast<double>(i) + 0.5);
        canvas.text(left - 14, y + 4, shortenedLabel(routes.at(i)), QStringLiteral("end"));
        canvas.line(left, y, right, y, QStringLiteral("grid"));
        for (const CellResult &cell : document.cells) {
            if (cell.id.route == routes.at(i) && isDrawn(document, cell))
                drawDumbbell(canvas, axis, cell, document.judged(cell), y);
        }
    }
    chart.svg = canvas.element(chart.sentence);
    return chart;
}

ReportChart percentileChart(const RunDocument &document, const QString &route)
{
    ReportChart chart;
    chart.id = QStringLiteral("nines");
    chart.title = QStringLiteral("Percentiles of %1").arg(route);
    chart.head = {QStringLiteral("cell"), QStringLiteral("min"), QStringLiteral("p50"),   QStringLiteral("p90"),
                  QStringLiteral("p95"),  QStringLiteral("p99"), QStringLiteral("p99.9"), QStringLiteral("max")};
    struct Curve
    {
        CellId id;
        std::vector<CurvePoint> points;
    };
    std::vector<Curve> curves;
    std::vector<CellId> ids;
    Range range;
    double nines = 1;
    for (const CellResult &cell : document.cells) {
        if (cell.id.route != route)
            continue;
        const Distribution &times = cell.response;
        QStringList row{cellName(cell.id), durationText(times.min)};
        for (const double p : reportedQuantiles)
            row << quantileText(cell, times, p);
        chart.rows.push_back(row << maxText(cell, times));
        if (!isDrawn(document, cell))
            continue;
        Curve curve{cell.id, percentileCurve(cell, curveSteps)};
        for (const CurvePoint &point : curve.points) {
            range.include(point.value);
            nines = std::max(nines, point.nines);
        }
        ids.push_back(cell.id);
        curves.push_back(std::move(curve));
    }
    if (range.empty()) {
        chart.sentence = QStringLiteral("No request to %1 was answered.").arg(route);
        return chart;
    }
    chart.sentence =
        QStringLiteral("%1 times of %2 from %3 to %4 by percentile; each curve ends where its samples bear no interval "
                       "any more.")
            .arg(document.isClosed() ? QStringLiteral("Service") : QStringLiteral("Response"), route,
                 durationText(range.least), durationText(range.most));
    constexpr double top = 34;
    constexpr double bottom = 300;
    constexpr double begin = 80;
    SvgCanvas canvas(width, bottom + 30);
    canvas.legend(ids, 10, 14);
    const LogAxis axis(range.least, range.most, bottom, top);
    canvas.verticalTicks(axis, begin, right - begin);
    const auto x = [&](double point) { return begin + (right - begin) * point / nines; };
    for (const auto &[at, name] : {std::pair{0.0, "min"}, std::pair{0.30103, "50"}, std::pair{1.0, "90"},
                                   std::pair{1.30103, "95"}, std::pair{2.0, "99"}, std::pair{3.0, "99.9 %"}}) {
        if (at > nines + 0.001)
            continue;
        canvas.line(x(at), bottom, x(at), top, QStringLiteral("grid"));
        canvas.text(x(at), bottom + 16, QLatin1String(name), QStringLiteral("middle"));
    }
    for (const Curve &curve : curves) {
        QString points;
        QString upper;
        QString lower;
        for (const CurvePoint &point : curve.points) {
            const QString at = pixel(x(point.nines)) + QLatin1Char(',');
            points += at + pixel(axis.at(static_cast<double>(point.value))) + QLatin1Char(' ');
            if (point.interval) {
                upper += at + pixel(axis.at(static_cast<double>(point.interval->hi))) + QLatin1Char(' ');
                lower.prepend(at + pixel(axis.at(static_cast<double>(point.interval->lo))) + QLatin1Char(' '));
            }
        }
        canvas.polygon(upper + lower, QStringLiteral("band ") + modeClass(curve.id));
        canvas.polyline(points, QStringLiteral("curve ") + modeClass(curve.id));
    }
    chart.svg = canvas.element(chart.sentence);
    return chart;
}

} // namespace rollcall::probe
