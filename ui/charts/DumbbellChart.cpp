#include "ui/charts/DumbbellChart.h"

#include <QKeyEvent>
#include <QPainter>
#include <QtCharts/QScatterSeries>

#include <algorithm>
#include <limits>

#include "core/probe/DrawnCells.h"
#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;
using common::FontToken;
using probe::CachePath;
using probe::CellId;
using probe::CellResult;
using probe::ProbeMode;

namespace {

constexpr QMargins plotMargins(132, 8, 72, 24);
constexpr qreal markerSize = 8;
constexpr qreal capHalf = 5;
constexpr int labelLeft = 12;
constexpr int tallestRow = 48;

/// The slower and the faster way that the ratio column compares, as far as they were measured.
constexpr std::pair<ProbeMode, ProbeMode> comparedWays[] = {
    {ProbeMode::Proxy, ProbeMode::Local},         {ProbeMode::Proxy, ProbeMode::Cached},
    {ProbeMode::Proxy, ProbeMode::CachedMemory},  {ProbeMode::Local, ProbeMode::Cached},
    {ProbeMode::Local, ProbeMode::CachedMemory},  {ProbeMode::Proxy, ProbeMode::CachedRedis},
    {ProbeMode::Local, ProbeMode::CachedRedis},   {ProbeMode::Proxy, ProbeMode::CachedUpstash},
    {ProbeMode::Local, ProbeMode::CachedUpstash},
};

QScatterSeries::MarkerShape scatterShape(Marker marker)
{
    switch (marker) {
    case Marker::Circle:
        return QScatterSeries::MarkerShapeCircle;
    case Marker::Square:
    case Marker::Tick:
        return QScatterSeries::MarkerShapeRectangle;
    case Marker::Triangle:
        return QScatterSeries::MarkerShapeTriangle;
    case Marker::Diamond:
        return QScatterSeries::MarkerShapeRotatedRectangle;
    case Marker::Pentagon:
        return QScatterSeries::MarkerShapePentagon;
    }
    return QScatterSeries::MarkerShapeCircle;
}

} // namespace

DumbbellChart::DumbbellChart(const common::Theme &theme, QWidget *parent)
    : LatencyChartView(theme, Qt::Horizontal, parent)
{
    setObjectName(QStringLiteral("dumbbellChart"));
    setPlotMargins(plotMargins);
    describe();
}

void DumbbellChart::show(const probe::RunDocument &document, double p)
{
    const QString selected = m_picked ? selectedRoute() : QString();
    m_picked = m_picked && !document.cells.empty();
    const std::size_t quantile = CellResult::indexOf(p);
    constexpr const char *words[] = {"p50", "p90", "p95", "p99", "p99.9"};
    m_quantileWord = QLatin1String(words[quantile]);
    collect(document, p);
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &row) { return row.route == selected; });
    m_selected = at == m_rows.end() ? 0 : static_cast<int>(at - m_rows.begin());
    rebuildSeries();
    describe();
    viewport()->update();
}

