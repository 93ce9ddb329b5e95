#include "ui/main/WriteModeButton.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>

#include <algorithm>

#include "ui/common/Actions.h"
#include "ui/common/BootClock.h"

namespace rollcall::main {

using common::ButtonKind;
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
    m_armed = m_menu->addAction(common::themedIcon(theme, Icon::Unlock),
                                tr("&Armed for %1 min: one reason stands for several plans")
                                    .arg(std::chrono::duration_cast<std::chrono::minutes>(common::armedFor).count()));
    for (QAction *action : {m_readOnly, m_guarded, m_armed}) {
        action->setCheckable(true);
        m_group->addAction(action);
    }
    m_button->setMenu(m_menu);
    connect(m_readOnly, &QAction::triggered, this, [this] { Q_EMIT modeRequested(WriteMode::ReadOnly); });
    connect(m_guarded, &QAction::triggered, this, [this] { Q_EMIT modeRequested(WriteMode::Guarded); });
    connect(m_armed, &QAction::triggered, this, [this] { Q_EMIT modeRequested(WriteMode::Armed); });
    // The check follows the mode, not the wish.
    connect(m_menu, &QMenu::aboutToShow, this, [this] { actionOf(m_mode)->setChecked(true); });
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &WriteModeButton::showTimeLeft);
    setMode(WriteMode::ReadOnly);
}

QAction *WriteModeButton::actionOf(WriteMode mode) const
{
    switch (mode) {
    case WriteMode::ReadOnly:
        return m_readOnly;
    case WriteMode::Guarded:
        return m_guarded;
    case WriteMode::Armed:
        break;
    }
    return m_armed;
}

void WriteModeButton::setMode(WriteMode mode, std::chrono::milliseconds left)
{
    m_mode = mode;
    m_tick.stop();
    switch (mode) {
    case WriteMode::ReadOnly:
        m_button->setText(tr("Read-only"));
        m_button->setGlyph(Icon::Lock);
        m_button->setToolTip(tr("Nothing can be written to this deployment."));
        break;
    case WriteMode::Guarded:
        m_button->setText(tr("Guarded"));
        m_button->setGlyph(Icon::Guard);
        m_button->setToolTip(tr("Rows can be deleted after a plan has been shown and confirmed."));
        break;
    case WriteMode::Armed:
        m_until = common::sinceBoot() + left;
        m_button->setGlyph(Icon::Unlock);
        m_button->setToolTip(tr("Each plan is still shown; the reason given last stands for the next as well. Back to "
                                "Guarded by itself, or by Ctrl+Shift+A."));
        m_tick.start();
        showTimeLeft();
        break;
    }
    m_button->setKind(mode == WriteMode::Armed ? ButtonKind::Warn : ButtonKind::Normal);
    // What counts down is not read out every second.
    m_button->setAccessibleName(
        tr("Write mode: %1").arg(mode == WriteMode::Armed ? tr("Armed, for a few minutes") : m_button->text()));
    actionOf(mode)->setChecked(true);
}

void WriteModeButton::request(WriteMode mode)
{
    if (actionOf(mode)->isEnabled())
        Q_EMIT modeRequested(mode);
}

void WriteModeButton::showTimeLeft()
{
    const auto remaining = std::max(m_until - common::sinceBoot(), std::chrono::nanoseconds(0));
    const auto left = std::chrono::ceil<std::chrono::seconds>(remaining).count();
    m_button->setText(
        tr("Armed %1:%2").arg(left / 60, 2, 10, QLatin1Char('0')).arg(left % 60, 2, 10, QLatin1Char('0')));
}

void WriteModeButton::setGuardedUnavailable(const QString &reason)
{
    common::setUnavailable(*m_guarded, reason);
    common::setUnavailable(*m_armed, reason);
}

} // namespace rollcall::main
