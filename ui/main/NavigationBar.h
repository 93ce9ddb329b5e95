#pragma once

#include <QHash>
#include <QWidget>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QButtonGroup;
class QVBoxLayout;

namespace rollcall::main {

class NavigationItem;

/// The rail at the left: one item a page, icon and word, icons alone where the window is narrow. Arrow keys move and
/// choose, Tab leaves. **Thread-safety:** GUI thread only.
class NavigationBar final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int wideWidth = 168;
    static constexpr int narrowWidth = 52;

    /// @p theme outlives the bar.
    explicit NavigationBar(const common::Theme &theme, QWidget *parent = nullptr);

    /// Adds an item for the page @p id. @p keys is shown in the tool tip. Items @p atFoot stand at the lower end.
    void addItem(const QString &id, common::Icon icon, const QString &title, const QString &keys, bool atFoot = false);
    void removeItem(const QString &id);
    /// Marks @p id as the page shown; emits nothing.
    void setCurrent(const QString &id);
    /// A short figure beside the word, or a dot where only icons show; empty removes it.
    void setBadge(const QString &id, const QString &text, bool alarming);
    void setNarrow(bool narrow);
    /// Gives the keyboard to the current item.
    void focusCurrent();

Q_SIGNALS:
    /// A person chose the page @p id.
    void chosen(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    QButtonGroup *m_group;
    QVBoxLayout *m_top;
    QVBoxLayout *m_foot;
    QHash<QString, NavigationItem *> m_items;
    bool m_narrow = false;
};

} // namespace rollcall::main
