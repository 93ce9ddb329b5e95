#include "ui/charts/ChartPalette.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <cmath>
#include <numbers>

namespace rollcall::charts {

using common::ColorToken;
using probe::ProbeMode;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ChartPalette", text);
}

QString cachedWord(const probe::CellId &id)
{
    return id.cache == probe::CachePath::Miss ? tr("Cached, miss") : tr("Cached, hit");
}

QPolygonF regular(QPointF centre, qreal radius, int corners)
{
    QPolygonF polygon;
    for (int i = 0; i < corners; ++i) {
        const qreal angle = 2 * std::numbers::pi * i / corners - std::numbers::pi / 2;
        polygon << centre + QPointF(std::cos(angle), std::sin(angle)) * radius;
    }
    return polygon;
}

QPainterPath shapeOf(Marker marker, QPointF centre, qreal size)
{
    const qreal radius = size / 2;
    QPainterPath path;
    switch (marker) {
    case Marker::Circle:
        path.addEllipse(centre, radius, radius);
        break;
    case Marker::Square:
        path.addRect(QRectF(centre.x() - radius + 0.5, centre.y() - radius + 0.5, size - 1, size - 1));
        break;
    case Marker::Triangle:
        path.addPolygon(regular(centre + QPointF(0, 0.5), radius + 1, 3));
        path.closeSubpath();
        break;
    case Marker::Diamond:
        path.addPolygon(regular(centre, radius + 1, 4));
        path.closeSubpath();
        break;
    case Marker::Pentagon:
        path.addPolygon(regular(centre, radius + 0.5, 5));
        path.closeSubpath();
        break;
    case Marker::Tick:
        path.addRect(QRectF(centre.x() - 1, centre.y() - radius - 3, 2, size + 6));
        break;
    }
    return path;
}

} // namespace

ModeLook lookOf(const probe::CellId &id)
{
    switch (id.mode) {
    case ProbeMode::Local:
        return {tr("Local"), ColorToken::ModeLocal, {}, Marker::Circle};
    case ProbeMode::Proxy:
        return {tr("Proxy"), ColorToken::ModeProxy, {7, 4}, Marker::Square};
    case ProbeMode::Cached:
    case ProbeMode::CachedMemory:
        return {cachedWord(id), ColorToken::ModeMemory, {2, 3}, Marker::Triangle};
    case ProbeMode::CachedRedis:
        return {cachedWord(id), ColorToken::ModeRedis, {4, 2}, Marker::Triangle};
    case ProbeMode::CachedUpstash:
        return {cachedWord(id), ColorToken::ModeUpstash, {5, 2, 1, 2}, Marker::Diamond};
    case ProbeMode::Route:
        return {tr("Whole route"), ColorToken::Bar, {10, 3}, Marker::Pentagon};
    case ProbeMode::Floor:
        return {tr("Network floor"), ColorToken::ModeFloor, {1.5, 3}, Marker::Tick};
    }
    return {};
}

QString wordOf(const probe::CellId &id)
{
    QStringList parts{lookOf(id).word};
    if (id.cookie == probe::CookieState::None)
        parts << tr("no cookie");
    else if (id.cookie == probe::CookieState::Garbage)
        parts << tr("unknown cookie");
    if (id.cold)
        parts << tr("cold");
    return parts.join(QStringLiteral(", "));
}

QPen penOf(const common::Theme &theme, const ModeLook &look, qreal width)
{
    QPen pen(theme.color(look.color), width);
    pen.setCapStyle(Qt::FlatCap);
    if (!look.dash.isEmpty()) {
        QVector<qreal> dash; // QPen counts in pen widths
        for (const qreal part : look.dash)
            dash << part / width;
        pen.setDashPattern(dash);
    }
    return pen;
}

void drawMarker(QPainter &painter, const common::Theme &theme, const ModeLook &look, QPointF centre, qreal size,
                bool hollow)
{
    const QPainterPath shape = shapeOf(look.marker, centre, hollow ? size - 1.5 : size);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hollow ? QPen(theme.color(look.color), 1.5) : QPen(Qt::NoPen));
    painter.setBrush(theme.color(hollow ? ColorToken::Raised : look.color));
    painter.drawPath(shape);
}

void drawSample(QPainter &painter, const common::Theme &theme, const ModeLook &look, const QRectF &rect, bool hollow)
{
    const QPointF centre(rect.left() + sampleWidth / 2.0, rect.center().y());
    painter.setRenderHint(QPainter::Antialiasing);
    if (look.marker != Marker::Tick) {
        painter.setPen(penOf(theme, look, 2));
        painter.drawLine(QPointF(rect.left(), centre.y()), QPointF(rect.left() + sampleWidth, centre.y()));
    }
    drawMarker(painter, theme, look, centre, 8, hollow);
}

} // namespace rollcall::charts
