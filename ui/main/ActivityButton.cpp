#include "ui/main/ActivityButton.h"

#include <QPainter>

#include "ui/common/Icons.h"

namespace rollcall::main {

using common::ColorToken;

namespace {

constexpr int glyphSize = 12;
constexpr int gap = 4;
constexpr int padding = 6;

} // namespace

ActivityButton::ActivityButton(const common::Theme &theme, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("activityButton"));
    setFont(theme.font(common::FontToken::Status));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCheckable(true);
    setToolTip(tr("What runs, rests or was left unfinished (Ctrl+J)"));
    setSummary(tr("nothing running"), false);
}

void ActivityButton::setSummary(const QString &words, bool busy)
{
    m_busy = busy;
    setText(tr("Activity: %1").arg(words));
    setAccessibleName(text());
    updateGeometry();
    update();
}

QSize ActivityButton::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()) + glyphSize + gap + 2 * padding, 22};
}

void ActivityButton::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(ColorToken::Line));
        painter.drawRoundedRect(rect(), 4, 4);
    }
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
    const ColorToken tint = m_busy ? ColorToken::Text : ColorToken::Muted;
    common::drawIcon(painter, m_theme, isChecked() ? common::Icon::Down : common::Icon::Up,
                     QRect(padding, 0, glyphSize, height()), tint);
    painter.setPen(m_theme.color(tint));
    painter.drawText(rect().adjusted(padding + glyphSize + gap, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

} // namespace rollcall::main
