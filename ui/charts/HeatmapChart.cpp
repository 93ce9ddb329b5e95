#include "ui/charts/HeatmapChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/probe/DrawnCells.h"
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
constexpr int dragDistance = 5; ///< less is a click
constexpr int coverAlpha = 150; ///< over what is not brushed

/// Draws @p line a few steps at a time: Qt's antialiasing searches all that a path has on a row of pixels for each new
/// pixel there, and one path along the whole row took a fifth of a frame. The dashes go on from piece to piece.
void drawInPieces(QPainter &painter, QPen pen, const QPolygonF &line)
{
    constexpr qsizetype steps = 12;
    qreal drawn = 0;
    for (qsizetype first = 0; first + 1 < line.size(); first += steps) {
        const qsizetype last = std::min(first + steps, line.size() - 1);
        if (pen.style() != Qt::SolidLine)
            pen.setDashOffset(drawn / pen.widthF()); // makes a dash pattern of its own of a solid pen
        painter.setPen(pen);
        painter.drawPolyline(line.constData() + first, static_cast<int>(last - first + 1));
        for (qsizetype i = first; i < last; ++i)
            drawn += QLineF(line[i], line[i + 1]).length();
    }
}

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
        if (id.route != route || id.cache == probe::CachePath::Miss || !isDrawn(document, document.cells[i]))
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
    for (const probe::GuardEvent &event : document.guards) {
        const bool wanted = event.rule == QLatin1String("user-pause"); // by who watched the run, not by a guard
        m_events.push_back(
            {event.atNs, wanted ? tr("paused") : event.rule, wanted ? ColorToken::Muted : ColorToken::Bad});
    }
    if (!m_grids.empty() && cursor() < 0)
        setCursorStop(TimeGrid::columns / 2);
    if (m_grids.empty())
        m_anchorNs.reset();
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
    else if (m_range && (event->key() == Qt::Key_Escape || event->key() == Qt::Key_Backspace))
        clearRange();
    else
        moveOrBrush(*event);
}

void HeatmapChart::moveOrBrush(QKeyEvent &event)
{
    constexpr std::array moving{Qt::Key_Left, Qt::Key_Right, Qt::Key_Home, Qt::Key_End};
    const bool moves = std::ranges::find(moving, event.key()) != moving.end();
    const bool brushes = moves && event.modifiers().testFlag(Qt::ShiftModifier) && stops() > 0;
    if (brushes && !m_anchorNs)
        m_anchorNs = timeOf(cursor() + 0.5);
    else if (moves && !brushes)
        m_anchorNs.reset(); // the next Shift begins a new range
    PaintedChart::keyPressEvent(&event);
    if (brushes)
        brushTo(cursor());
}

void HeatmapChart::mousePressEvent(QMouseEvent *event)
{
    PaintedChart::mousePressEvent(event);
    m_pressedAt = event->position().x();
    m_anchorNs =
        stops() > 0 && event->button() == Qt::LeftButton ? std::optional(timeOf(cursor() + 0.5)) : std::nullopt;
}

void HeatmapChart::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_anchorNs || !event->buttons().testFlag(Qt::LeftButton) ||
        std::abs(event->position().x() - m_pressedAt) < dragDistance)
        return;
    const double share =
        windowFrom() + (event->position().x() - plot().left()) / plot().width() * (windowTo() - windowFrom());
    const int column = std::clamp(static_cast<int>(share * TimeGrid::columns), 0, TimeGrid::columns - 1);
    setCursorStop(column);
    brushTo(column);
}

void HeatmapChart::mouseReleaseEvent(QMouseEvent *event)
{
    PaintedChart::mouseReleaseEvent(event);
    m_anchorNs.reset();
}

/// The moment at @p border, in columns.
qint64 HeatmapChart::timeOf(double border) const
{
    const TimeGrid &grid = m_grids.front();
    return grid.fromNs +
           std::llround(static_cast<double>(grid.lengthNs) * border / static_cast<double>(TimeGrid::columns));
}

void HeatmapChart::brushTo(int column)
{
    const double share = m_grids.front().shareOf(*m_anchorNs);
    const int anchor = std::clamp(static_cast<int>(share * TimeGrid::columns), 0, TimeGrid::columns - 1);
    const int first = std::min(anchor, column);
    const int last = std::max(anchor, column);
    // The last column has the last start in it.
    setRange(probe::TimeRange{timeOf(first), timeOf(last + 1) + (last + 1 == TimeGrid::columns ? 1 : 0)});
}

