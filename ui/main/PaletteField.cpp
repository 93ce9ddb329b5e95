#include "ui/main/PaletteField.h"

#include <QPainter>

#include "ui/common/Icons.h"

namespace rollcall::main {

using common::ColorToken;

PaletteField::PaletteField(const common::Theme &theme, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setText(tr("Pages and actions"));
    setAccessibleName(tr("Pages and actions"));
    setToolTip(tr("Every page and action by name (Ctrl+K)"));
    setFont(theme.font(common::FontToken::Status));
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
}

void PaletteField::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect box = rect().adjusted(0, 2, -8, -4); // the menu bar's corner has no margin of its own
    painter.setPen(QPen(m_theme.color(hasFocus() ? ColorToken::Accent : ColorToken::LineStrong), hasFocus() ? 2 : 1));
    painter.setBrush(m_theme.color(underMouse() ? ColorToken::Hover : ColorToken::Surface));
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    common::drawIcon(painter, m_theme, common::Icon::Search, QRect(box.left() + 7, box.top(), 14, box.height()),
                     ColorToken::Muted);
    painter.setPen(m_theme.color(ColorToken::Muted));
    painter.drawText(box.adjusted(28, 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
    painter.drawText(box.adjusted(28, 0, -8, 0), Qt::AlignVCenter | Qt::AlignRight, tr("Ctrl+K"));
}

} // namespace rollcall::main
