#include "ui/charts/TradeoffChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/charts/ChartPalette.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::charts {

using common::ColorToken;
using common::FontToken;
using probe::TradeoffModel;

namespace {

constexpr QMargins margins(56, 28, 28, 44);
constexpr double shortest = 0.1; ///< s, the left end of the axis
constexpr double longest = 7200;
constexpr double quantile = 0.95;
constexpr int steps = 120; ///< of a line
/// Rates of requests that get a line of their own. **Source:** facts/latency-method.md §4.2.
constexpr double rates[] = {0.005, 1.0 / 60, 0.05, 0.2, 1, 5};
constexpr double ticks[] = {0.1, 1, 10, 60, 600, 3600};

double shareOfSeconds(double seconds)
{
    return std::clamp(std::log(std::max(shortest, seconds) / shortest) / std::log(longest / shortest), 0.0, 1.0);
}

QString shareText(double share)
{
    return percentText(100 * share, share > 0.999 || share < 0.01 ? 2 : share > 0.99 ? 1 : 0);
}

} // namespace

QString secondsText(double seconds)
{
    if (seconds <= 0)
        return TradeoffChart::tr("0 s");
    return common::durationText(std::chrono::nanoseconds(static_cast<qint64>(seconds * 1e9)));
}

QString rateText(double perSecond)
{
    if (perSecond >= 0.999)
        return TradeoffChart::tr("%1 a second").arg(QLocale().toString(perSecond, 'g', 3));
    return TradeoffChart::tr("%1 a minute").arg(QLocale().toString(perSecond * 60, 'g', 3));
}

TradeoffChart::TradeoffChart(const common::Theme &theme, QWidget *parent) : PaintedChart(theme, margins, parent)
{
    setObjectName(QStringLiteral("tradeoffChart"));
    setAccessibleName(tr("Database calls saved against the time until a revocation holds"));
    show(m_use);
}

const std::vector<double> &TradeoffChart::ttls()
{
    static const std::vector<double> seconds{1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600};
    return seconds;
}

void TradeoffChart::show(const CacheUse &use)
{
    m_use = use;
    const auto nearest = std::min_element(ttls().begin(), ttls().end(), [&](double a, double b) {
        return std::abs(a - use.ttl) < std::abs(b - use.ttl);
    });
    setCursorStop(static_cast<int>(nearest - ttls().begin()));
    dataChanged();
}

void TradeoffChart::setMeasured(std::vector<MeasuredWindow> measured)
{
    m_measured = std::move(measured);
    dataChanged();
}

TradeoffModel TradeoffChart::model(double rate, double ttl) const
{
    return TradeoffModel::poisson(rate, ttl, m_use.instances);
}

double TradeoffChart::shareOf(int stop) const
{
    return shareOfSeconds(model(m_use.rate, ttls()[static_cast<std::size_t>(stop)]).windowQuantile(quantile));
}

QPointF TradeoffChart::at(double rate, double ttl) const
{
    const QRectF area = plot();
    const TradeoffModel there = model(rate, ttl);
    return {xAt(shareOfSeconds(there.windowQuantile(quantile))), area.bottom() - there.hitRatio() * area.height()};
}

void TradeoffChart::keyPressEvent(QKeyEvent *event)
{
    const int before = cursor();
    PaintedChart::keyPressEvent(event);
    if (cursor() != before)
        Q_EMIT ttlChosen(cursor());
}

void TradeoffChart::mousePressEvent(QMouseEvent *event)
{
    PaintedChart::mousePressEvent(event);
    Q_EMIT ttlChosen(cursor());
}

void TradeoffChart::paintAxes(QPainter &painter) const
{
    const QRectF area = plot();
    for (int percent = 0; percent <= 100; percent += 25)
        paintGridLine(painter, area.bottom() - area.height() * percent / 100, percentText(percent, 0));
    for (const double seconds : ticks)
        paintTick(painter, shareOfSeconds(seconds), seconds == shortest ? tr("none") : secondsText(seconds), true);
    painter.setPen(theme().color(ColorToken::LineStrong));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(theme().color(ColorToken::Muted));
    painter.drawText(QRectF(area.left(), area.bottom() + 22, area.width(), 18), Qt::AlignCenter,
                     tr("time until 95 % of revocations hold everywhere"));
    painter.drawText(QRectF(8, 2, 260, 16), Qt::AlignLeft | Qt::AlignVCenter, tr("database calls saved"));
}

