#include "ui/charts/PercentileChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QtCharts/QAreaSeries>
#include <QtCharts/QLineSeries>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/probe/DrawnCells.h"
#include "ui/charts/ChartPalette.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::charts {

using common::ColorToken;
using common::FontToken;
using probe::CurvePoint;

namespace {

constexpr QMargins plotMargins(56, 8, 28, 24);
constexpr double mostNines = 3;
constexpr int steps = 120;
constexpr int bandAlpha = 46; // 18 %
constexpr int readOutWidth = 164;
constexpr double narrowest = mostNines / 16;

struct Stop
{
    double p;
    const char *label;
};
constexpr std::array<Stop, 6> stops{
    {{0, "0 %"}, {0.5, "50 %"}, {0.9, "90 %"}, {0.95, "95 %"}, {0.99, "99 %"}, {0.999, "99.9 %"}}};

double ninesOf(double p)
{
    return -std::log10(1 - p);
}

/// The first labelled percentile beyond @p nines.
const Stop *stopBeyond(double nines)
{
    const auto *at =
        std::find_if(stops.begin(), stops.end(), [&](const Stop &stop) { return ninesOf(stop.p) > nines + 1e-6; });
    return at == stops.end() ? nullptr : at;
}

} // namespace

PercentileChart::PercentileChart(const common::Theme &theme, QWidget *parent)
    : LatencyChartView(theme, Qt::Vertical, parent), m_from(0), m_to(mostNines)
{
    setObjectName(QStringLiteral("percentileChart"));
    setPlotMargins(plotMargins);
    setLinearRange(0, mostNines);
    describe();
}

void PercentileChart::show(const probe::RunDocument &document, const QString &route)
{
    m_curves.clear();
    m_budgets.clear();
    m_fewest = std::numeric_limits<qint64>::max();
    for (const probe::CellResult &cell : document.cells) {
        if (cell.id.route != route || cell.id.cache == probe::CachePath::Miss || !isDrawn(document, cell))
            continue;
        m_curves.push_back({cell.id, probe::percentileCurve(cell, steps)});
        m_fewest = std::min(m_fewest, cell.ok + cell.censored);
    }
    for (const probe::BudgetResult &result : document.budgets) {
        if (result.route == route && probe::probabilityOf(result.budget.measure)) {
            m_budgets.push_back(
                {tr("%1 budget, %2 ≤ %3")
                     .arg(lookOf({route, result.budget.mode, {}}).word, probe::measureName(result.budget.measure),
                          common::durationText(result.budget.limit)),
                 static_cast<double>(result.budget.limit.count())});
        }
    }
    if (m_curves.empty())
        m_fewest = 0;
    m_end = probe::ninesOfSamples(m_fewest);
    rebuildSeries();
    describe();
    viewport()->update();
}

void PercentileChart::rebuildSeries()
{
    removeAllSeries();
    double lowest = std::numeric_limits<double>::max();
    double highest = 0;
    for (const Curve &curve : m_curves) {
        for (const CurvePoint &point : curve.points) {
            const double upper = static_cast<double>(point.interval ? point.interval->hi : point.value);
            lowest = std::min(lowest, static_cast<double>(std::max<qint64>(1, point.value)));
            highest = std::max(highest, upper);
        }
    }
    setLatencyAxis(highest > 0 ? LatencyAxis::around(lowest, highest, latencyScale()) : LatencyAxis());
    for (const Curve &curve : m_curves) {
        QList<QPointF> line;
        QList<QPointF> lower;
        QList<QPointF> upper;
        for (const CurvePoint &point : curve.points) {
            line << QPointF(point.nines, std::max(1.0, static_cast<double>(point.value)));
            if (point.interval) {
                lower << QPointF(point.nines, std::max(1.0, static_cast<double>(point.interval->lo)));
                upper << QPointF(point.nines, std::max(1.0, static_cast<double>(point.interval->hi)));
            }
        }
        auto *low = new QLineSeries(this);
        auto *high = new QLineSeries(this);
        low->replace(lower);
        high->replace(upper);
        auto *band = new QAreaSeries(high, low);
        auto *series = new QLineSeries(this);
        series->replace(line);
        series->setName(lookOf(curve.id).word);
        addSeries(band);
        addSeries(series);
    }
    restyle();
}

