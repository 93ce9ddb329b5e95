#include "ui/main/NavigationItem.h"

#include <QPainter>

namespace rollcall::main {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr int padding = 10;
constexpr int glyphSize = 20;
constexpr int gap = 10;

} // namespace

NavigationItem::NavigationItem(const common::Theme &theme, common::Icon icon, const QString &title, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme), m_icon(icon)
{
    setText(title);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(title);
}

void NavigationItem::setBadge(const QString &text, bool alarming)
{
    m_badge = text;
    m_alarming = alarming;
    setAccessibleDescription(text);
    update();
}

void NavigationItem::setNarrow(bool narrow)
{
    m_narrow = narrow;
    update();
}

void NavigationItem::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    if (isChecked() || underMouse()) {
        painter.setBrush(m_theme.color(isChecked() ? ColorToken::AccentSoft : ColorToken::Line));
        painter.drawRoundedRect(rect(), common::measure::radius, common::measure::radius);
    }
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
    }
    const int left = m_narrow ? (width() - glyphSize) / 2 : padding;
    common::drawIcon(painter, m_theme, m_icon, QRect(left, 0, glyphSize, height()),
                     isChecked() ? ColorToken::Accent : ColorToken::Muted);
    if (!m_narrow) {
        painter.setFont(m_theme.font(isChecked() ? FontToken::Section : FontToken::Body));
        painter.setPen(m_theme.color(isChecked() ? ColorToken::Accent : ColorToken::Text));
        painter.drawText(QRect(left + glyphSize + gap, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    }
    if (!m_badge.isEmpty()) {
        paintBadge(painter);
    }
}

void NavigationItem::paintBadge(QPainter &painter) const
{
    const ColorToken tint = m_alarming ? ColorToken::Bad : ColorToken::Muted;
    if (m_narrow) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(m_alarming ? ColorToken::Bad : ColorToken::Warn));
        painter.drawEllipse(QRectF(width() - 11, 3, 8, 8));
        return;
    }
    painter.setFont(m_theme.font(FontToken::Small));
    const int words = painter.fontMetrics().horizontalAdvance(m_badge);
    const QRectF pill(width() - qMax(20, words + 10) - padding + 2.5, (height() - 18) / 2 + 0.5,
                      qMax(20, words + 10) - 1, 17);
    painter.setPen(m_theme.color(m_alarming ? ColorToken::Bad : ColorToken::LineStrong));
    painter.setBrush(m_theme.color(ColorToken::Surface));
    painter.drawRoundedRect(pill, 8.5, 8.5);
    painter.setPen(m_theme.color(tint));
    painter.drawText(pill, Qt::AlignCenter, m_badge);
}

} // namespace rollcall::main
