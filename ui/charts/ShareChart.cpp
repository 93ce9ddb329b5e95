#include "ui/charts/ShareChart.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/probe/DrawnCells.h"
#include "core/probe/RunSlice.h"
#include "ui/charts/ChartPalette.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::charts {

using common::ColorToken;
using probe::CellResult;

namespace {

constexpr QMargins margins(56, 12, 28, 26);
constexpr int points = 240; ///< of a line, and stops of the cursor
constexpr int gridLines = 4;

/// "99.8 %"; 100 % and 0 % are said only where they are true.
QString shareText(const probe::ShareCurve &curve, std::size_t index)
{
    const double percent = 100 * curve.share(index);
    const double shown = curve.within[index] == curve.total ? percent
                         : curve.within[index] == 0         ? 0
                                                            : std::clamp(percent, 0.01, 99.99);
    const int decimals = shown == 100 || shown == 0 ? 0 : shown > 99.9 || shown < 0.1 ? 2 : 1;
    return percentText(shown, decimals);
}

/// "66.7 %, n 3": a share of few says little.
QString shareOfText(const probe::ShareCurve &curve, std::size_t index)
{
    return ShareChart::tr("%1, n %2").arg(shareText(curve, index), QLocale().toString(curve.total));
}

} // namespace

ShareChart::ShareChart(const common::Theme &theme, QWidget *parent) : PaintedChart(theme, margins, parent)
{
    setObjectName(QStringLiteral("shareChart"));
    setAccessibleName(tr("Share of answers within a time"));
    dataChanged();
}

void ShareChart::show(const probe::RunDocument &document, const QString &route)
{
    m_curves.clear();
    m_budgets.clear();
    m_limits.clear();
    m_tableLimits.clear();
    m_leftOut = 0;
    std::vector<const CellResult *> cells;
    double least = std::numeric_limits<double>::max();
    double most = 0;
    for (const CellResult &cell : document.cells) {
        if (cell.id.route != route || cell.id.cache == probe::CachePath::Miss || !isDrawn(document, cell) ||
            !cell.response.min)
            continue;
        cells.push_back(&cell);
        m_leftOut += cell.count - cell.ok - cell.censored;
        least = std::min(least, static_cast<double>(*cell.response.min));
        most = std::max(most, static_cast<double>(*cell.response.max));
    }
    m_axis = cells.empty() ? LatencyAxis() : LatencyAxis::around(least, most, m_scale);
    for (int i = 0; i <= points; ++i)
        m_limits.push_back(std::max(1.0, m_axis.at(static_cast<double>(i) / points)));
    for (const double tick : m_axis.ticks()) {
        if (tick > 0)
            m_tableLimits.push_back(tick);
    }
    for (const double tick : m_axis.minorTicks()) {
        const double leading = std::round(tick / std::pow(10, std::floor(std::log10(tick) + 1e-9)));
        if (leading == 2 || leading == 5)
            m_tableLimits.push_back(tick);
    }
    for (const probe::BudgetResult &result : document.budgets) {
        const auto limit = static_cast<double>(result.budget.limit.count());
        if (result.route != route || !probe::probabilityOf(result.budget.measure))
            continue;
        m_budgets.push_back(
            {tr("%1 budget, %2 ≤ %3")
                 .arg(lookOf({route, result.budget.mode, {}}).word, probe::measureName(result.budget.measure),
                      common::durationText(result.budget.limit)),
             limit});
        m_tableLimits.push_back(limit);
    }
    std::ranges::sort(m_tableLimits);
    // Not ranges::unique: clang 14 does not take libstdc++'s subrange.
    m_tableLimits.erase(std::unique(m_tableLimits.begin(), m_tableLimits.end()), m_tableLimits.end());
    const qint64 timeoutNs = timeoutNsOf(document);
    for (const CellResult *cell : cells)
        m_curves.push_back(
            {cell->id, shareCurve(*cell, timeoutNs, m_limits), shareCurve(*cell, timeoutNs, m_tableLimits)});
    if (!m_curves.empty() && cursor() < 0)
        setCursorStop(points / 2);
    dataChanged();
}

QString ShareChart::nothing() const
{
    return m_curves.empty() ? tr("Nothing is measured yet.") : QString();
}

double ShareChart::shareOf(int stop) const
{
    return static_cast<double>(stop) / points;
}

double ShareChart::placeOf(double ns) const
{
    return m_axis.shareOf(ns);
}

qreal ShareChart::yAt(double share) const
{
    return plot().bottom() - share * plot().height();
}

QString ShareChart::limitText(int stop) const
{
    return latencyText(std::llround(m_limits[static_cast<std::size_t>(std::max(0, stop))]));
}

