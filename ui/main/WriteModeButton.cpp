#include "ui/main/WriteModeButton.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>

#include "ui/common/Actions.h"

namespace rollcall::main {

using common::Icon;

WriteModeButton::WriteModeButton(const common::Theme &theme, QWidget *parent)
    : QWidget(parent), m_button(new common::Button(theme, {})), m_menu(new QMenu(this)), m_group(new QActionGroup(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_button);
    m_menu->setToolTipsVisible(true);
    m_readOnly = m_menu->addAction(common::themedIcon(theme, Icon::Lock), tr("&Read-only: nothing can be written"));
    m_guarded =
        m_menu->addAction(common::themedIcon(theme, Icon::Guard), tr("&Guarded: writes after a plan is confirmed"));
    for (QAction *action : {m_readOnly, m_guarded}) {
        action->setCheckable(true);
        m_group->addAction(action);
    }
    m_button->setMenu(m_menu);
    connect(m_readOnly, &QAction::triggered, this, [this] { Q_EMIT modeRequested(WriteMode::ReadOnly); });
    connect(m_guarded, &QAction::triggered, this, [this] { Q_EMIT modeRequested(WriteMode::Guarded); });
    // The check follows the mode, not the wish.
    connect(m_menu, &QMenu::aboutToShow, this, [this] { setMode(m_mode); });
    setMode(WriteMode::ReadOnly);
}

void WriteModeButton::setMode(WriteMode mode)
{
    m_mode = mode;
    const bool guarded = mode == WriteMode::Guarded;
    m_button->setText(guarded ? tr("Guarded") : tr("Read-only"));
    m_button->setGlyph(guarded ? Icon::Guard : Icon::Lock);
    m_button->setAccessibleName(tr("Write mode: %1").arg(m_button->text()));
    m_button->setToolTip(guarded ? tr("Rows can be deleted after a plan has been shown and confirmed.")
                                 : tr("Nothing can be written to this deployment."));
    (guarded ? m_guarded : m_readOnly)->setChecked(true);
}

void WriteModeButton::setGuardedUnavailable(const QString &reason)
{
    common::setUnavailable(*m_guarded, reason);
}

} // namespace rollcall::main
