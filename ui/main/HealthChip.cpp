#include "ui/main/HealthChip.h"

#include <QPainter>

namespace rollcall::main {

using common::ColorToken;

namespace {

constexpr int padding = 8;
constexpr int gap = 6;
constexpr int glyphSize = common::measure::icon;

} // namespace

HealthChip::HealthChip(const common::Theme &theme, const QString &word, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme)
{
    setText(word);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void HealthChip::setHealth(common::State state, const QString &value)
{
    m_state = state;
    m_value = value;
    setAccessibleName(QStringLiteral("%1: %2").arg(text(), common::lookOf(state).word));
    updateGeometry();
    update();
}

void HealthChip::setNarrow(bool narrow)
{
    m_narrow = narrow;
    updateGeometry();
    update();
}

QSize HealthChip::sizeHint() const
{
    int width = 2 * padding + glyphSize + gap + fontMetrics().horizontalAdvance(text());
    if (showsValue()) {
        width += gap + fontMetrics().horizontalAdvance(m_value);
    }
    return {width, common::measure::control};
}

void HealthChip::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF edge = QRectF(rect()).adjusted(1, 1, -1, -1);
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(ColorToken::Hover));
        painter.drawRoundedRect(edge, common::measure::radius, common::measure::radius);
    }
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(edge, common::measure::radius, common::measure::radius);
    }
    const common::StateLook look = common::lookOf(m_state);
    int x = padding;
    common::drawIcon(painter, m_theme, look.icon, QRect(x, 0, glyphSize, height()), look.iconTint);
    x += glyphSize + gap;
    painter.setPen(m_theme.color(ColorToken::Text));
    painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (showsValue()) {
        x += fontMetrics().horizontalAdvance(text()) + gap;
        painter.setPen(m_theme.color(ColorToken::Muted));
        painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, m_value);
    }
}

} // namespace rollcall::main
