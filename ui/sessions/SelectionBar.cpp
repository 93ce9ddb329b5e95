#include "ui/sessions/SelectionBar.h"

#include <QHBoxLayout>
#include <QLocale>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::sessions {

using common::Button;
using common::ButtonKind;
using common::Icon;

namespace {

constexpr int barHeight = 44;

QString number(qint64 value)
{
    return QLocale().toString(value);
}

} // namespace

SelectionBar::SelectionBar(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_text(new common::Label(theme)),
      m_revoke(new Button(theme, tr("Revoke…"), ButtonKind::DangerOutline))
{
    common::setSurface(*this, common::Surface::Plain);
    setFixedHeight(barHeight);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(common::space::l, 0, common::space::l, 0);
    row->setSpacing(common::space::s);
    row->addWidget(m_text, 1);
    auto *copy = new Button(theme, tr("Copy fingerprints"), ButtonKind::Quiet);
    copy->setGlyph(Icon::Copy);
    connect(copy, &Button::clicked, this, &SelectionBar::copyRequested);
    row->addWidget(copy);
    auto *clear = new Button(theme, tr("Clear"), ButtonKind::Quiet);
    clear->setKeyHint(tr("Esc"));
    connect(clear, &Button::clicked, this, &SelectionBar::clearRequested);
    row->addWidget(clear);
    m_revoke->setObjectName(QStringLiteral("revokeButton"));
    m_revoke->setGlyph(Icon::Revoked);
    connect(m_revoke, &Button::clicked, this, &SelectionBar::revokeRequested);
    row->addWidget(m_revoke);
    hide();
}

void SelectionBar::display(qint64 sessions, qint64 users)
{
    setVisible(sessions > 0);
    m_text->setText(tr("%1 selected").arg(number(sessions)) + QStringLiteral("  ·  ") +
                    (users == 1 ? tr("1 user") : tr("%1 users").arg(number(users))));
    m_revoke->setText(tr("Revoke %1…").arg(number(sessions)));
}

} // namespace rollcall::sessions
