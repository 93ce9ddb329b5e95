#include "ui/charts/BlocksChart.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/probe/CellResult.h"
#include "core/probe/DrawnCells.h"
#include "core/probe/Quantiles.h"
#include "core/probe/RunSlice.h"
#include "core/probe/SampleLog.h"
#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;
using probe::CellId;
using probe::Sample;

namespace {

constexpr QMargins margins(56, 12, 28, 26);
constexpr double shownAt[] = {0.05, 0.25, 0.5, 0.75, 0.95};
constexpr int mostGroups = 12;
constexpr int leastBlocks = 5; ///< of a group: fewer times have no such five numbers
constexpr qreal widestBox = 14;
constexpr int boxAlpha = 60;

/// How many blocks of @p all stand together.
int blocksTogether(int all)
{
    return std::max(leastBlocks, (all + mostGroups - 1) / mostGroups);
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
    m_modes.clear();
    m_groups.clear();
    m_why = document.cells.empty() ? tr("Nothing is measured yet.")
            : document.samples.empty()
                ? tr("This run keeps figures and histograms, no single samples: there were more than one document "
                     "holds, or the run is not over.")
                : tr("On this route no request was answered as it should be.");
    const std::vector<std::vector<Sample>> measured = probe::measuredByCell(document.samples, document.cells.size());
    std::vector<std::size_t> cells;
    int first = std::numeric_limits<int>::max();
    int last = -1;
    for (std::size_t i = 0; i < document.cells.size(); ++i) {
        const CellId &id = document.cells[i].id;
        if (id.route != route || id.cache == probe::CachePath::Miss || !isDrawn(document, document.cells[i]))
            continue;
        cells.push_back(i);
        m_modes.push_back(id);
        for (const Sample &sample : measured[i]) {
            first = std::min(first, sample.block);
            last = std::max(last, sample.block);
        }
    }
    double least = std::numeric_limits<double>::max();
    double most = 0;
    const int together = blocksTogether(last - first + 1);
    for (int from = first; from <= last; from += together) {
        // A rest too short for five numbers belongs to the group before it.
        const bool isLast = last - (from + together - 1) < leastBlocks;
        Group group{from, isLast ? last : from + together - 1, {}};
        for (const std::size_t cell : cells) {
            std::vector<Sample> samples;
            std::ranges::copy_if(measured[cell], std::back_inserter(samples), [&group](const Sample &sample) {
                return sample.block >= group.first && sample.block <= group.last;
            });
            const bool response = !document.isClosed() && probe::isNetwork(document.cells[cell].id.mode);
            std::vector<qint64> times = probe::distributionTimes(samples, response, timeoutNsOf(document));
            std::ranges::sort(times);
            Box box{static_cast<qsizetype>(times.size()), {}};
            for (std::size_t i = 0; i < box.ns.size() && box.n > 0; ++i)
                box.ns[i] = probe::quantile7(times, shownAt[i]);
            if (box.n > 0) {
                least = std::min(least, box.ns.front());
                most = std::max(most, box.ns.back());
            }
            group.boxes.push_back(box);
        }
        m_groups.push_back(std::move(group));
        if (isLast)
            break;
    }
    if (most <= 0)
        m_groups.clear();
    m_axis = m_groups.empty() ? LatencyAxis() : LatencyAxis::around(least, most, m_scale);
    if (!m_groups.empty() && cursor() < 0)
        setCursorStop(static_cast<int>(m_groups.size()) / 2);
    dataChanged();
}

QString BlocksChart::nothing() const
{
    return m_groups.empty() ? m_why : QString();
}

double BlocksChart::shareOf(int stop) const
{
    return (stop + 0.5) / static_cast<double>(m_groups.size());
}

qreal BlocksChart::yAt(double ns) const
{
    const QRectF area = plot();
    return area.bottom() - m_axis.shareOf(ns) * area.height();
}

QString BlocksChart::groupText(int stop) const
{
    const Group &group = m_groups[static_cast<std::size_t>(std::max(0, stop))];
    return tr("blocks %1–%2").arg(group.first + 1).arg(group.last + 1);
}

void BlocksChart::paintAxes(QPainter &painter) const
{
    const QRectF area = plot();
    const auto width = (xAt(shareOf(1)) - xAt(shareOf(0))) * (m_groups.size() > 1 ? 1 : 0);
    if (cursor() >= 0) {
        const qreal half = width > 0 ? width / 2 : area.width() / 2;
        const QRectF band(xAt(shareOf(cursor())) - half, area.top(), 2 * half, area.height());
        painter.fillRect(band.intersected(area), theme().color(ColorToken::AccentSoft));
    }
    for (const double tick : m_axis.ticks())
        paintGridLine(painter, yAt(tick), tickLabel(tick), tick == m_axis.lo);
    for (int stop = 0; stop < stops(); ++stop)
        paintTick(painter, shareOf(stop), QString::number(m_groups[static_cast<std::size_t>(stop)].first + 1), false);
}

void BlocksChart::paintBoxPlot(QPainter &painter, const Box &box, const CellId &id, qreal x, qreal width) const
{
    const QColor color = theme().color(lookOf(id).color);
    QColor fill = color;
    fill.setAlpha(boxAlpha);
    painter.setPen(QPen(color, 1));
    painter.drawLine(QPointF(x, yAt(box.ns[0])), QPointF(x, yAt(box.ns[4])));
    for (const double end : {box.ns[0], box.ns[4]})
        painter.drawLine(QPointF(x - width / 4, yAt(end)), QPointF(x + width / 4, yAt(end)));
    painter.setBrush(theme().color(ColorToken::Raised));
    const QRectF middle(QPointF(x - width / 2, yAt(box.ns[3])), QPointF(x + width / 2, yAt(box.ns[1])));
    painter.drawRect(middle);
    painter.fillRect(middle, fill);
    painter.setPen(QPen(color, 2));
    painter.drawLine(QPointF(middle.left(), yAt(box.ns[2])), QPointF(middle.right(), yAt(box.ns[2])));
    drawMarker(painter, theme(), lookOf(id), {x, yAt(box.ns[2])}, 6);
}

void BlocksChart::paintMarks(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal room = plot().width() / static_cast<double>(m_groups.size()) / (windowTo() - windowFrom());
    const qreal step = 0.8 * room / static_cast<double>(m_modes.size());
    for (int stop = 0; stop < stops(); ++stop) {
        const Group &group = m_groups[static_cast<std::size_t>(stop)];
        const qreal left = xAt(shareOf(stop)) - step * static_cast<double>(m_modes.size() - 1) / 2;
        for (std::size_t i = 0; i < m_modes.size(); ++i) {
            if (group.boxes[i].n > 0)
                paintBoxPlot(painter, group.boxes[i], m_modes[i], left + step * static_cast<double>(i),
                             std::min(widestBox, 0.8 * step));
        }
    }
}

void BlocksChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    const Group &group = m_groups[static_cast<std::size_t>(cursor())];
    for (std::size_t i = 0; i < m_modes.size(); ++i) {
        if (group.boxes[i].n > 0)
            rows.push_back({m_modes[i], lookOf(m_modes[i]).word,
                            tr("%1 (%2–%3)")
                                .arg(latencyText(std::llround(group.boxes[i].ns[2])),
                                     latencyText(std::llround(group.boxes[i].ns[0])),
                                     latencyText(std::llround(group.boxes[i].ns[4])))});
    }
    paintBox(painter, tr("p50 (p5–p95), %1").arg(groupText(cursor())), rows);
}

