#include "ui/common/EmptyState.h"

#include <QVBoxLayout>

#include "ui/common/Label.h"

namespace rollcall::common {

EmptyState::EmptyState(const Theme &theme, Icon icon, const QString &title, const QString &body, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_icon(icon),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Heading)),
      m_body(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_actions(new QHBoxLayout)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    column->setSpacing(space::xs);
    column->addStretch(2);
    column->addWidget(m_glyph);
    column->addSpacing(space::s);
    column->addWidget(m_title);
    auto *bodyRow = new QHBoxLayout;
    bodyRow->addStretch(1);
    bodyRow->addWidget(m_body, 4);
    bodyRow->addStretch(1);
    column->addLayout(bodyRow);
    column->addSpacing(space::m);
    auto *actionRow = new QHBoxLayout;
    m_actions->setSpacing(space::s);
    actionRow->addStretch();
    actionRow->addLayout(m_actions);
    actionRow->addStretch();
    column->addLayout(actionRow);
    column->addStretch(3);
    for (Label *label : {m_glyph, m_title, m_body}) {
        label->setAlignment(Qt::AlignHCenter);
    }
    m_title->setWordWrap(true);
    m_body->setWordWrap(true);
    m_body->setMaximumWidth(440);
    m_body->setMinimumWidth(240);
    setContent(icon, title, body);
    connect(&m_theme, &Theme::changed, this, &EmptyState::drawGlyph);
}

void EmptyState::setContent(Icon icon, const QString &title, const QString &body)
{
    m_icon = icon;
    m_title->setText(title);
    m_body->setText(body);
    setAccessibleName(title);
    setAccessibleDescription(body);
    drawGlyph();
}

void EmptyState::addAction(QWidget *button)
{
    m_actions->addWidget(button);
}

void EmptyState::drawGlyph()
{
    m_glyph->setPixmap(iconPixmap(m_theme, m_icon, 40, ColorToken::Muted, devicePixelRatioF()));
}

} // namespace rollcall::common