void DumbbellChart::collect(const probe::RunDocument &document, double p)
{
    m_rows.clear();
    m_modes.clear();
    const std::size_t quantile = CellResult::indexOf(p);
    for (const CellResult &cell : document.cells) {
        if (!isDrawn(document, cell))
            continue;
        auto row =
            std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &each) { return each.route == cell.id.route; });
        if (row == m_rows.end())
            row = m_rows.insert(m_rows.end(), Row{cell.id.route, {}, {}, 0});
        const CellId mode{{}, cell.id.mode, cell.id.cache};
        if (std::find(m_modes.begin(), m_modes.end(), mode) == m_modes.end())
            m_modes.push_back(mode);
        const probe::Distribution &distribution = document.judged(cell);
        const auto &p95 = distribution.quantiles[CellResult::indexOf(0.95)];
        row->slowest = std::max(row->slowest, p95.value_or(distribution.quantiles[0].value_or(0)));
        if (distribution.quantiles[quantile])
            row->marks.push_back({cell.id, *distribution.quantiles[quantile], distribution.intervals[quantile]});
    }
    const auto valueOf = [](const Row &row, ProbeMode mode) -> std::optional<qint64> {
        for (const Mark &mark : row.marks) {
            if (mark.id.mode == mode && mark.id.cache != CachePath::Miss)
                return std::max<qint64>(1, mark.value);
        }
        return std::nullopt;
    };
    m_ratioWord.clear();
    for (const auto &[slower, faster] : comparedWays) {
        const auto measured = [&](ProbeMode mode) {
            return std::any_of(m_modes.begin(), m_modes.end(), [&](const CellId &id) { return id.mode == mode; });
        };
        if (!measured(slower) || !measured(faster))
            continue;
        m_ratioWord = tr("%1 ÷ %2").arg(probe::probeModeName(slower), probe::probeModeName(faster));
        for (Row &row : m_rows) {
            const auto a = valueOf(row, slower);
            const auto b = valueOf(row, faster);
            if (a && b)
                row.ratio = static_cast<double>(*a) / static_cast<double>(*b);
        }
        break;
    }
    sort();
}

void DumbbellChart::sort()
{
    std::stable_sort(m_rows.begin(), m_rows.end(), [this](const Row &a, const Row &b) {
        switch (m_order) {
        case Order::Gap:
            return a.ratio.value_or(0) > b.ratio.value_or(0);
        case Order::SlowestP95:
            return a.slowest > b.slowest;
        case Order::Name:
            return a.route.localeAwareCompare(b.route) < 0;
        }
        return false;
    });
}

void DumbbellChart::setOrder(Order order)
{
    const QString selected = selectedRoute();
    m_order = order;
    sort();
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &row) { return row.route == selected; });
    m_selected = at == m_rows.end() ? 0 : static_cast<int>(at - m_rows.begin());
    rebuildSeries();
    describe();
    viewport()->update();
}

void DumbbellChart::rebuildSeries()
{
    removeAllSeries();
    double lowest = std::numeric_limits<double>::max();
    double highest = 0;
    for (const Row &row : m_rows) {
        for (const Mark &mark : row.marks) {
            lowest = std::min(lowest, static_cast<double>(mark.interval ? mark.interval->lo : mark.value));
            highest = std::max(highest, static_cast<double>(mark.interval ? mark.interval->hi : mark.value));
        }
    }
    setLatencyAxis(highest > 0 ? LatencyAxis::around(lowest, highest, latencyScale()) : LatencyAxis());
    setLinearRange(0, std::max(1.0, static_cast<double>(m_rows.size())));
    for (const CellId &mode : m_modes) {
        if (mode.mode == ProbeMode::Floor)
            continue; // a tick, which QtCharts has no marker for: painted beneath
        QList<QPointF> points;
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            for (const Mark &mark : m_rows[i].marks) {
                // A value of zero on a log axis would make the whole series vanish.
                if (mark.id.mode == mode.mode && mark.id.cache == mode.cache)
                    points << QPointF(std::max(1.0, static_cast<double>(mark.value)),
                                      static_cast<double>(m_rows.size() - i) - 0.5);
            }
        }
        auto *series = new QScatterSeries(this);
        series->setName(lookOf(mode).word);
        series->setMarkerShape(scatterShape(lookOf(mode).marker));
        series->setMarkerSize(markerSize + (mode.mode == ProbeMode::Proxy ? 0 : 1));
        series->replace(points);
        addSeries(series);
    }
    restyle();
}

void DumbbellChart::restyle()
{
    qsizetype at = 0;
    const auto all = chart()->series();
    for (const CellId &mode : m_modes) {
        if (mode.mode == ProbeMode::Floor)
            continue;
        auto *series = qobject_cast<QScatterSeries *>(all.value(at++));
        if (series == nullptr)
            return;
        const QColor color = theme().color(lookOf(mode).color);
        const bool hollow = mode.cache == CachePath::Miss;
        series->setColor(hollow ? theme().color(ColorToken::Raised) : color);
        series->setBorderColor(color);
        series->setPen(hollow ? QPen(color, 1.5) : QPen(Qt::NoPen));
    }
}