void TradeoffChart::paintMarks(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    const auto line = [this](double rate) {
        QPolygonF points;
        for (int i = 0; i <= steps; ++i)
            points << at(rate, std::pow(3600.0, static_cast<double>(i) / steps));
        return points;
    };
    for (const double rate : rates) {
        painter.setPen(QPen(theme().color(ColorToken::BarOff), 1));
        painter.drawPolyline(line(rate));
        const QPointF dot = at(rate, m_use.ttl);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme().color(ColorToken::BarOff));
        painter.drawEllipse(dot, 3, 3);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(theme().color(ColorToken::Muted));
        // At the left of the dot, over its line: to the right the lines run together.
        painter.drawText(QRectF(dot.x() - 116, dot.y() - 17, 110, 15), Qt::AlignRight | Qt::AlignVCenter,
                         rateText(rate));
    }
    painter.setPen(QPen(theme().color(ColorToken::ModeLocal), 2));
    painter.drawPolyline(line(m_use.rate));
    painter.setPen(QPen(theme().color(ColorToken::Raised), 2));
    painter.setBrush(theme().color(ColorToken::ModeLocal));
    painter.drawEllipse(at(m_use.rate, m_use.ttl), 6, 6);
    for (const MeasuredWindow &each : m_measured) {
        const ModeLook look = lookOf(each.id);
        const QPointF ring(xAt(shareOfSeconds(each.seconds)), plot().bottom() - each.saved * plot().height());
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().color(look.color), 2));
        painter.drawEllipse(ring, 8, 8);
        drawMarker(painter, theme(), look, ring, 7);
    }
}

void TradeoffChart::paintReadOut(QPainter &painter) const
{
    const QRectF area = plot();
    painter.setFont(theme().font(FontToken::Caption));
    painter.setPen(theme().color(ColorToken::Text));
    const QString words = tr("%1, TTL %2").arg(rateText(m_use.rate), secondsText(m_use.ttl));
    const qreal width = painter.fontMetrics().horizontalAdvance(words) + 4;
    const QPointF dot = at(m_use.rate, m_use.ttl);
    const qreal left = dot.x() + 12 + width < area.right() ? dot.x() + 12 : dot.x() - 12 - width;
    // Below the line, or over it where the axis has its words there.
    const qreal top = dot.y() + 19 < area.bottom() ? dot.y() + 3 : dot.y() - 27;
    painter.fillRect(QRectF(left - 2, top, width + 2, 16), theme().color(ColorToken::Raised));
    painter.drawText(QRectF(left, top, width, 16), Qt::AlignLeft | Qt::AlignVCenter, words);
}

QString TradeoffChart::sentence() const
{
    const TradeoffModel now = model(m_use.rate, m_use.ttl);
    QStringList rings;
    for (const MeasuredWindow &each : m_measured)
        rings << tr("%1 %2").arg(lookOf(each.id).word, secondsText(each.seconds));
    const QString modelled =
        tr("With a time to live of %1 and requests at %2, %3 of the database calls are saved, and a revoked session is "
           "refused after %4 in 95 of 100 cases, after %5 at the latest.")
            .arg(secondsText(m_use.ttl), rateText(m_use.rate), shareText(now.hitRatio()),
                 secondsText(now.windowQuantile(quantile)), secondsText(m_use.ttl));
    return rings.isEmpty()
               ? modelled
               : modelled + QLatin1Char(' ') +
                     tr("Measured, midway between the last acceptance seen and the first refusal, 95 of 100: %1.")
                         .arg(rings.join(QStringLiteral(", ")));
}

ChartTable TradeoffChart::table() const
{
    ChartTable table;
    table.head = {tr("TTL"), tr("Saved"),   tr("Calls a minute"), tr("p50"),
                  tr("p95"), tr("At most"), tr("Still accepted")};
    for (const double ttl : ttls()) {
        const TradeoffModel then = model(m_use.rate, ttl);
        table.rows.push_back(
            {{secondsText(ttl), ttl},
             {shareText(then.hitRatio()), then.hitRatio()},
             {QLocale().toString(then.databaseCallsPerSecond() * 60, 'g', 3), then.databaseCallsPerSecond()},
             {secondsText(then.windowQuantile(0.5)), then.windowQuantile(0.5)},
             {secondsText(then.windowQuantile(quantile)), then.windowQuantile(quantile)},
             {secondsText(ttl), ttl},
             {QLocale().toString(then.staleAccepts(), 'g', 3), then.staleAccepts()}});
    }
    return table;
}

} // namespace rollcall::charts