void HeatmapChart::setRange(std::optional<probe::TimeRange> range)
{
    if (range == m_range)
        return;
    m_range = range;
    dataChanged();
    Q_EMIT rangeChanged();
}

QString HeatmapChart::rangeText() const
{
    if (!m_range || m_grids.empty())
        return {};
    const qint64 zero = m_grids.front().fromNs;
    return tr("%1 to %2").arg(timeText(m_range->fromNs - zero), timeText(m_range->toNs - zero));
}

qreal HeatmapChart::yAt(double ns) const
{
    const LatencyAxis &axis = m_grids.front().axis;
    const QRectF area = plot();
    return area.bottom() - std::log(std::max(1.0, ns) / axis.lo) / std::log(axis.hi / axis.lo) * area.height();
}

QString HeatmapChart::columnText(int column) const
{
    const TimeGrid &grid = m_grids.front();
    return timeText(static_cast<qint64>(static_cast<double>(grid.lengthNs) * column / TimeGrid::columns));
}

QString HeatmapChart::timeText(qint64 ns) const
{
    return ns <= 0 ? tr("0 s") : common::durationText(std::chrono::nanoseconds(ns));
}

void HeatmapChart::paintAxes(QPainter &painter) const
{
    for (const double tick : m_grids.front().axis.ticks())
        paintGridLine(painter, yAt(tick), tickLabel(tick));
    const QRectF area = plot();
    painter.setPen(theme().color(ColorToken::LineStrong));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    for (int i = 0; i <= timeTicks; ++i) {
        const double share = windowFrom() + (windowTo() - windowFrom()) * i / timeTicks;
        const auto at = static_cast<qint64>(static_cast<double>(m_grids.front().lengthNs) * share);
        paintTick(painter, share, timeText(at), false);
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
        drawInPieces(painter, pen, line);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const Event &event : m_events) {
        const qreal x = xAt(std::clamp(m_grids.front().shareOf(event.atNs), 0.0, 1.0));
        QPen pen(theme().color(event.tint), 1.5);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme().color(ColorToken::Text));
        const qreal width = painter.fontMetrics().horizontalAdvance(event.word) + 4;
        painter.drawText(QRectF(std::min(x + 4, area.right() - width), area.bottom() - 18, width, 16),
                         Qt::AlignLeft | Qt::AlignVCenter, event.word);
    }
    paintRange(painter);
}

void HeatmapChart::paintRange(QPainter &painter) const
{
    if (!m_range)
        return;
    const QRectF area = plot();
    const auto xOf = [this](qint64 ns) { return xAt(std::clamp(m_grids.front().shareOf(ns), 0.0, 1.0)); };
    const qreal from = xOf(m_range->fromNs);
    const qreal to = xOf(m_range->toNs);
    QColor cover = theme().color(ColorToken::Raised);
    cover.setAlpha(coverAlpha);
    painter.fillRect(QRectF(QPointF(area.left(), area.top()), QPointF(from, area.bottom())), cover);
    painter.fillRect(QRectF(QPointF(to, area.top()), QPointF(area.right(), area.bottom())), cover);
    painter.setPen(QPen(theme().color(ColorToken::Accent), 1.5));
    for (const qreal x : {from, to})
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
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
    paintBox(painter, tr("After %1, medians").arg(columnText(cursor())), rows);
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
    return m_grids.empty() ? QString() : tr("stronger: more answers · line: median · drag: only this time");
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
    const QString at = columnText(std::max(0, cursor()));
    const QString words = parts.isEmpty() ? tr("After %1 nothing was answered.").arg(at)
                                          : tr("Medians after %1: %2.").arg(at, parts.join(QStringLiteral(", ")));
    return m_range ? words + QLatin1Char(' ') + tr("The other charts show the time from %1.").arg(rangeText()) : words;
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
            table.rows.push_back({{columnText(column), static_cast<double>(column)},
                                  {lookOf(m_modes[layer]).word, {}},
                                  {QLocale().toString(count), static_cast<double>(count)},
                                  {latencyText(static_cast<qint64>(median)), median},
                                  {latencyText(static_cast<qint64>(most)), most}});
        }
    }
    return table;
}

} // namespace rollcall::charts