QRectF DumbbellChart::rowRect(int row) const
{
    const qreal height = plot().height() / static_cast<qreal>(std::max<std::size_t>(1, m_rows.size()));
    return {0, plot().top() + row * height, static_cast<qreal>(viewport()->width()), height};
}

void DumbbellChart::drawBackground(QPainter *painter, const QRectF &rect)
{
    painter->fillRect(rect, theme().color(ColorToken::Raised));
    if (m_rows.empty())
        return;
    const QRectF selected = rowRect(m_selected);
    const qreal inset = std::max(0.0, (selected.height() - tallestRow) / 2);
    painter->fillRect(selected.adjusted(0, inset, 0, -inset), theme().color(ColorToken::AccentSoft));
    painter->fillRect(QRectF(0, selected.top() + inset, hasFocus() ? 5 : 3, selected.height() - 2 * inset),
                      theme().color(ColorToken::Accent));
    paintGrid(*painter);
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row)
        paintRow(*painter, row);
}

void DumbbellChart::paintGrid(QPainter &painter) const
{
    const QRectF area = plot();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(theme().font(FontToken::Small));
    for (const double tick : latencyAxis().ticks()) {
        const qreal x = latencyPosition(tick);
        painter.setPen(theme().color(ColorToken::Line));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme().color(ColorToken::Muted));
        painter.drawText(QRectF(x - 40, area.bottom() + 4, 80, 18), Qt::AlignHCenter | Qt::AlignTop, tickLabel(tick));
    }
    painter.setPen(theme().color(ColorToken::LineStrong));
    for (const double tick : latencyAxis().minorTicks())
        painter.drawLine(QPointF(latencyPosition(tick), area.bottom()),
                         QPointF(latencyPosition(tick), area.bottom() + 3));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
}

