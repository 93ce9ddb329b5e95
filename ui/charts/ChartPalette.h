#pragma once

#include <QPen>
#include <QVector>

#include "core/probe/Cell.h"
#include "ui/common/Theme.h"

class QPainter;

namespace rollcall::charts {

enum class Marker { Circle, Square, Triangle, Diamond, Pentagon, Tick };

/// How a mode is drawn everywhere: colour, line and marker, each of which tells it from the others alone.
struct ModeLook
{
    QString word; ///< translated: "Local", "Cached, hit"
    common::ColorToken color = common::ColorToken::ModeLocal;
    QVector<qreal> dash; ///< pixels; empty: solid
    Marker marker = Marker::Circle;
};

/// The look of @p id's mode; of a cached mode a miss has a hollow marker (see drawMarker()).
[[nodiscard]] ModeLook lookOf(const probe::CellId &id);

/// What a cell is called beside others of its mode: "Whole route", "Whole route, no cookie", "Proxy, cold".
[[nodiscard]] QString wordOf(const probe::CellId &id);

/// A pen of @p look, @p width pixels wide.
[[nodiscard]] QPen penOf(const common::Theme &theme, const ModeLook &look, qreal width);

/// Draws @p look's marker, @p size pixels across, around @p centre; @p hollow: its outline over @p ground.
void drawMarker(QPainter &painter, const common::Theme &theme, const ModeLook &look, QPointF centre, qreal size,
                bool hollow = false);

/// Draws a 32 px sample of @p look's line with its marker in the middle, in the middle of @p rect's left part.
void drawSample(QPainter &painter, const common::Theme &theme, const ModeLook &look, const QRectF &rect,
                bool hollow = false);
inline constexpr int sampleWidth = 32;

} // namespace rollcall::charts
