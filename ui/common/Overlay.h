#pragma once

class QPainter;
class QRect;

namespace rollcall::common {

class Theme;

/// Paints what lies below a panel that covers a page: the scrim over @p area and the shadow of @p panel, whose upper
/// corners are square where it @p hangs from the edge above. Rounded outlines of falling strength make the shadow: a
/// QGraphicsEffect would repaint the whole panel into a pixmap.
void paintOverlay(QPainter &painter, const Theme &theme, const QRect &area, const QRect &panel, bool hangs);

} // namespace rollcall::common
