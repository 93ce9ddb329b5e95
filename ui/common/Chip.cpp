#include "ui/common/Chip.h"

#include <QKeyEvent>
#include <QPainter>

#include "ui/common/Icons.h"

namespace rollcall::common {

namespace {

constexpr int glyph = 14;

} // namespace

Chip::Chip(const Theme &theme, const QString &text, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setText(text);
    setFont(theme.font(FontToken::Body));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setToolTip(tr("Remove this filter"));
    setAccessibleName(tr("Filter: %1").arg(text));
    setAccessibleDescription(tr("Press to remove this filter"));
}

void Chip::setExcludesAll(bool excludesAll)
{
    m_excludesAll = excludesAll;
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const int warning = m_excludesAll ? glyph + space::xs : 0;
    return {space::s + warning + fontMetrics().horizontalAdvance(text()) + space::xs + glyph + space::s, 24};
}

void Chip::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal width = hasFocus() ? 2 : 1;
    const ColorToken edge = hasFocus() ? ColorToken::Accent : m_excludesAll ? ColorToken::Warn : ColorToken::LineStrong;
    const ColorToken fill = m_excludesAll  ? ColorToken::WarnSoft
                            : underMouse() ? ColorToken::Hover
                                           : ColorToken::Surface;
    painter.setPen(QPen(m_theme.color(edge), width));
    painter.setBrush(m_theme.color(fill));
    painter.drawRoundedRect(QRectF(rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2), 5, 5);
    int x = space::s;
    if (m_excludesAll) {
        drawIcon(painter, m_theme, Icon::Warn, QRect(x, 0, glyph, height()), ColorToken::Warn);
        x += glyph + space::xs;
    }
    painter.setPen(m_theme.color(ColorToken::Text));
    painter.drawText(QRect(x, 0, this->width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    drawIcon(painter, m_theme, Icon::Close, QRect(this->width() - glyph - 6, 0, glyph, height()), ColorToken::Muted);
}

void Chip::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        click();
        break;
    default:
        QAbstractButton::keyPressEvent(event);
    }
}

} // namespace rollcall::common
