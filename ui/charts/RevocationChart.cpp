#include "ui/charts/RevocationChart.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;

namespace {

constexpr QMargins margins(56, 28, 28, 44);
constexpr int points = 120; ///< stops of the cursor
constexpr int gridLines = 4;
constexpr int bandAlpha = 50;
constexpr double millisecond = 1e6; ///< ns
constexpr qreal endBar = 7;         ///< half the height of what ends a curve

QString timeText(double ms)
{
    return ms <= 0 ? RevocationChart::tr("0 s") : latencyText(std::llround(ms * millisecond));
}

QString shareText(double share)
{
    return percentText(100 * share, share > 0 && share < 1 ? 1 : 0);
}

} // namespace

std::optional<probe::SurvivalCurve::Point> RevocationChart::Curve::after(double ms) const
{
    return accepted.at(ms);
}

/// "n 20", "n 20, of which 12 have ended".
QString RevocationChart::Curve::trialsText() const
{
    const QString all = QLocale().toString(accepted.count());
    return ended < accepted.count() ? tr("n %1, of which %2 have ended").arg(all, QLocale().toString(ended))
                                    : tr("n %1").arg(all);
}

/// "12.5 % (4.1–31 %), n 20".
QString RevocationChart::Curve::textAfter(double ms) const
{
    const auto point = after(ms);
    if (!point)
        return tr("not watched so long, %1").arg(trialsText());
    return tr("%1 (%2–%3), %4")
        .arg(shareText(point->share), QLocale().toString(100 * point->interval.lo, 'f', 0),
             QLocale().toString(100 * point->interval.hi, 'f', 0), trialsText());
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
    const auto known = probe::Revocations::of(cells, ttl, {});
    m_ttl = known.ttlMs;
    double latest = m_ttl;
    for (const probe::RevocationCell &cell : known.cells) {
        Curve curve{{{}, cell.mode, {}}, probe::SurvivalCurve(cell.watched), cell.ended, known.reportedTimes(cell)};
        const std::vector<double> steps = curve.accepted.stepsMs();
        latest = std::max({latest, steps.empty() ? 0 : steps.back(), curve.accepted.endMs().value_or(0)});
        m_curves.push_back(std::move(curve));
    }
    // As far as something happens, and a little beyond.
    m_axis = LatencyAxis::around(0, 1.1 * latest * millisecond, LatencyScale::Linear);
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

double RevocationChart::msAt(int stop) const
{
    return m_axis.at(shareOf(std::max(0, stop))) / millisecond;
}

qreal RevocationChart::xOf(double ms) const
{
    return xAt(m_axis.shareOf(ms * millisecond));
}

qreal RevocationChart::yAt(double share) const
{
    return plot().bottom() - share * plot().height();
}

void RevocationChart::paintAxes(QPainter &painter) const
{
    for (int i = 0; i <= gridLines; ++i)
        paintGridLine(painter, yAt(static_cast<double>(i) / gridLines), percentText(100.0 * i / gridLines, 0), i == 0);
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
        const auto point = curve.after(from);
        if (!point)
            return;
        for (const double ms : {from, to}) {
            const qreal x = xOf(ms);
            line << QPointF(x, yAt(point->share));
            upper << QPointF(x, yAt(point->interval.hi));
            lower << QPointF(x, yAt(point->interval.lo));
        }
    };
    double from = 0;
    for (const double ms : curve.accepted.stepsMs()) {
        step(from, ms);
        from = ms;
    }
    const std::optional<double> endMs = curve.accepted.endMs();
    step(from, endMs.value_or(m_axis.hi / millisecond));
    std::reverse(lower.begin(), lower.end());
    QColor band = theme().color(look.color);
    band.setAlpha(bandAlpha);
    painter.setPen(Qt::NoPen);
    painter.setBrush(band);
    painter.drawPolygon(upper + lower);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(penOf(theme(), look, 2));
    painter.drawPolyline(line);
    if (endMs && !line.isEmpty()) { // nobody knows how it goes on
        painter.setPen(QPen(theme().color(look.color), 2));
        painter.drawLine(line.back() - QPointF(0, endBar), line.back() + QPointF(0, endBar));
    }
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
        if (const auto point = curve.after(msAt(cursor())))
            drawMarker(painter, theme(), lookOf(curve.id), {xAt(shareOf(cursor())), yAt(point->share)}, 8);
    }
}

void RevocationChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    for (const Curve &curve : m_curves)
        rows.push_back({curve.id, lookOf(curve.id).word, curve.textAfter(msAt(cursor()))});
    paintBox(painter, tr("After %1").arg(timeText(msAt(cursor()))), rows);
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
    return m_curves.empty() ? QString()
                            : tr("middles of last acceptance and refusal · band: 95 % CI · bar: watched no longer");
}

QString RevocationChart::sentence() const
{
    if (m_curves.empty())
        return nothing();
    QStringList parts;
    for (const Curve &curve : m_curves)
        parts << tr("%1 %2").arg(lookOf(curve.id).word, curve.textAfter(msAt(cursor())));
    return tr("Still accepted %1 after the revocation: %2.")
        .arg(timeText(msAt(cursor())), parts.join(QStringLiteral("; ")));
}

ChartTable RevocationChart::table() const
{
    ChartTable table;
    table.head = {tr("Mode"), tr("After"), tr("Still accepted"), tr("95 % from"), tr("95 % to"), tr("Trials")};
    for (const Curve &curve : m_curves) {
        for (const double ms : curve.reported) {
            std::vector<ChartValue> row{{lookOf(curve.id).word, {}}, {timeText(ms), ms / 1e3}};
            if (const auto point = curve.after(ms)) {
                for (const double share : {point->share, point->interval.lo, point->interval.hi})
                    row.push_back({shareText(share), share});
            } else {
                row.insert(row.end(), {{tr("not watched so long"), {}}, {}, {}});
            }
            row.push_back({curve.trialsText(), static_cast<double>(curve.accepted.count())});
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

} // namespace rollcall::charts
