#include "ui/charts/BlocksChart.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "core/probe/Quantiles.h"
#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;
using probe::BlockBox;
using probe::BlockGroup;
using probe::CellId;

namespace {

constexpr QMargins margins(56, 12, 28, 26);
constexpr qreal widestBox = 14;
constexpr int boxAlpha = 60;

/// "1.2 ms"; "≥ 5 s" where the number lies among timeouts, which are known to be at least that long, no more.
QString textOf(const BlockBox &box, std::size_t i)
{
    const QString time = latencyText(std::llround(box.ns[i]));
    return box.censored[i] ? BlocksChart::tr("≥ %1").arg(time) : time;
}

} // namespace

BlocksChart::BlocksChart(const common::Theme &theme, QWidget *parent)
    : PaintedChart(theme, margins, parent), m_why(tr("Nothing is measured yet."))
{
    setObjectName(QStringLiteral("blocksChart"));
    setAccessibleName(tr("Latency of each part of the run"));
    dataChanged();
}

void BlocksChart::show(const probe::RunDocument &document, const QString &route)
{
    m_route = route;
    m_why = document.cells.empty() ? tr("Nothing is measured yet.")
            : document.samples.empty()
                ? tr("This run keeps figures and histograms, no single samples: there were more than one document "
                     "holds, or the run is not over.")
                : tr("On this route no request was answered as it should be.");
    m_boxes = probe::blockBoxes(document, route);
    m_axis = m_boxes.groups.empty() ? LatencyAxis() : LatencyAxis::around(m_boxes.least, m_boxes.most, m_scale);
    if (!m_boxes.groups.empty() && cursor() < 0)
        setCursorStop(static_cast<int>(m_boxes.groups.size()) / 2);
    dataChanged();
}

QString BlocksChart::nothing() const
{
    return m_boxes.groups.empty() ? m_why : QString();
}

double BlocksChart::shareOf(int stop) const
{
    return (stop + 0.5) / static_cast<double>(m_boxes.groups.size());
}

qreal BlocksChart::yAt(double ns) const
{
    const QRectF area = plot();
    return area.bottom() - m_axis.shareOf(ns) * area.height();
}

QString BlocksChart::groupText(int stop) const
{
    const BlockGroup &group = m_boxes.groups[static_cast<std::size_t>(std::max(0, stop))];
    return tr("blocks %1–%2").arg(group.first + 1).arg(group.last + 1);
}

void BlocksChart::paintAxes(QPainter &painter) const
{
    const QRectF area = plot();
    const auto width = (xAt(shareOf(1)) - xAt(shareOf(0))) * (m_boxes.groups.size() > 1 ? 1 : 0);
    if (cursor() >= 0) {
        const qreal half = width > 0 ? width / 2 : area.width() / 2;
        const QRectF band(xAt(shareOf(cursor())) - half, area.top(), 2 * half, area.height());
        painter.fillRect(band.intersected(area), theme().color(ColorToken::AccentSoft));
    }
    for (const double tick : m_axis.ticks())
        paintGridLine(painter, yAt(tick), tickLabel(tick), tick == m_axis.lo);
    for (int stop = 0; stop < stops(); ++stop)
        paintTick(painter, shareOf(stop), QString::number(m_boxes.groups[static_cast<std::size_t>(stop)].first + 1),
                  false);
}

void BlocksChart::paintBoxPlot(QPainter &painter, const BlockBox &box, const CellId &id, qreal x, qreal width) const
{
    const QColor color = theme().color(lookOf(id).color);
    QColor fill = color;
    fill.setAlpha(boxAlpha);
    painter.setPen(QPen(color, 1));
    if (box.shows(4)) {
        painter.drawLine(QPointF(x, yAt(box.ns[0])), QPointF(x, yAt(box.ns[4])));
        for (const std::size_t end : {0U, 4U}) {
            if (!box.censored[end]) // how far it reaches is not known
                painter.drawLine(QPointF(x - width / 4, yAt(box.ns[end])), QPointF(x + width / 4, yAt(box.ns[end])));
        }
    }
    if (box.shows(3)) {
        painter.setBrush(theme().color(ColorToken::Raised));
        const QRectF middle(QPointF(x - width / 2, yAt(box.ns[3])), QPointF(x + width / 2, yAt(box.ns[1])));
        painter.drawRect(middle);
        painter.fillRect(middle, fill);
    }
    painter.setPen(QPen(color, 2));
    painter.drawLine(QPointF(x - width / 2, yAt(box.ns[2])), QPointF(x + width / 2, yAt(box.ns[2])));
    drawMarker(painter, theme(), lookOf(id), {x, yAt(box.ns[2])}, 6);
}

/// From one box of a group to the next.
qreal BlocksChart::stepWidth() const
{
    const qreal room = plot().width() / static_cast<double>(m_boxes.groups.size()) / (windowTo() - windowFrom());
    return 0.8 * room / static_cast<double>(m_boxes.modes.size());
}

