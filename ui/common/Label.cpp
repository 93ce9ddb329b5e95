#include "ui/common/Label.h"

namespace rollcall::common {

Label::Label(const Theme &theme, const QString &text, FontToken font, ColorToken tint, QWidget *parent)
    : QLabel(text, parent), m_theme(theme), m_tint(tint)
{
    setTextFormat(Qt::PlainText);
    setFont(theme.font(font));
    applyTint();
    connect(&theme, &Theme::changed, this, &Label::applyTint);
}

void Label::setTint(ColorToken tint)
{
    m_tint = tint;
    applyTint();
}

void Label::setSelectable()
{
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

void Label::showEvent(QShowEvent *event)
{
    QLabel::showEvent(event);
    applyTint();
}

void Label::applyTint()
{
    QPalette tinted = palette();
    tinted.setColor(QPalette::WindowText, m_theme.color(m_tint));
    tinted.setColor(QPalette::Text, m_theme.color(m_tint));
    tinted.setColor(QPalette::Link, m_theme.color(ColorToken::Accent));
    setPalette(tinted);
}

} // namespace rollcall::common
