#include "ui/charts/HeatmapChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/charts/ChartPalette.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::charts {

using common::ColorToken;
using probe::CellId;
using probe::RunDocument;

namespace {

constexpr QMargins margins(56, 16, 28, 26);
constexpr int timeTicks = 5;
constexpr double faintest = 0.14; ///< of a cell with one answer
constexpr int mostAlpha = 235;

} // namespace

HeatmapChart::HeatmapChart(const common::Theme &theme, QWidget *parent)
    : PaintedChart(theme, margins, parent), m_why(tr("Nothing is measured yet."))
{
    setObjectName(QStringLiteral("heatmapChart"));
    setAccessibleName(tr("Latency over time"));
    connect(&theme, &common::Theme::changed, this, [this] { m_image = {}; });
    dataChanged();
}

void HeatmapChart::show(const RunDocument &document, const QString &route)
{
    std::vector<int> layerOf(document.cells.size(), -1);
    m_modes.clear();
    for (std::size_t i = 0; i < document.cells.size(); ++i) {
        const CellId &id = document.cells[i].id;
        if (id.route != route || id.cache == probe::CachePath::Miss)
            continue;
        layerOf[i] = static_cast<int>(m_modes.size());
        m_modes.push_back(id);
    }
    if (m_mode >= static_cast<int>(m_modes.size()))
        m_mode = -1;
    m_events.clear();
    m_grids.clear();
    m_image = {};
    if (!document.samples.empty() && !m_modes.empty())
        m_grids = timeGrids(document.samples, layerOf, static_cast<int>(m_modes.size()), !document.isClosed());
    if (std::all_of(m_grids.begin(), m_grids.end(), [](const TimeGrid &grid) { return grid.total == 0; }))
        m_grids.clear();
    m_why = document.cells.empty() ? tr("Nothing is measured yet.")
            : document.samples.empty()
                ? tr("This run keeps figures and histograms, no single samples: there were more than one document "
                     "holds, or the run is not over.")
                : tr("On this route no request was answered as it should be.");
    for (const probe::GuardEvent &event : document.guards)
        m_events.push_back({event.atNs, event.rule});
    if (!m_grids.empty() && cursor() < 0)
        setCursorStop(TimeGrid::columns / 2);
    dataChanged();
}

void HeatmapChart::setMode(int index)
{
    const int wanted = std::clamp(index, -1, static_cast<int>(m_modes.size()) - 1);
    if (wanted == m_mode)
        return;
    m_mode = wanted;
    m_image = {};
    dataChanged();
    Q_EMIT modeChanged(m_mode);
}

void HeatmapChart::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Up)
        setMode(m_mode - 1);
    else if (event->key() == Qt::Key_Down)
        setMode(m_mode + 1);
    else
        PaintedChart::keyPressEvent(event);
}

qreal HeatmapChart::yAt(double ns) const
{
    const LatencyAxis &axis = m_grids.front().axis;
    const QRectF area = plot();
    return area.bottom() - std::log(std::max(1.0, ns) / axis.lo) / std::log(axis.hi / axis.lo) * area.height();
}

QString HeatmapChart::timeText(int column) const
{
    const TimeGrid &grid = m_grids.front();
    return common::durationText(
        std::chrono::nanoseconds(static_cast<qint64>(static_cast<double>(grid.lengthNs) * column / TimeGrid::columns)));
}

void HeatmapChart::paintAxes(QPainter &painter) const
{
    for (const double tick : m_grids.front().axis.decades())
        paintGridLine(painter, yAt(tick), tickLabel(tick));
    const QRectF area = plot();
    painter.setPen(theme().color(ColorToken::LineStrong));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    for (int i = 0; i <= timeTicks; ++i) {
        const double share = windowFrom() + (windowTo() - windowFrom()) * i / timeTicks;
        const auto at = static_cast<qint64>(static_cast<double>(m_grids.front().lengthNs) * share);
        paintTick(painter, share, i == 0 && share == 0 ? tr("0 s") : common::durationText(std::chrono::nanoseconds(at)),
                  false);
    }
}

const QImage &HeatmapChart::image() const
{
    if (m_image.isNull()) {
        m_image = QImage(TimeGrid::columns, TimeGrid::rows, QImage::Format_ARGB32_Premultiplied);
        m_image.fill(Qt::transparent);
        for (std::size_t layer = 0; layer < m_grids.size(); ++layer) {
            if (isShown(layer) && m_grids[layer].total > 0)
                paintLayer(m_image, layer);
        }
    }
    return m_image;
}