qreal BlocksChart::xOf(int stop, std::size_t mode) const
{
    const double beside = static_cast<double>(mode) - static_cast<double>(m_boxes.modes.size() - 1) / 2;
    return xAt(shareOf(stop)) + stepWidth() * beside;
}

void BlocksChart::paintMarks(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    for (int stop = 0; stop < stops(); ++stop) {
        const BlockGroup &group = m_boxes.groups[static_cast<std::size_t>(stop)];
        for (std::size_t i = 0; i < m_boxes.modes.size(); ++i) {
            if (group.boxes[i].n > 0)
                paintBoxPlot(painter, group.boxes[i], m_boxes.modes[i], xOf(stop, i),
                             std::min(widestBox, 0.8 * stepWidth()));
        }
    }
}

QPolygonF BlocksChart::marks() const
{
    QPolygonF places;
    for (int stop = 0; stop < stops(); ++stop) {
        const BlockGroup &group = m_boxes.groups[static_cast<std::size_t>(stop)];
        for (std::size_t i = 0; i < m_boxes.modes.size(); ++i) {
            for (std::size_t at = 0; at < group.boxes[i].ns.size(); ++at) {
                if (group.boxes[i].shows(at))
                    places << QPointF(xOf(stop, i), yAt(group.boxes[i].ns[at]));
            }
        }
    }
    return places;
}

void BlocksChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    const BlockGroup &group = m_boxes.groups[static_cast<std::size_t>(cursor())];
    for (std::size_t i = 0; i < m_boxes.modes.size(); ++i) {
        const BlockBox &box = group.boxes[i];
        const QString n = QLocale().toString(box.n);
        rows.push_back({m_boxes.modes[i], lookOf(m_boxes.modes[i]).word,
                        box.n == 0     ? tr("no answer as it should be")
                        : box.shows(4) ? tr("%1 (%2–%3), n %4").arg(textOf(box, 2), textOf(box, 0), textOf(box, 4), n)
                                       : tr("%1, n %2").arg(textOf(box, 2), n)});
    }
    paintBox(painter, tr("p50 (p5–p95), %1").arg(groupText(cursor())), rows);
}

QString BlocksChart::remark() const
{
    if (m_boxes.groups.empty())
        return {};
    const QString marks = !m_boxes.isIncomplete() ? tr("line p50, box p25–p75, whiskers p5–p95")
                                                  : tr("line p50, from n %1 box p25–p75, from n %2 whiskers p5–p95")
                                                        .arg(probe::minimumSamples(probe::boxQuantiles[3]))
                                                        .arg(probe::minimumSamples(probe::boxQuantiles[4]));
    return m_boxes.isOpen() ? tr("%1, open at timeouts").arg(marks) : marks;
}

QString BlocksChart::sentence() const
{
    if (m_boxes.groups.empty())
        return m_why;
    QStringList parts;
    const BlockGroup &group = m_boxes.groups[static_cast<std::size_t>(std::max(0, cursor()))];
    for (std::size_t i = 0; i < m_boxes.modes.size(); ++i) {
        const BlockBox &box = group.boxes[i];
        const QString word = lookOf(m_boxes.modes[i]).word;
        const QString n = QLocale().toString(box.n);
        parts
            << (box.n == 0 ? tr("%1 no answer as it should be").arg(word)
                : box.shows(4)
                    ? tr("%1 p50 %2, p5 %3, p95 %4, n %5").arg(word, textOf(box, 2), textOf(box, 0), textOf(box, 4), n)
                    : tr("%1 p50 %2, n %3").arg(word, textOf(box, 2), n));
    }
    return tr("%1, in %2: %3.").arg(m_route, groupText(cursor()), parts.join(QStringLiteral("; ")));
}

ChartTable BlocksChart::table() const
{
    ChartTable table;
    table.head = {tr("Blocks"), tr("Mode"), tr("n"), tr("p5"), tr("p25"), tr("p50"), tr("p75"), tr("p95")};
    for (const BlockGroup &group : m_boxes.groups) {
        for (std::size_t i = 0; i < m_boxes.modes.size(); ++i) {
            const BlockBox &box = group.boxes[i];
            if (box.n == 0)
                continue;
            std::vector<ChartValue> row{
                {tr("%1–%2").arg(group.first + 1).arg(group.last + 1), static_cast<double>(group.first)},
                {lookOf(m_boxes.modes[i]).word, {}},
                {QLocale().toString(box.n), static_cast<double>(box.n)}};
            for (std::size_t at = 0; at < box.ns.size(); ++at) {
                row.push_back(
                    box.shows(at)
                        ? ChartValue{textOf(box, at), box.ns[at]}
                        : ChartValue{tr("needs n %1").arg(probe::minimumSamples(probe::boxQuantiles[at])), {}});
            }
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

} // namespace rollcall::charts
