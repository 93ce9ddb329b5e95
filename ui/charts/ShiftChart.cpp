#include "ui/charts/ShiftChart.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "ui/charts/ChartPalette.h"
#include "ui/charts/LatencyAxis.h"

namespace rollcall::charts {

using common::ColorToken;
using probe::ShiftPoint;

namespace {

constexpr QMargins margins(56, 12, 28, 26);
constexpr int bandAlpha = 46;    // 18 %
constexpr int mostGridLines = 8; ///< of the ratio axis
constexpr double leftOut = 0.98; ///< labels beyond this quantile would run into the one before

QString rankText(double p)
{
    const double percent = 100 * p;
    return percentText(percent, std::abs(percent - std::round(percent)) < 1e-6 ? 0 : 1);
}

} // namespace

QString shiftText(const ShiftPoint &point)
{
    if (!point.lo || !point.hi)
        return ratioText(point.ratio);
    return QStringLiteral("%1 (%2–%3)")
        .arg(ratioText(point.ratio), ratioText(*point.lo).chopped(1), ratioText(*point.hi));
}

ShiftChart::ShiftChart(const common::Theme &theme, QWidget *parent)
    : PaintedChart(theme, margins, parent), m_why(tr("Nothing is measured yet."))
{
    setObjectName(QStringLiteral("shiftChart"));
    setAccessibleName(tr("Ratio of two modes over their percentiles"));
    dataChanged();
}

void ShiftChart::show(ShiftCurve curve)
{
    m_curve = std::move(curve);
    double least = 1;
    double most = 1;
    for (const ShiftPoint &each : m_curve.points) {
        least = std::min(least, each.lo.value_or(each.ratio));
        most = std::max(most, each.hi.value_or(each.ratio));
    }
    m_lowest = static_cast<int>(std::floor(std::log2(least)));
    m_highest = std::max(m_lowest + 1, static_cast<int>(std::ceil(std::log2(most))));
    if (m_curve.points.empty())
        m_why = tr("The two have no block in common, so there is nothing to compare.");
    else if (cursor() < 0)
        setCursorStop(stops() / 2);
    dataChanged();
}

void ShiftChart::showNothing(const QString &why)
{
    m_curve = {};
    m_why = why;
    dataChanged();
}

const ShiftPoint &ShiftChart::point(int stop) const
{
    return m_curve.points[static_cast<std::size_t>(stop)];
}

double ShiftChart::shareOf(int stop) const
{
    return point(stop).p;
}

qreal ShiftChart::yAt(double ratio) const
{
    const QRectF area = plot();
    return area.bottom() - (std::log2(ratio) - m_lowest) / (m_highest - m_lowest) * area.height();
}

void ShiftChart::paintAxes(QPainter &painter) const
{
    const int step = std::max(1, (m_highest - m_lowest + mostGridLines - 1) / mostGridLines);
    for (int power = m_lowest; power <= m_highest; power += step) {
        const double ratio = std::pow(2, power);
        const QString label = power >= 0 ? ratioText(ratio).replace(QStringLiteral(".0"), QString())
                                         : QStringLiteral("1/%1×").arg(std::llround(1 / ratio));
        paintGridLine(painter, yAt(ratio), label);
    }
    for (const ShiftPoint &each : m_curve.points)
        paintTick(painter, each.p,
                  each.p > 0.92 && each.p < leftOut ? QString() : QLocale().toString(each.p * 100, 'g', 3), false);
    const QRectF area = plot();
    painter.setPen(theme().color(ColorToken::LineStrong));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    // "No difference" is a line with words, not a colour.
    QPen one(theme().color(ColorToken::Text), 1);
    one.setDashPattern({2, 3});
    painter.setPen(one);
    painter.drawLine(QPointF(area.left(), yAt(1)), QPointF(area.right(), yAt(1)));
    const qreal side = m_highest > 0 && yAt(1) < area.bottom() - 20 ? 2 : -18;
    painter.drawText(QRectF(area.left() + 6, yAt(1) + side, area.width() - 12, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("1×: no difference"));
}

void ShiftChart::paintMarks(QPainter &painter) const
{
    const ModeLook look = lookOf(m_curve.a);
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF line;
    QPolygonF band;
    for (const ShiftPoint &each : m_curve.points) {
        line << QPointF(xAt(each.p), yAt(each.ratio));
        if (each.hi)
            band << QPointF(xAt(each.p), yAt(*each.hi));
    }
    for (auto each = m_curve.points.rbegin(); each != m_curve.points.rend(); ++each) {
        if (each->lo)
            band << QPointF(xAt(each->p), yAt(*each->lo));
    }
    QColor soft = theme().color(look.color);
    soft.setAlpha(bandAlpha);
    painter.setPen(Qt::NoPen);
    painter.setBrush(soft);
    painter.drawPolygon(band);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(penOf(theme(), look, 2));
    painter.drawPolyline(line);
    for (const QPointF &at : line)
        drawMarker(painter, theme(), look, at, 8);
}

void ShiftChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    const ShiftPoint &at = point(cursor());
    paintBox(painter, tr("At p%1").arg(QLocale().toString(at.p * 100, 'g', 3)),
             {{m_curve.a, tr("%1 ÷ %2").arg(lookOf(m_curve.a).word, lookOf(m_curve.b).word.toLower()), shiftText(at)}});
}

QString ShiftChart::remark() const
{
    return m_curve.points.empty() ? QString() : tr("band: 95 %, all percentiles at once");
}

QString ShiftChart::sentence() const
{
    if (m_curve.points.empty())
        return m_why;
    const ShiftPoint &at = point(std::max(0, cursor()));
    return tr("At the %1 percentile %2 takes %3 as long as %4.")
        .arg(rankText(at.p), lookOf(m_curve.a).word.toLower(), shiftText(at), lookOf(m_curve.b).word.toLower());
}

ChartTable ShiftChart::table() const
{
    ChartTable table;
    table.head = {tr("Percentile"), tr("%1 ÷ %2").arg(lookOf(m_curve.a).word, lookOf(m_curve.b).word.toLower()),
                  tr("Band from"), tr("Band to")};
    const auto bound = [](const std::optional<double> &ratio) {
        return ratio ? ChartValue{ratioText(*ratio), *ratio} : ChartValue{QStringLiteral("–"), 0};
    };
    for (const ShiftPoint &each : m_curve.points) {
        table.rows.push_back(
            {{rankText(each.p), each.p}, {ratioText(each.ratio), each.ratio}, bound(each.lo), bound(each.hi)});
    }
    return table;
}

} // namespace rollcall::charts
