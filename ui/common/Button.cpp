#include "ui/common/Button.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QPainter>

namespace rollcall::common {

namespace {

constexpr int gap = 6;
constexpr int arrowSize = 14;
constexpr int hintPadding = 4;

} // namespace

Button::Button(const Theme &theme, const QString &text, ButtonKind kind, QWidget *parent)
    : QPushButton(text, parent), m_theme(theme), m_kind(kind)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setCursor(kind == ButtonKind::Link ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setFont(wordFont());
}

Button::Button(const Theme &theme, Icon icon, const QString &description, QWidget *parent)
    : Button(theme, QString(), ButtonKind::Quiet, parent)
{
    m_glyph = icon;
    setToolTip(description);
    setAccessibleName(description);
}

void Button::setKind(ButtonKind kind)
{
    m_kind = kind;
    setFont(wordFont());
    updateGeometry();
    update();
}

void Button::setGlyph(Icon icon)
{
    m_glyph = icon;
    updateGeometry();
    update();
}

void Button::setKeyHint(const QString &keys)
{
    m_keys = keys;
    updateGeometry();
    update();
}

void Button::setLarge(bool large)
{
    m_large = large;
    updateGeometry();
}

QFont Button::wordFont() const
{
    const bool strong = isFilled() || m_kind == ButtonKind::DangerOutline;
    return m_theme.font(strong ? FontToken::Section : FontToken::Body);
}

int Button::hintWidth() const
{
    if (m_keys.isEmpty()) {
        return 0;
    }
    const int words = QFontMetrics(m_theme.font(FontToken::Small)).horizontalAdvance(m_keys);
    return words + (isFilled() ? 0 : 2 * hintPadding);
}

int Button::padding() const
{
    return m_kind == ButtonKind::Link ? 6 : m_large ? 16 : 12;
}

int Button::contentWidth() const
{
    const int words = fontMetrics().size(Qt::TextShowMnemonic, text()).width();
    int width = words;
    if (m_glyph) {
        width += measure::icon + (words > 0 ? gap : 0);
    }
    if (!m_keys.isEmpty()) {
        width += gap + 2 + hintWidth();
    }
    if (menu() != nullptr) {
        width += gap + arrowSize;
    }
    return width;
}

QSize Button::sizeHint() const
{
    const int height = m_kind == ButtonKind::Link ? 24 : m_large ? measure::controlLarge : measure::control;
    if (m_glyph && text().isEmpty() && menu() == nullptr) {
        return {height, height};
    }
    return {contentWidth() + 2 * padding(), height};
}

Button::Colors Button::colors() const
{
    const bool hovered = underMouse() && isEnabled();
    const bool pressed = isDown() || isChecked();
    const QColor none = Qt::transparent;
    const QColor surface = m_theme.color(ColorToken::Surface);
    if (!isEnabled()) {
        const bool edged = m_kind != ButtonKind::Quiet && m_kind != ButtonKind::Link;
        return {edged ? surface : none, edged ? m_theme.color(ColorToken::LineStrong) : none, ColorToken::Disabled};
    }
    const auto pushed = [&](ColorToken token) {
        const QColor fill = m_theme.color(token);
        return pressed ? fill.darker(125) : hovered ? fill.darker(110) : fill;
    };
    const QColor lifted = m_theme.color(pressed ? ColorToken::Sunken : ColorToken::Hover);
    const QColor plain = hovered || pressed ? lifted : surface;
    switch (m_kind) {
    case ButtonKind::Normal:
        return {plain, m_theme.color(pressed ? ColorToken::Text : ColorToken::Field), ColorToken::Text};
    case ButtonKind::Primary:
        return {pushed(ColorToken::Accent), pushed(ColorToken::Accent), ColorToken::OnAccent};
    case ButtonKind::Danger:
        return {pushed(ColorToken::BadFill), pushed(ColorToken::BadFill), ColorToken::OnBad};
    case ButtonKind::DangerOutline:
        return {hovered || pressed ? m_theme.color(ColorToken::BadSoft) : surface, m_theme.color(ColorToken::Bad),
                ColorToken::Bad};
    case ButtonKind::Warn:
        return {m_theme.color(ColorToken::WarnSoft), m_theme.color(ColorToken::Warn), ColorToken::Warn};
    case ButtonKind::Quiet:
        return {hovered || pressed ? lifted : none, none, ColorToken::Text};
    case ButtonKind::Link:
        return {none, none, ColorToken::Accent};
    }
    return {};
}

void Button::paintFrame(QPainter &painter, const Colors &colors) const
{
    const QRectF outer(rect());
    const auto rounded = [&](qreal inset) {
        painter.drawRoundedRect(outer.adjusted(inset, inset, -inset, -inset), measure::radius - inset,
                                measure::radius - inset);
    };
    if (!hasFocus()) {
        painter.setPen(colors.edge);
        painter.setBrush(colors.fill);
        rounded(0.5);
        return;
    }
    // A ring, and within it a gap in which a filled button stands: focus is seen without relying on colour.
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.fill);
    rounded(isFilled() ? 3 : 1);
    const bool danger = m_kind == ButtonKind::Danger || m_kind == ButtonKind::DangerOutline;
    painter.setPen(QPen(m_theme.color(danger ? ColorToken::Bad : ColorToken::Accent), 2));
    painter.setBrush(Qt::NoBrush);
    rounded(1);
}

void Button::paintContent(QPainter &painter, const Colors &colors) const
{
    int x = (width() - contentWidth()) / 2;
    const auto box = [&](int size) { return QRect(x, (height() - size) / 2, size, size); };
    if (m_glyph) {
        drawIcon(painter, m_theme, *m_glyph, box(measure::icon), colors.words);
        x += measure::icon + gap;
    }
    painter.setPen(m_theme.color(colors.words));
    painter.setFont(font());
    const int words = fontMetrics().size(Qt::TextShowMnemonic, text()).width();
    painter.drawText(QRect(x, 0, words + 2, height()), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextShowMnemonic, text());
    x += words;
    if (!m_keys.isEmpty()) {
        x += gap + 2;
        const QRect hint(x, (height() - 18) / 2, hintWidth(), 18);
        painter.setFont(m_theme.font(FontToken::Small));
        if (!isFilled()) {
            painter.setPen(m_theme.color(ColorToken::LineStrong));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(hint).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
            painter.setPen(m_theme.color(isEnabled() ? ColorToken::Muted : ColorToken::Disabled));
        }
        painter.drawText(hint, Qt::AlignCenter, m_keys);
        x += hintWidth();
    }
    if (menu() != nullptr) {
        x += gap;
        drawIcon(painter, m_theme, Icon::Down, box(arrowSize), colors.words);
    }
}

void Button::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colors now = colors();
    paintFrame(painter, now);
    paintContent(painter, now);
}

void Button::keyPressEvent(QKeyEvent *event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier) {
        click();
    } else {
        QPushButton::keyPressEvent(event);
    }
}

void Button::enterEvent(QEnterEvent *event)
{
    QPushButton::enterEvent(event);
    update();
}

void Button::leaveEvent(QEvent *event)
{
    QPushButton::leaveEvent(event);
    update();
}

} // namespace rollcall::common