void HeatmapChart::paintLayer(QImage &image, std::size_t layer) const
{
    const TimeGrid &grid = m_grids[layer];
    QImage cells(TimeGrid::columns, TimeGrid::rows, QImage::Format_ARGB32_Premultiplied);
    std::vector<quint32> counts(std::size_t{TimeGrid::columns} * TimeGrid::rows);
    quint32 most = 1;
    for (int column = 0; column < TimeGrid::columns; ++column) {
        for (int row = 0; row < TimeGrid::rows; ++row) {
            quint32 &count =
                counts[static_cast<std::size_t>(row) * TimeGrid::columns + static_cast<std::size_t>(column)];
            count = grid.cell(column, row);
            most = std::max(most, count);
        }
    }
    const QColor color = theme().color(lookOf(m_modes[layer]).color);
    // The root keeps rare cells visible beside frequent ones.
    const double scale = (1 - faintest) / std::sqrt(static_cast<double>(most));
    std::size_t at = 0;
    for (int row = 0; row < TimeGrid::rows; ++row) {
        auto *line = reinterpret_cast<QRgb *>(cells.scanLine(TimeGrid::rows - 1 - row));
        for (int column = 0; column < TimeGrid::columns; ++column, ++at) {
            const double strength = counts[at] == 0 ? 0 : faintest + scale * std::sqrt(static_cast<double>(counts[at]));
            line[column] =
                qPremultiply(qRgba(color.red(), color.green(), color.blue(), static_cast<int>(mostAlpha * strength)));
        }
    }
    QPainter(&image).drawImage(0, 0, cells);
}

void HeatmapChart::paintMarks(QPainter &painter) const
{
    const QRectF area = plot();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.drawImage(QRectF(xAt(0), area.top(), xAt(1) - xAt(0), area.height()), image());
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t layer = 0; layer < m_grids.size(); ++layer) {
        if (!isShown(layer))
            continue;
        QPolygonF line;
        for (int column = 0; column < TimeGrid::columns; ++column) {
            const double median = m_grids[layer].medianOf(column);
            if (median > 0)
                line << QPointF(xAt(shareOf(column)), yAt(median));
        }
        QPen pen = penOf(theme(), lookOf(m_modes[layer]), 1.5);
        pen.setColor(theme().color(ColorToken::Text)); // the mode's own colour would be lost in its cells
        painter.setPen(pen);
        painter.drawPolyline(line);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const Event &event : m_events) {
        const qreal x = xAt(std::clamp(m_grids.front().shareOf(event.atNs), 0.0, 1.0));
        QPen pen(theme().color(ColorToken::Bad), 1.5);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme().color(ColorToken::Text));
        const qreal width = painter.fontMetrics().horizontalAdvance(event.rule) + 4;
        painter.drawText(QRectF(std::min(x + 4, area.right() - width), area.bottom() - 18, width, 16),
                         Qt::AlignLeft | Qt::AlignVCenter, event.rule);
    }
}

void HeatmapChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    for (std::size_t layer = 0; layer < m_grids.size(); ++layer) {
        if (!isShown(layer))
            continue;
        const qint64 count = m_grids[layer].countOf(cursor());
        rows.push_back({m_modes[layer], lookOf(m_modes[layer]).word,
                        count == 0 ? QStringLiteral("–")
                                   : latencyText(static_cast<qint64>(m_grids[layer].medianOf(cursor()))) +
                                         QStringLiteral("  n ") + QLocale().toString(count)});
    }
    paintBox(painter, tr("After %1, medians").arg(timeText(cursor())), rows);
}

std::vector<CellId> HeatmapChart::modes() const
{
    std::vector<CellId> shown;
    for (std::size_t layer = 0; layer < m_modes.size(); ++layer) {
        if (isShown(layer))
            shown.push_back({{}, m_modes[layer].mode, m_modes[layer].cache});
    }
    return shown;
}

QString HeatmapChart::remark() const
{
    return m_grids.empty() ? QString() : tr("darker: more answers · line: median");
}

QString HeatmapChart::sentence() const
{
    if (m_grids.empty())
        return m_why;
    QStringList parts;
    for (std::size_t layer = 0; layer < m_grids.size(); ++layer) {
        const double median = cursor() >= 0 ? m_grids[layer].medianOf(cursor()) : 0;
        if (isShown(layer) && median > 0) {
            parts << tr("%1 %2").arg(lookOf(m_modes[layer]).word, latencyText(static_cast<qint64>(median)));
        }
    }
    const QString at = timeText(std::max(0, cursor()));
    return parts.isEmpty() ? tr("After %1 nothing was answered.").arg(at)
                           : tr("Medians after %1: %2.").arg(at, parts.join(QStringLiteral(", ")));
}

ChartTable HeatmapChart::table() const
{
    ChartTable table;
    table.head = {tr("After"), tr("Mode"), tr("n"), tr("Median"), tr("At most")};
    for (int column = 0; column < (m_grids.empty() ? 0 : TimeGrid::columns); ++column) {
        for (std::size_t layer = 0; layer < m_grids.size(); ++layer) {
            const qint64 count = m_grids[layer].countOf(column);
            if (!isShown(layer) || count == 0)
                continue;
            const double median = m_grids[layer].medianOf(column);
            const double most = m_grids[layer].maxOf(column);
            table.rows.push_back({{timeText(column), static_cast<double>(column)},
                                  {lookOf(m_modes[layer]).word, {}},
                                  {QLocale().toString(count), static_cast<double>(count)},
                                  {latencyText(static_cast<qint64>(median)), median},
                                  {latencyText(static_cast<qint64>(most)), most}});
        }
    }
    return table;
}

} // namespace rollcall::charts
