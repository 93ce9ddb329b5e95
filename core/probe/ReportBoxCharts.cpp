#include <algorithm>

#include "core/probe/BlockBoxes.h"
#include "core/probe/Quantiles.h"
#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

constexpr double width = 900;
constexpr double left = 80;
constexpr double right = 870;
constexpr double top = 34;
constexpr double bottom = 300;
constexpr double widestBox = 16;
constexpr std::size_t median = 2; ///< of boxQuantiles

QString numberText(const BlockBox &box, std::size_t i)
{
    if (!box.shows(i))
        return QStringLiteral("needs n %1").arg(minimumSamples(boxQuantiles[i]));
    return (box.censored[i] ? QStringLiteral("≥ ") : QString()) + durationText(box.ns[i]);
}

QString blocksText(const BlockGroup &group)
{
    return QStringLiteral("%1–%2").arg(group.first + 1).arg(group.last + 1);
}

void drawBox(SvgCanvas &canvas, const LogAxis &axis, const BlockBox &box, const CellId &id, double x, double size)
{
    const QString css = modeClass(id);
    const auto y = [&](std::size_t i) { return axis.at(box.ns[i]); };
    if (box.shows(4)) {
        canvas.line(x, y(0), x, y(4), QStringLiteral("whisker thin ") + css);
        for (const std::size_t end : {0U, 4U}) {
            if (!box.censored[end]) // how far it reaches is not known
                canvas.line(x - size / 4, y(end), x + size / 4, y(end), QStringLiteral("whisker thin ") + css);
        }
    }
    if (box.shows(3))
        canvas.rect(x - size / 2, y(3), size, y(1) - y(3), QStringLiteral("box ") + css);
    canvas.line(x - size / 2, y(median), x + size / 2, y(median), QStringLiteral("whisker ") + css);
    canvas.marker(
        x, y(median), id,
        QStringLiteral("%1: median %2, n %3").arg(cellName(id), numberText(box, median), QString::number(box.n)));
}

/// How far the medians of mode @p mode lie apart, over the parts of the run.
QString courseText(const BlockBoxes &boxes, std::size_t mode)
{
    const BlockBox *least = nullptr;
    const BlockBox *most = nullptr;
    for (const BlockGroup &group : boxes.groups) {
        const BlockBox &box = group.boxes[mode];
        if (box.n == 0)
            continue;
        if (!least || box.ns[median] < least->ns[median])
            least = &box;
        if (!most || box.ns[median] > most->ns[median])
            most = &box;
    }
    if (!least)
        return cellName(boxes.modes[mode]) + QStringLiteral(" no answer as it should be");
    return QStringLiteral("%1 %2 to %3")
        .arg(cellName(boxes.modes[mode]), numberText(*least, median), numberText(*most, median));
}

QString marksText(const BlockBoxes &boxes)
{
    return QStringLiteral("Line: p50; box: p25–p75; whiskers: p5–p95%1%2.")
        .arg(boxes.isIncomplete() ? QStringLiteral(", each where there are samples enough for it") : QString(),
             boxes.isOpen() ? QStringLiteral(", open where they end among timeouts") : QString());
}

} // namespace

ReportChart blocksChart(const RunDocument &document, const QString &route)
{
    ReportChart chart;
    chart.id = QStringLiteral("blocks");
    chart.title = QStringLiteral("Parts of the run, %1").arg(route);
    chart.head = {QStringLiteral("blocks"), QStringLiteral("cell"), QStringLiteral("n"),   QStringLiteral("p5"),
                  QStringLiteral("p25"),    QStringLiteral("p50"),  QStringLiteral("p75"), QStringLiteral("p95")};
    const BlockBoxes boxes = blockBoxes(document, route);
    if (boxes.groups.empty()) {
        chart.sentence =
            document.samples.empty() ? noSamplesText() : QStringLiteral("No request to %1 was answered.").arg(route);
        return chart;
    }
    QStringList courses;
    for (std::size_t mode = 0; mode < boxes.modes.size(); ++mode)
        courses << courseText(boxes, mode);
    chart.sentence =
        QStringLiteral("Medians over %1 parts of the run: %2. %3")
            .arg(QString::number(boxes.groups.size()), courses.join(QStringLiteral("; ")), marksText(boxes));
    SvgCanvas canvas(width, bottom + 30);
    canvas.legend(boxes.modes, 10, 14);
    const LogAxis axis(boxes.least, boxes.most, bottom, top);
    canvas.verticalTicks(axis, left, right - left);
    const double room = (right - left) / static_cast<double>(boxes.groups.size());
    const double step = 0.8 * room / static_cast<double>(boxes.modes.size());
    for (std::size_t i = 0; i < boxes.groups.size(); ++i) {
        const BlockGroup &group = boxes.groups[i];
        const double middle = left + room * (static_cast<double>(i) + 0.5);
        canvas.text(middle, bottom + 18, blocksText(group), QStringLiteral("middle"));
        for (std::size_t mode = 0; mode < boxes.modes.size(); ++mode) {
            const BlockBox &box = group.boxes[mode];
            if (box.n == 0)
                continue;
            const double beside = static_cast<double>(mode) - static_cast<double>(boxes.modes.size() - 1) / 2;
            drawBox(canvas, axis, box, boxes.modes[mode], middle + step * beside, std::min(widestBox, 0.8 * step));
            QStringList row{blocksText(group), cellName(boxes.modes[mode]), QString::number(box.n)};
            for (std::size_t at = 0; at < boxQuantiles.size(); ++at)
                row << numberText(box, at);
            chart.rows.push_back(row);
        }
    }
    chart.svg = canvas.element(chart.sentence);
    return chart;
}

} // namespace rollcall::probe