void PercentileChart::restyle()
{
    const auto all = chart()->series();
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        auto *band = qobject_cast<QAreaSeries *>(all.value(static_cast<qsizetype>(2 * i)));
        auto *line = qobject_cast<QLineSeries *>(all.value(static_cast<qsizetype>(2 * i + 1)));
        if (band == nullptr || line == nullptr)
            return;
        const ModeLook look = lookOf(m_curves[i].id);
        QColor soft = theme().color(look.color);
        soft.setAlpha(bandAlpha);
        band->setVisible(m_bands);
        band->setPen(Qt::NoPen);
        band->setBrush(soft);
        line->setPen(penOf(theme(), look, 2));
    }
}

std::vector<probe::CellId> PercentileChart::modes() const
{
    std::vector<probe::CellId> ids;
    for (const Curve &curve : m_curves)
        ids.push_back({{}, curve.id.mode, curve.id.cache});
    return ids;
}

void PercentileChart::drawBackground(QPainter *painter, const QRectF &rect)
{
    painter->fillRect(rect, theme().color(ColorToken::Raised));
    paintGrid(*painter);
    paintMissing(*painter);
    paintBudgets(*painter);
}

void PercentileChart::paintGrid(QPainter &painter) const
{
    const QRectF area = plot();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(theme().font(FontToken::Small));
    const auto label = [&](const QRectF &where, int flags, const QString &text) {
        painter.setPen(theme().color(ColorToken::Muted));
        painter.drawText(where, flags, text);
    };
    for (const double tick : latencyAxis().ticks()) {
        const qreal y = latencyPosition(tick);
        painter.setPen(theme().color(ColorToken::Line));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        label(QRectF(0, y - 9, area.left() - 8, 18), Qt::AlignRight | Qt::AlignVCenter, tickLabel(tick));
    }
    for (const Stop &stop : stops) {
        if (!isInSight(ninesOf(stop.p)))
            continue;
        const qreal x = linearPosition(ninesOf(stop.p));
        painter.setPen(theme().color(ColorToken::Line));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        label(QRectF(x - 30, area.bottom() + 4, 60, 18), Qt::AlignHCenter | Qt::AlignTop,
              QString::fromUtf8(stop.label));
    }
    painter.setPen(theme().color(ColorToken::LineStrong));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
}

void PercentileChart::paintMissing(QPainter &painter) const
{
    const Stop *next = stopBeyond(m_end);
    if (next == nullptr || m_curves.empty() || m_end >= m_to)
        return;
    const QRectF area = plot();
    const qreal from = std::max(area.left(), linearPosition(m_end));
    const QRectF missing(from, area.top(), area.right() - from, area.height());
    painter.fillRect(missing, theme().color(ColorToken::Sunken));
    constexpr int wordsHeight = 50;
    qreal top = area.top() + 6;
    for (const BudgetLine &budget : m_budgets) { // their words come from the right: stay clear of them
        const qreal y = latencyPosition(budget.limitNs);
        if (y > top - 4 && y < top + wordsHeight)
            top = std::max(y, budgetWords(budget).bottom()) + 6;
    }
    painter.setFont(theme().font(FontToken::Small));
    painter.setPen(theme().color(ColorToken::Muted));
    const QString stop = QString::fromUtf8(next->label);
    const QString needed = QLocale().toString(probe::minimumSamples(next->p));
    const QRectF room = missing.adjusted(8, top - area.top(), -8, 0);
    constexpr int flags = int(Qt::AlignHCenter) | int(Qt::AlignTop) | int(Qt::TextWordWrap);
    for (const QString &words :
         {tr("%1 needs %2 samples a cell (have %3)").arg(stop, needed, QLocale().toString(m_fewest)),
          tr("%1 needs %2 samples").arg(stop, needed), tr("too few samples")}) {
        if (painter.boundingRect(room, flags, words).bottom() > readOutBox().top())
            continue; // the read-out would cover its end; how many are needed stands in the chart's table too
        painter.drawText(room, flags, words);
        return;
    }
}

/// Above its line, or below where there is no room above.
QRectF PercentileChart::budgetWords(const BudgetLine &budget) const
{
    constexpr qreal height = 16;
    const QRectF area = plot();
    const qreal y = latencyPosition(budget.limitNs);
    const qreal above = y - height - 2;
    return {area.left(), above < area.top() ? y + 2 : above, area.width() - 6, height};
}

