#include "ui/charts/RevocationChart.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "core/probe/Quantiles.h"
#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;

namespace {

constexpr QMargins margins(56, 28, 28, 44);
constexpr int points = 120; ///< stops of the cursor
constexpr int gridLines = 4;
constexpr int bandAlpha = 50;
constexpr double second = 1e9; ///< ns

QString timeText(double seconds)
{
    return seconds <= 0 ? RevocationChart::tr("0 s") : latencyText(std::llround(seconds * second));
}

QString percentText(double share)
{
    return QLocale().toString(100 * share, 'f', share > 0 && share < 1 ? 1 : 0) + QStringLiteral(" %");
}

} // namespace

int RevocationChart::Curve::acceptedAfter(double seconds) const
{
    const auto refused = std::upper_bound(windows.begin(), windows.end(), seconds) - windows.begin();
    return trials - static_cast<int>(refused);
}

/// "12.5 % (4.1–31 %), n 20".
QString RevocationChart::Curve::textAfter(double seconds) const
{
    const int accepted = acceptedAfter(seconds);
    const probe::ShareInterval interval = probe::wilson(accepted, trials);
    return tr("%1 (%2–%3), n %4")
        .arg(percentText(static_cast<double>(accepted) / trials), QLocale().toString(100 * interval.lo, 'f', 0),
             QLocale().toString(100 * interval.hi, 'f', 0), QLocale().toString(trials));
}

RevocationChart::RevocationChart(const common::Theme &theme, QWidget *parent) : PaintedChart(theme, margins, parent)
{
    setObjectName(QStringLiteral("revocationChart"));
    setAccessibleName(tr("Share of revoked sessions that are still accepted"));
    dataChanged();
}

void RevocationChart::show(const std::vector<probe::PropagationCell> &cells, std::chrono::nanoseconds ttl)
{
    m_curves.clear();
    m_ttl = std::chrono::duration<double>(ttl).count();
    double latest = m_ttl;
    for (const probe::PropagationCell &cell : cells) {
        if (cell.figures.trials == 0)
            continue;
        Curve curve{{{}, cell.arm.mode, {}}, {}, cell.figures.trials};
        for (const double windowMs : cell.figures.windowsMs)
            curve.windows.push_back(windowMs / 1e3);
        if (!curve.windows.empty())
            latest = std::max(latest, curve.windows.back());
        m_curves.push_back(std::move(curve));
    }
    // As far as something happens, and a little beyond.
    m_axis = LatencyAxis::around(0, 1.1 * latest * second, LatencyScale::Linear);
    if (!m_curves.empty() && cursor() < 0)
        setCursorStop(points / 2);
    dataChanged();
}

QString RevocationChart::nothing() const
{
    return m_curves.empty() ? tr("Nothing is measured yet.") : QString();
}

int RevocationChart::stops() const
{
    return m_curves.empty() ? 0 : points + 1;
}

double RevocationChart::shareOf(int stop) const
{
    return static_cast<double>(stop) / points;
}

double RevocationChart::secondsAt(int stop) const
{
    return m_axis.at(shareOf(std::max(0, stop))) / second;
}

qreal RevocationChart::xOf(double seconds) const
{
    return xAt(m_axis.shareOf(seconds * second));
}

qreal RevocationChart::yAt(double share) const
{
    return plot().bottom() - share * plot().height();
}

void RevocationChart::paintAxes(QPainter &painter) const
{
    for (int i = 0; i <= gridLines; ++i)
        paintGridLine(painter, yAt(static_cast<double>(i) / gridLines), tr("%1 %").arg(100 * i / gridLines), i == 0);
    for (const double tick : m_axis.ticks())
        paintTick(painter, m_axis.shareOf(tick), tickLabel(tick), true);
    const QRectF area = plot();
    painter.setPen(theme().color(ColorToken::Muted));
    painter.drawText(QRectF(area.left(), area.bottom() + 22, area.width(), 18), Qt::AlignCenter,
                     tr("time since the revocation was acknowledged"));
    painter.drawText(QRectF(8, 2, 260, 16), Qt::AlignLeft | Qt::AlignVCenter, tr("still accepted"));
}