void ShareChart::paintAxes(QPainter &painter) const
{
    for (int i = 0; i <= gridLines; ++i)
        paintGridLine(painter, yAt(static_cast<double>(i) / gridLines), percentText(100.0 * i / gridLines, 0), i == 0);
    for (const double tick : m_axis.ticks())
        paintTick(painter, placeOf(tick), tickLabel(tick), true);
    if (windowTo() - windowFrom() < 0.5) { // zoomed in, decades lie too far apart to read by
        for (const double tick : m_axis.minorTicks()) {
            const int leading = static_cast<int>(std::lround(tick / std::pow(10, std::floor(std::log10(tick) + 1e-9))));
            paintTick(painter, placeOf(tick), leading == 2 || leading == 5 ? tickLabel(tick) : QString(), false);
        }
    }
}

void ShareChart::paintMarks(QPainter &painter) const
{
    const QRectF area = plot();
    qreal words = area.bottom() - 20; // a line each, so that none lies over another
    for (const BudgetLine &budget : m_budgets) {
        const double place = placeOf(budget.limitNs);
        if (place < windowFrom() || place > windowTo())
            continue;
        const qreal x = xAt(place);
        QPen pen(theme().color(ColorToken::Text), 1);
        pen.setDashPattern({2, 3});
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(pen);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        const qreal width = painter.fontMetrics().horizontalAdvance(budget.words) + 4;
        const qreal left = x + 4 + width <= area.right() ? x + 4 : x - 4 - width;
        painter.drawText(QRectF(left, words, width, 16), Qt::AlignLeft | Qt::AlignVCenter, budget.words);
        words -= 17;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Curve &curve : m_curves) {
        QPolygonF line;
        for (std::size_t i = 0; i < m_limits.size(); ++i)
            line << QPointF(xAt(shareOf(static_cast<int>(i))), yAt(curve.shares.share(i)));
        painter.setPen(penOf(theme(), lookOf(curve.id), 2));
        painter.drawPolyline(line);
    }
    if (cursor() < 0)
        return;
    for (const Curve &curve : m_curves) {
        const auto stop = static_cast<std::size_t>(cursor());
        drawMarker(painter, theme(), lookOf(curve.id), {xAt(shareOf(cursor())), yAt(curve.shares.share(stop))}, 8);
    }
}

void ShareChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    for (const Curve &curve : m_curves) {
        rows.push_back(
            {curve.id, lookOf(curve.id).word, shareOfText(curve.shares, static_cast<std::size_t>(cursor()))});
    }
    paintBox(painter, tr("Within %1").arg(limitText(cursor())), rows);
}

std::vector<probe::CellId> ShareChart::modes() const
{
    std::vector<probe::CellId> ids;
    for (const Curve &curve : m_curves)
        ids.push_back({{}, curve.id.mode, curve.id.cache});
    return ids;
}

QString ShareChart::remark() const
{
    if (m_curves.empty())
        return {};
    const QString timeouts = tr("timeouts: not answered");
    return m_leftOut == 0 ? timeouts : tr("%1; other errors left out: %2").arg(timeouts, QLocale().toString(m_leftOut));
}

QString ShareChart::sentence() const
{
    if (m_curves.empty())
        return nothing();
    QStringList parts;
    for (const Curve &curve : m_curves) {
        parts << tr("%1 %2").arg(lookOf(curve.id).word,
                                 shareOfText(curve.shares, static_cast<std::size_t>(std::max(0, cursor()))));
    }
    return tr("Answered within %1: %2.").arg(limitText(cursor()), parts.join(QStringLiteral("; ")));
}

ChartTable ShareChart::table() const
{
    ChartTable table;
    table.head = {tr("Mode"), tr("Within"), tr("Share"), tr("95 % from"), tr("95 % to"), tr("Answers")};
    const auto percent = [](double share) { return ChartValue{percentText(100 * share, 1), share}; };
    for (const Curve &curve : m_curves) {
        for (std::size_t i = 0; i < m_tableLimits.size() && curve.rows.total > 0; ++i) {
            const probe::ShareInterval interval = probe::wilson(curve.rows.within[i], curve.rows.total);
            table.rows.push_back(
                {{lookOf(curve.id).word, {}},
                 {latencyText(std::llround(m_tableLimits[i])), m_tableLimits[i]},
                 {shareText(curve.rows, i), curve.rows.share(i)},
                 percent(interval.lo),
                 percent(interval.hi),
                 {QLocale().toString(curve.rows.within[i]), static_cast<double>(curve.rows.within[i])}});
        }
    }
    return table;
}

} // namespace rollcall::charts
