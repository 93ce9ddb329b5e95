#include "ui/main/MainMenu.h"

#include <QMenu>
#include <QMenuBar>

#include "ui/common/Actions.h"

namespace rollcall::main {

using common::MenuOf;

MainMenu::MainMenu(QMenuBar &bar, QObject *parent) : QObject(parent)
{
    const auto make = [&bar](const QString &title) {
        QMenu *menu = bar.addMenu(title);
        menu->setToolTipsVisible(true); // why an action is not available
        return menu;
    };
    const QList<std::pair<MenuOf, QString>> order = {{MenuOf::File, tr("&File")},
                                                     {MenuOf::Edit, tr("&Edit")},
                                                     {MenuOf::View, tr("&View")},
                                                     {MenuOf::Session, tr("&Session")},
                                                     {MenuOf::Measure, tr("&Measure")}};
    for (const auto &[which, title] : order) {
        QMenu *menu = make(title);
        m_menus.insert(which, {menu, {}});
        connect(menu, &QMenu::aboutToShow, this, [this, which = which] { offerPageActions(which); });
        // Later, because a chosen action is triggered only after its menu has closed.
        connect(
            menu, &QMenu::aboutToHide, this, [this, which = which] { withdrawPageActions(which); },
            Qt::QueuedConnection);
    }
    m_help = make(tr("&Help"));
}

void MainMenu::add(MenuOf menu, QAction *action)
{
    if (action == nullptr) {
        m_menus[menu].menu->addSeparator();
        return;
    }
    m_menus[menu].menu->addAction(action);
    m_permanent += action;
}

void MainMenu::addHelp(QAction *action)
{
    m_help->addAction(action);
    m_permanent += action;
}

void MainMenu::setPages(const QList<common::Page *> &pages)
{
    m_pages = pages;
}

QMenu *MainMenu::addViewSubmenu(const QString &title)
{
    return m_menus[MenuOf::View].menu->addMenu(title);
}

QList<QAction *> MainMenu::permanentActions() const
{
    return m_permanent;
}

void MainMenu::offerPageActions(MenuOf which)
{
    withdrawPageActions(which);
    Entry &entry = m_menus[which];
    for (const common::Page *page : std::as_const(m_pages)) {
        for (QAction *action : page->actions()) {
            if (common::menuOf(*action) == which) {
                entry.offered += action;
            }
        }
    }
    const bool pagesOnly = which == MenuOf::Session || which == MenuOf::Measure;
    if (entry.offered.isEmpty() && pagesOnly) {
        auto *nothing =
            new QAction(m_pages.isEmpty() ? tr("Connect to a deployment first") : tr("Nothing to do here"), entry.menu);
        nothing->setEnabled(false);
        entry.offered += nothing;
    }
    // Before what stands for good: the page's own matters more than the application's.
    QAction *before = entry.menu->actions().value(0);
    entry.menu->insertActions(before, entry.offered);
    if (before != nullptr && !entry.offered.isEmpty()) {
        entry.offered += entry.menu->insertSeparator(before);
    }
}

void MainMenu::withdrawPageActions(MenuOf which)
{
    Entry &entry = m_menus[which];
    for (QAction *action : std::as_const(entry.offered)) {
        entry.menu->removeAction(action);
        if (action->parent() == entry.menu) {
            action->deleteLater(); // our own separator or remark
        }
    }
    entry.offered.clear();
}

} // namespace rollcall::main