void PercentileChart::paintBudgets(QPainter &painter) const
{
    const QRectF area = plot();
    painter.setFont(theme().font(FontToken::Small));
    for (const BudgetLine &budget : m_budgets) {
        if (budget.limitNs < latencyAxis().lo || budget.limitNs > latencyAxis().hi)
            continue;
        const qreal y = latencyPosition(budget.limitNs);
        QPen pen(theme().color(ColorToken::Text), 1);
        pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.drawText(budgetWords(budget), Qt::AlignRight | Qt::AlignVCenter, budget.words);
    }
}

void PercentileChart::drawForeground(QPainter *painter, const QRectF &rect)
{
    Q_UNUSED(rect)
    if (m_curves.empty())
        return;
    for (const Curve &curve : m_curves) {
        const ModeLook look = lookOf(curve.id);
        if (look.marker == Marker::Tick)
            continue;
        for (const Stop &stop : stops) {
            const CurvePoint *point = pointAt(curve, ninesOf(stop.p));
            if (point != nullptr && stop.p != 0.95 && isInSight(point->nines))
                drawMarker(*painter, theme(), look,
                           {linearPosition(point->nines), latencyPosition(static_cast<double>(point->value))}, 8);
        }
    }
    const qreal x = linearPosition(m_cursor);
    painter->setPen(QPen(theme().color(ColorToken::Accent), 1.5));
    painter->save();
    QRegion clear(plot().toAlignedRect().adjusted(-2, 0, 2, 0)); // but for the words of budgets
    const QFontMetricsF metrics(theme().font(FontToken::Small));
    for (const BudgetLine &budget : m_budgets) {
        QRectF words = budgetWords(budget);
        words.setLeft(words.right() - metrics.horizontalAdvance(budget.words) - 2);
        clear -= words.toAlignedRect();
    }
    painter->setClipRegion(clear, Qt::IntersectClip);
    painter->drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
    painter->restore();
    paintReadOut(*painter);
}

const CurvePoint *PercentileChart::pointAt(const Curve &curve, double nines) const
{
    if (curve.points.empty() || nines > curve.points.back().nines + 1e-6)
        return nullptr;
    const auto at =
        std::min_element(curve.points.begin(), curve.points.end(), [&](const CurvePoint &a, const CurvePoint &b) {
            return std::abs(a.nines - nines) < std::abs(b.nines - nines);
        });
    return &*at;
}

int PercentileChart::readOutLine() const
{
    return plot().height() < 160 ? 14 : 16; // a low plot has words above the box
}

QRectF PercentileChart::readOutBox() const
{
    const QRectF area = plot();
    const qreal height = 24 + readOutLine() * static_cast<qreal>(m_curves.size());
    // Where the curves have ended it covers nothing; with complete curves it keeps to the free corner below right.
    const qreal free = std::clamp(linearPosition(m_end), area.left(), area.right());
    const qreal left = area.right() - free >= readOutWidth + 8 ? free + 8 : area.right() - readOutWidth - 4;
    return {left, area.bottom() - height - 8, readOutWidth, height};
}

void PercentileChart::paintReadOut(QPainter &painter) const
{
    const int line = readOutLine();
    const QRectF box = readOutBox();
    painter.setPen(QPen(theme().color(ColorToken::LineStrong), 1));
    painter.setBrush(theme().color(ColorToken::Raised));
    painter.drawRoundedRect(box, 5, 5);
    QFont font = theme().font(FontToken::Small);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(theme().color(ColorToken::Text));
    const double percent = 100 * (1 - std::pow(10, -m_cursor));
    painter.drawText(box.adjusted(10, 4, 0, 0), Qt::AlignTop | Qt::AlignLeft,
                     tr("At p%1").arg(QLocale().toString(percent, 'g', 3)));
    painter.setFont(theme().font(FontToken::Small));
    qreal y = box.top() + 22;
    for (const Curve &curve : m_curves) {
        const CurvePoint *point = pointAt(curve, m_cursor);
        drawMarker(painter, theme(), lookOf(curve.id), {box.left() + 15, y + line / 2.0}, 7);
        painter.setPen(theme().color(ColorToken::Text));
        const QRectF row(box.left() + 26, y, box.width() - 36, line);
        painter.drawText(row, Qt::AlignVCenter | Qt::AlignLeft, lookOf(curve.id).word);
        painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight,
                         point != nullptr ? latencyText(point->value) : tr("–"));
        y += line;
    }
}

