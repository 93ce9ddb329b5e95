#include "ui/common/Overlay.h"

#include <QPainter>

#include "ui/common/Theme.h"

namespace rollcall::common {

namespace {

constexpr int shadowWidth = 16;
constexpr int shadowStep = 2;

} // namespace

void paintOverlay(QPainter &painter, const Theme &theme, const QRect &area, const QRect &panel, bool hangs)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(area, theme.color(ColorToken::Scrim));
    painter.setPen(Qt::NoPen);
    QColor shade = theme.color(ColorToken::Shadow);
    shade.setAlphaF(shade.alphaF() * shadowStep / shadowWidth);
    painter.setBrush(shade);
    for (int i = shadowWidth; i > 0; i -= shadowStep) {
        const int radius = measure::sheetRadius + i;
        const int top = hangs ? -2 * shadowWidth : 6 - i; // light falls from above
        painter.drawRoundedRect(QRectF(panel).adjusted(-i, top, i, i), radius, radius);
    }
}

} // namespace rollcall::common
