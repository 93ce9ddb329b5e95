#pragma once

#include <QList>
#include <QWidget>

#include <optional>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::common {

/// One entry of the status line.
struct StatusItem
{
    QString text;
    std::optional<Icon> icon;            ///< absent: words only
    ColorToken tint = ColorToken::Muted; ///< of the icon
    bool atEnd = false;                  ///< stands at the right

    bool operator==(const StatusItem &) const = default;
};

/// What MainWindow knows of a page: the widget itself fills the middle; the rest is around it. Actions added with
/// QWidget::addAction() appear in the command palette (see Actions.h) and, where they name a menu with setMenuOf(), in
/// the menu bar. **Thread-safety:** GUI thread only; no function may block.
class Page : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// A stable name ("sessions"): saved layout and object names use it.
    [[nodiscard]] virtual QString id() const = 0;
    /// The word in the rail (translated).
    [[nodiscard]] virtual QString title() const = 0;
    [[nodiscard]] virtual Icon icon() const = 0;
    /// Help for this page (F1): Markdown, translated, complete without a network.
    [[nodiscard]] virtual QString help() const = 0;

    /// The widget for the details pane at the right, or null. The page creates it and stays in charge of its content;
    /// MainWindow takes it as a child while the page is in the window, and shows it while the page is.
    [[nodiscard]] virtual QWidget *details() { return nullptr; }
    /// The page has come to the front.
    virtual void activate() {}
    /// F5: ask again for what is shown.
    virtual void refresh() {}
    /// Ctrl+F: focus to the filter field, where there is one.
    virtual void focusFilter() {}
    /// Gives the keyboard to the main widget of the page (F6 and after a change of page).
    virtual void focusMain() { setFocus(Qt::OtherFocusReason); }
    /// What the page says in the status line now.
    [[nodiscard]] virtual QList<StatusItem> statusItems() const { return {}; }

Q_SIGNALS:
    /// statusItems() would answer otherwise than before.
    void statusChanged();
    /// A short figure for the rail ("14"); empty removes it. @p alarming tints it red.
    void badgeChanged(const QString &text, bool alarming);
    /// Asks MainWindow to show or hide the details pane.
    void detailsWanted(bool shown);
};

/// The menus of the menu bar that a page's action may stand in.
enum class MenuOf { File, Edit, View, Session, Measure };

/// Lets @p action of a page appear in that menu while its page is in the window.
void setMenuOf(QAction &action, MenuOf menu);
/// The menu @p action asked for, or nullopt.
[[nodiscard]] std::optional<MenuOf> menuOf(const QAction &action);

} // namespace rollcall::common