void PercentileChart::setReadOut(double p)
{
    moveTo(ninesOf(p));
}

void PercentileChart::moveTo(double nines)
{
    m_cursor = std::clamp(nines, 0.0, m_end > 0 ? m_end : mostNines);
    if (!isInSight(m_cursor)) // the window follows
        setWindow(m_cursor, m_to - m_from);
    describe();
    viewport()->update();
}

bool PercentileChart::isInSight(double nines) const
{
    return nines >= m_from - 1e-9 && nines <= m_to + 1e-9;
}

void PercentileChart::setWindow(double centre, double width)
{
    m_from = std::clamp(centre - width / 2, 0.0, mostNines - width);
    m_to = m_from + width;
    setLinearRange(m_from, m_to);
    viewport()->update();
}

void PercentileChart::zoom(double factor)
{
    setWindow(m_cursor, std::clamp((m_to - m_from) / factor, narrowest, mostNines));
}

void PercentileChart::setBands(bool shown)
{
    m_bands = shown;
    restyle();
    viewport()->update();
    Q_EMIT bandsChanged();
}

void PercentileChart::wheelEvent(QWheelEvent *event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) {
        event->ignore(); // the page scrolls
        return;
    }
    zoom(event->angleDelta().y() > 0 ? 2 : 0.5);
    event->accept();
}

void PercentileChart::keyPressEvent(QKeyEvent *event)
{
    const double step = (m_to - m_from) / 60; // as far on the screen, however far one has zoomed
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(m_cursor - step);
        return;
    case Qt::Key_Right:
        moveTo(m_cursor + step);
        return;
    case Qt::Key_Home:
        moveTo(0);
        return;
    case Qt::Key_End:
        moveTo(mostNines);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: // the same key without Shift
        zoom(2);
        return;
    case Qt::Key_Minus:
        zoom(0.5);
        return;
    case Qt::Key_0:
        setWindow(mostNines / 2, mostNines);
        return;
    case Qt::Key_B:
        setBands(!m_bands);
        return;
    default:
        event->ignore();
    }
}

void PercentileChart::mousePressEvent(QMouseEvent *event)
{
    const QRectF area = plot();
    moveTo(m_from + (event->position().x() - area.left()) / area.width() * (m_to - m_from));
    setFocus(Qt::MouseFocusReason);
}

void PercentileChart::describe()
{
    setAccessibleName(tr("Latency over percentiles"));
    setAccessibleDescription(sentence());
}

QString PercentileChart::sentence() const
{
    QStringList parts;
    for (const Curve &curve : m_curves) {
        if (const CurvePoint *point = pointAt(curve, m_cursor))
            parts << tr("%1 %2").arg(lookOf(curve.id).word, latencyText(point->value));
    }
    for (const BudgetLine &budget : m_budgets)
        parts << budget.words;
    const double percent = 100 * (1 - std::pow(10, -m_cursor));
    return m_curves.empty()
               ? tr("Nothing is measured yet.")
               : tr("At p%1: %2.").arg(QLocale().toString(percent, 'g', 3), parts.join(QStringLiteral(", ")));
}

ChartTable PercentileChart::table() const
{
    ChartTable table;
    table.head = {tr("Mode"), tr("Percentile"), tr("Latency"), tr("95 % from"), tr("95 % to")};
    const auto latency = [](qint64 ns) { return ChartValue{latencyText(ns), static_cast<double>(ns)}; };
    for (const Curve &curve : m_curves) {
        for (const Stop &stop : stops) {
            const CurvePoint *point = pointAt(curve, ninesOf(stop.p));
            if (point == nullptr) {
                table.rows.push_back(
                    {{lookOf(curve.id).word, {}},
                     {QString::fromUtf8(stop.label), stop.p},
                     {tr("needs %1 samples").arg(QLocale().toString(probe::minimumSamples(stop.p))), -1},
                     {QStringLiteral("–"), -1},
                     {QStringLiteral("–"), -1}});
                continue;
            }
            table.rows.push_back(
                {{lookOf(curve.id).word, {}},
                 {QString::fromUtf8(stop.label), stop.p},
                 latency(point->value),
                 point->interval ? latency(point->interval->lo) : ChartValue{QStringLiteral("–"), -1},
                 point->interval ? latency(point->interval->hi) : ChartValue{QStringLiteral("–"), -1}});
        }
    }
    return table;
}

} // namespace rollcall::charts