void RevocationChart::paintCurve(QPainter &painter, const Curve &curve) const
{
    const ModeLook look = lookOf(curve.id);
    QPolygonF line;
    QPolygonF upper;
    QPolygonF lower;
    const auto step = [&](double from, double to) {
        const int accepted = curve.acceptedAfter(from);
        const probe::ShareInterval interval = probe::wilson(accepted, curve.trials);
        for (const double seconds : {from, to}) {
            const qreal x = xOf(seconds);
            line << QPointF(x, yAt(static_cast<double>(accepted) / curve.trials));
            upper << QPointF(x, yAt(interval.hi));
            lower << QPointF(x, yAt(interval.lo));
        }
    };
    double from = 0;
    for (const double window : curve.windows) {
        step(from, window);
        from = window;
    }
    step(from, m_axis.hi / second);
    std::reverse(lower.begin(), lower.end());
    QColor band = theme().color(look.color);
    band.setAlpha(bandAlpha);
    painter.setPen(Qt::NoPen);
    painter.setBrush(band);
    painter.drawPolygon(upper + lower);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(penOf(theme(), look, 2));
    painter.drawPolyline(line);
}

void RevocationChart::paintMarks(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Curve &curve : m_curves)
        paintCurve(painter, curve);
    if (m_ttl > 0) {
        const QRectF area = plot();
        const qreal x = xOf(m_ttl);
        QPen pen(theme().color(ColorToken::Text), 1);
        pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        const QString words = tr("TTL %1").arg(timeText(m_ttl));
        const qreal width = painter.fontMetrics().horizontalAdvance(words) + 4;
        painter.drawText(QRectF(x - 4 - width, area.center().y(), width, 16), Qt::AlignRight | Qt::AlignVCenter, words);
    }
    if (cursor() < 0)
        return;
    for (const Curve &curve : m_curves) {
        const double share = static_cast<double>(curve.acceptedAfter(secondsAt(cursor()))) / curve.trials;
        drawMarker(painter, theme(), lookOf(curve.id), {xAt(shareOf(cursor())), yAt(share)}, 8);
    }
}

void RevocationChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    for (const Curve &curve : m_curves)
        rows.push_back({curve.id, lookOf(curve.id).word, curve.textAfter(secondsAt(cursor()))});
    paintBox(painter, tr("After %1").arg(timeText(secondsAt(cursor()))), rows);
}

std::vector<probe::CellId> RevocationChart::modes() const
{
    std::vector<probe::CellId> ids;
    for (const Curve &curve : m_curves)
        ids.push_back(curve.id);
    return ids;
}

QString RevocationChart::remark() const
{
    return m_curves.empty() ? QString() : tr("middles of last acceptance and refusal · band: 95 % CI");
}

QString RevocationChart::sentence() const
{
    if (m_curves.empty())
        return nothing();
    QStringList parts;
    for (const Curve &curve : m_curves)
        parts << tr("%1 %2").arg(lookOf(curve.id).word, curve.textAfter(secondsAt(cursor())));
    return tr("Still accepted %1 after the revocation: %2.")
        .arg(timeText(secondsAt(cursor())), parts.join(QStringLiteral("; ")));
}

ChartTable RevocationChart::table() const
{
    ChartTable table;
    table.head = {tr("Mode"), tr("After"), tr("Still accepted"), tr("95 % from"), tr("95 % to"), tr("Trials")};
    for (const Curve &curve : m_curves) {
        for (const double tick : m_axis.ticks()) {
            const double seconds = tick / second;
            const int accepted = curve.acceptedAfter(seconds);
            const double share = static_cast<double>(accepted) / curve.trials;
            const probe::ShareInterval interval = probe::wilson(accepted, curve.trials);
            table.rows.push_back({{lookOf(curve.id).word, {}},
                                  {timeText(seconds), seconds},
                                  {percentText(share), share},
                                  {percentText(interval.lo), interval.lo},
                                  {percentText(interval.hi), interval.hi},
                                  {QLocale().toString(curve.trials), static_cast<double>(curve.trials)}});
        }
    }
    return table;
}

} // namespace rollcall::charts