QString BlocksChart::remark() const
{
    return m_groups.empty() ? QString() : tr("line p50, box p25–p75, whiskers p5–p95");
}

QString BlocksChart::sentence() const
{
    if (m_groups.empty())
        return m_why;
    QStringList parts;
    const Group &group = m_groups[static_cast<std::size_t>(std::max(0, cursor()))];
    for (std::size_t i = 0; i < m_modes.size(); ++i) {
        if (group.boxes[i].n > 0)
            parts << tr("%1 p50 %2, p5 %3, p95 %4")
                         .arg(lookOf(m_modes[i]).word, latencyText(std::llround(group.boxes[i].ns[2])),
                              latencyText(std::llround(group.boxes[i].ns[0])),
                              latencyText(std::llround(group.boxes[i].ns[4])));
    }
    return tr("In %1: %2.").arg(groupText(cursor()), parts.join(QStringLiteral("; ")));
}

ChartTable BlocksChart::table() const
{
    ChartTable table;
    table.head = {tr("Blocks"), tr("Mode"), tr("n"), tr("p5"), tr("p25"), tr("p50"), tr("p75"), tr("p95")};
    for (const Group &group : m_groups) {
        for (std::size_t i = 0; i < m_modes.size(); ++i) {
            const Box &box = group.boxes[i];
            if (box.n == 0)
                continue;
            std::vector<ChartValue> row{
                {tr("%1–%2").arg(group.first + 1).arg(group.last + 1), static_cast<double>(group.first)},
                {lookOf(m_modes[i]).word, {}},
                {QLocale().toString(box.n), static_cast<double>(box.n)}};
            for (const double ns : box.ns)
                row.push_back({latencyText(std::llround(ns)), ns});
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

} // namespace rollcall::charts
