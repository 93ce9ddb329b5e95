#pragma once

#include <QHash>
#include <QObject>

#include "ui/common/Page.h"

class QAction;
class QMenu;
class QMenuBar;

namespace rollcall::main {

/// The menu bar: File, Edit, View, Session, Measure, Help. Actions of the window stand in it for good; those of pages
/// are put in when a menu opens, so that their shortcuts work only while their page is shown. **Thread-safety:** GUI
/// thread only.
class MainMenu final : public QObject
{
    Q_OBJECT

public:
    /// Fills @p bar, which owns the menus.
    MainMenu(QMenuBar &bar, QObject *parent);

    /// Adds an action for good; a null one is a separator.
    void add(common::MenuOf menu, QAction *action);
    /// Adds an action to Help.
    void addHelp(QAction *action);
    /// The pages whose actions the menus offer; borrowed until the next call.
    void setPages(const QList<common::Page *> &pages);
    /// Submenu of View.
    [[nodiscard]] QMenu *addViewSubmenu(const QString &title);
    /// All actions that stand for good, in the order of the menus, for the command palette.
    [[nodiscard]] QList<QAction *> permanentActions() const;

private:
    void offerPageActions(common::MenuOf which);
    void withdrawPageActions(common::MenuOf which);

    struct Entry
    {
        QMenu *menu = nullptr;
        QList<QAction *> offered; ///< put in while the menu is open, taken out after
    };

    QHash<common::MenuOf, Entry> m_menus;
    QMenu *m_help;
    QList<QAction *> m_permanent;
    QList<common::Page *> m_pages;
};

} // namespace rollcall::main
