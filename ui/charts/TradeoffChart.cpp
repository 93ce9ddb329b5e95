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
constexpr int steps = 120;                  ///< of a line
constexpr qreal openEnd = 34;               ///< of an interval that is not bounded
constexpr double millisecondsOfOne = 1'000; ///< second
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

QString signedPercent(double percent)
{
    const QString digits = percentText(std::abs(percent), std::abs(percent) < 10 ? 1 : 0);
    return (percent < 0 ? QStringLiteral("−") : QStringLiteral("+")) + digits;
}

} // namespace

QString departureText(const probe::ModelDeparture &departure)
{
    const auto off = departure.percentOff(departure.measured.ms);
    if (!off) // a share of nothing
        return TradeoffChart::tr("%1 where the model says 0 s")
            .arg(secondsText(departure.measured.ms / millisecondsOfOne));
    const QString lo = signedPercent(*departure.percentOff(departure.loMs));
    if (!departure.hiMs)
        return TradeoffChart::tr("%1 (95 % CI %2 or more)").arg(signedPercent(*off), lo);
    return TradeoffChart::tr("%1 (95 % CI %2 to %3)")
        .arg(signedPercent(*off), lo, signedPercent(*departure.percentOff(*departure.hiMs)));
}

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

void TradeoffChart::setMeasured(std::vector<MeasuredWindow> measured, const CacheUse &asked)
{
    m_measured = std::move(measured);
    m_asked = asked;
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
    for (const MeasuredWindow &each : m_measured)
        paintMeasured(painter, each);
}

void TradeoffChart::paintMeasured(QPainter &painter, const MeasuredWindow &each) const
{
    const ModeLook look = lookOf(each.id);
    const auto place = [&](double seconds) {
        return QPointF(xAt(shareOfSeconds(seconds)), plot().bottom() - each.saved * plot().height());
    };
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().color(look.color), 2));
    if (each.off) {
        const auto end = [&](double ms) {
            painter.drawLine(place(ms / millisecondsOfOne) - QPointF(0, 4),
                             place(ms / millisecondsOfOne) + QPointF(0, 4));
        };
        end(each.off->loMs);
        if (each.off->hiMs) {
            end(*each.off->hiMs);
            painter.drawLine(place(each.off->loMs / millisecondsOfOne), place(*each.off->hiMs / millisecondsOfOne));
        } else { // how far it reaches is not known
            const QPointF tip = place(each.seconds) + QPointF(openEnd, 0);
            painter.drawLine(place(each.off->loMs / millisecondsOfOne), tip);
            painter.drawPolyline(QPolygonF{tip + QPointF(-5, -4), tip, tip + QPointF(-5, 4)});
        }
        QRectF square(0, 0, 7, 7);
        square.moveCenter(place(each.off->modelMs / millisecondsOfOne));
        painter.fillRect(square, theme().color(ColorToken::Text));
    }
    const QPointF ring = place(each.seconds);
    painter.drawEllipse(ring, 8, 8);
    drawMarker(painter, theme(), look, ring, 7);
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

QString TradeoffChart::modelSentence() const
{
    const TradeoffModel now = model(m_use.rate, m_use.ttl);
    const double window = now.windowQuantile(quantile);
    return tr("With a time to live of %1 and requests at %2, %3 of the database calls are saved, and a revoked session "
              "is refused %4 in 95 of 100 cases, after %5 at the latest.")
        .arg(secondsText(m_use.ttl), rateText(m_use.rate), shareText(now.hitRatio()),
             window > 0 ? tr("after %1").arg(secondsText(window)) : tr("at once"), secondsText(m_use.ttl));
}

QString TradeoffChart::measuredSentence() const
{
    QStringList rings;
    QStringList departures;
    for (const MeasuredWindow &each : m_measured) {
        rings << tr("%1 %2").arg(lookOf(each.id).word, secondsText(each.seconds));
        if (each.off && each.medianOff) {
            departures << tr("%1 p95 %2, median %3")
                              .arg(lookOf(each.id).word, departureText(*each.off), departureText(*each.medianOff));
        }
    }
    if (rings.isEmpty())
        return {};
    const QString measured =
        tr("Measured, midway between the last acceptance seen and the first refusal, 95 of 100: %1.")
            .arg(rings.join(QStringLiteral(", ")));
    if (std::ranges::any_of(m_measured, &MeasuredWindow::isCoarse)) {
        return measured + QLatin1Char(' ') +
               tr("Asked at %1, too rarely to be held against the model of a time to live of %2: ask twenty times in "
                  "it "
                  "at least.")
                   .arg(rateText(m_asked.rate), secondsText(m_asked.ttl));
    }
    if (departures.isEmpty())
        return measured;
    return measured + QLatin1Char(' ') +
           tr("Against the model at %1 and a time to live of %2: %3.")
               .arg(rateText(m_asked.rate), secondsText(m_asked.ttl), departures.join(QStringLiteral("; ")));
}

QString TradeoffChart::sentence() const
{
    const QString measured = measuredSentence();
    return measured.isEmpty() ? modelSentence() : modelSentence() + QLatin1Char(' ') + measured;
}

/// What was measured, below the model's lines.
void TradeoffChart::appendMeasured(ChartTable &table) const
{
    for (const MeasuredWindow &each : m_measured) {
        QStringList off;
        if (each.medianOff)
            off << tr("p50 %1").arg(departureText(*each.medianOff));
        if (each.off)
            off << tr("p95 %1").arg(departureText(*each.off));
        if (each.isCoarse)
            off << tr("asked too rarely");
        table.rows.push_back({{tr("%1, %2 measured").arg(secondsText(m_asked.ttl), lookOf(each.id).word), m_asked.ttl},
                              {shareText(each.saved), each.saved},
                              {},
                              {secondsText(each.medianSeconds), each.medianSeconds},
                              {secondsText(each.seconds), each.seconds},
                              {},
                              {},
                              {off.join(QStringLiteral("; ")), {}}});
    }
}

ChartTable TradeoffChart::table() const
{
    ChartTable table;
    table.head = {tr("TTL"), tr("Saved"),   tr("Calls a minute"), tr("p50"),
                  tr("p95"), tr("At most"), tr("Still accepted"), tr("Against the model")};
    for (const double ttl : ttls()) {
        const TradeoffModel then = model(m_use.rate, ttl);
        table.rows.push_back(
            {{secondsText(ttl), ttl},
             {shareText(then.hitRatio()), then.hitRatio()},
             {QLocale().toString(then.databaseCallsPerSecond() * 60, 'g', 3), then.databaseCallsPerSecond()},
             {secondsText(then.windowQuantile(0.5)), then.windowQuantile(0.5)},
             {secondsText(then.windowQuantile(quantile)), then.windowQuantile(quantile)},
             {secondsText(ttl), ttl},
             {QLocale().toString(then.staleAccepts(), 'g', 3), then.staleAccepts()},
             {}});
    }
    appendMeasured(table);
    return table;
}

} // namespace rollcall::charts