void DumbbellChart::paintRow(QPainter &painter, int row) const
{
    const Row &shown = m_rows[static_cast<std::size_t>(row)];
    const QRectF rect = rowRect(row);
    const qreal y = rect.center().y();
    QFont font = theme().font(FontToken::Status);
    font.setWeight(row == m_selected ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    painter.setPen(theme().color(ColorToken::Text));
    const QString name =
        QFontMetrics(font).elidedText(shown.route, Qt::ElideMiddle, plotMargins.left() - labelLeft - 8);
    painter.drawText(QRectF(labelLeft, rect.top(), plotMargins.left() - labelLeft, rect.height()), Qt::AlignVCenter,
                     name);
    if (shown.ratio) {
        painter.drawText(QRectF(0, rect.top(), viewport()->width() - labelLeft, rect.height()),
                         Qt::AlignVCenter | Qt::AlignRight, ratioText(*shown.ratio));
    }
    qreal left = std::numeric_limits<qreal>::max();
    qreal right = 0;
    for (const Mark &mark : shown.marks) {
        if (mark.id.mode == ProbeMode::Floor)
            continue;
        left = std::min(left, latencyPosition(static_cast<double>(mark.value)));
        right = std::max(right, latencyPosition(static_cast<double>(mark.value)));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    if (right > left) {
        painter.setPen(QPen(theme().color(ColorToken::LineStrong), 3));
        painter.drawLine(QPointF(left, y), QPointF(right, y));
    }
    for (const Mark &mark : shown.marks) {
        const ModeLook look = lookOf(mark.id);
        const QPointF centre(latencyPosition(static_cast<double>(mark.value)), y);
        if (mark.id.mode == ProbeMode::Floor) {
            drawMarker(painter, theme(), look, centre, markerSize);
            continue;
        }
        if (!mark.interval)
            continue;
        const qreal lo = latencyPosition(static_cast<double>(mark.interval->lo));
        const qreal hi = latencyPosition(static_cast<double>(mark.interval->hi));
        painter.setPen(QPen(theme().color(look.color), 1.5));
        painter.drawLine(QPointF(lo, y), QPointF(hi, y));
        painter.drawLine(QPointF(lo, y - capHalf), QPointF(lo, y + capHalf));
        painter.drawLine(QPointF(hi, y - capHalf), QPointF(hi, y + capHalf));
    }
}

void DumbbellChart::describe()
{
    setAccessibleName(tr("Latency by route and mode"));
    setAccessibleDescription(sentence());
    setToolTip(m_rows.empty() ? QString() : sentence());
}

QString DumbbellChart::sentence() const
{
    if (m_rows.empty())
        return tr("Nothing is measured yet.");
    const Row &row = m_rows[static_cast<std::size_t>(m_selected)];
    QStringList parts;
    for (const Mark &mark : row.marks)
        parts << tr("%1 %2").arg(lookOf(mark.id).word, latencyText(mark.value));
    return tr("%1, %2: %3. Route %4 of %5.")
        .arg(row.route, m_quantileWord, parts.join(QStringLiteral(", ")))
        .arg(m_selected + 1)
        .arg(m_rows.size());
}

ChartTable DumbbellChart::table() const
{
    ChartTable table;
    table.head = {tr("Route"),     tr("Mode"),    m_quantileWord,
                  tr("95 % from"), tr("95 % to"), m_ratioWord.isEmpty() ? tr("Ratio") : m_ratioWord};
    const auto latency = [](qint64 ns) { return ChartValue{latencyText(ns), static_cast<double>(ns)}; };
    const ChartValue none{QStringLiteral("–"), 0};
    for (const Row &row : m_rows) {
        for (const Mark &mark : row.marks) {
            table.rows.push_back({{row.route, {}},
                                  {lookOf(mark.id).word, {}},
                                  latency(mark.value),
                                  mark.interval ? latency(mark.interval->lo) : none,
                                  mark.interval ? latency(mark.interval->hi) : none,
                                  row.ratio ? ChartValue{ratioText(*row.ratio), *row.ratio} : none});
        }
    }
    return table;
}

void DumbbellChart::selectRoute(const QString &route)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].route == route)
            select(static_cast<int>(i));
    }
}

QString DumbbellChart::selectedRoute() const
{
    return m_rows.empty() ? QString() : m_rows[static_cast<std::size_t>(m_selected)].route;
}

QStringList DumbbellChart::routes() const
{
    QStringList names;
    for (const Row &row : m_rows)
        names << row.route;
    return names;
}

void DumbbellChart::select(int row)
{
    const int wanted = std::clamp(row, 0, std::max(0, static_cast<int>(m_rows.size()) - 1));
    if (m_rows.empty() || wanted == m_selected)
        return;
    m_selected = wanted;
    m_picked = true;
    describe();
    viewport()->update();
    Q_EMIT routeSelected(selectedRoute());
}

void DumbbellChart::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up:
        select(m_selected - 1);
        return;
    case Qt::Key_Down:
        select(m_selected + 1);
        return;
    case Qt::Key_Home:
        select(0);
        return;
    case Qt::Key_End:
        select(static_cast<int>(m_rows.size()) - 1);
        return;
    default:
        event->ignore();
    }
}

void DumbbellChart::mousePressEvent(QMouseEvent *event)
{
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        if (rowRect(row).contains(event->position()))
            select(row);
    }
    setFocus(Qt::MouseFocusReason);
}

void DumbbellChart::focusInEvent(QFocusEvent *event)
{
    LatencyChartView::focusInEvent(event);
    viewport()->update();
}

void DumbbellChart::focusOutEvent(QFocusEvent *event)
{
    LatencyChartView::focusOutEvent(event);
    viewport()->update();
}

} // namespace rollcall::charts
