#pragma once

#include <QMainWindow>
#include <QPointer>

#include <functional>

#include "ui/common/Page.h"
#include "ui/main/CommandPalette.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/WindowState.h"

namespace rollcall::main {

class ActivityDrawer;
class AlarmBar;
class LogFaultBar;
class MainMenu;
class ShellBody;
class StatusLine;

/// The window: menu bar, header band, rail, page, details pane, status line. It knows pages by their interface alone
/// and decides nothing about deployments. Either one page fills it (Welcome, Connection), or a profile is open and its
/// pages stand in the rail. **Thread-safety:** GUI thread only.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// @p theme outlives the window. Layout is remembered in @p stateFolder (see WindowState; empty: not at all).
    MainWindow(common::Theme &theme, const QString &stateFolder, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Shows @p page alone, without band and rail, and takes it over; it stays until removePage(). An open profile
    /// stays open behind it and comes back with showPage(); until then neither can it be armed nor closed. @p page may
    /// have been shown before. Nothing happens while a sheet is open, which @p page would hide; false then, and the
    /// page stays the caller's.
    bool showAlone(common::Page *page);
    /// Deletes @p page later and shows, if it was in front, the open profile, or else the page that was alone before
    /// it.
    void removePage(common::Page *page);

    /// Opens a profile: takes @p pages over, in the order of the rail, shows the band and the page last seen. A profile
    /// that was open is closed first.
    void openProfile(const ProfileHeader &profile, const QList<common::Page *> &pages);
    /// Deletes the profile's pages, hides band and rail and shows the page that was alone last, if there is one.
    void closeProfile();
    [[nodiscard]] bool hasProfile() const { return !m_pages.isEmpty(); }
    /// Whether a profile is open and in sight: its name, environment and write mode stand above the page in front.
    [[nodiscard]] bool isProfileInFront() const { return hasProfile() && !m_band->isHidden(); }

    [[nodiscard]] HeaderBand &band() { return *m_band; }
    [[nodiscard]] ActivityDrawer &drawer();
    /// The alarm above the pages of the open profile.
    [[nodiscard]] AlarmBar &alarm() { return *m_alarm; }
    /// What is amiss with the audit log, above the same pages.
    [[nodiscard]] LogFaultBar &logFault() { return *m_logFault; }
    /// Shows or hides the activity drawer of the open profile.
    void setDrawerShown(bool shown);
    /// Brings the profile's page @p id to the front and gives it the keyboard. Nothing happens while a sheet is open or
    /// where there is no such page; false then.
    bool showPage(const QString &id);
    /// The page in front, or null.
    [[nodiscard]] common::Page *currentPage() const;

    /// Adds an action of the application to the end of @p menu; borrowed. It is in the command palette too.
    void addApplicationAction(common::MenuOf menu, QAction *action);
    /// Asked before the window closes; false keeps it open.
    void setCloseGuard(std::function<bool()> mayClose);
    /// Opens the command palette (Ctrl+K).
    void openPalette();

Q_SIGNALS:
    /// A person asked to close the connection (File menu).
    void closeProfileRequested();
    /// Another page is in front.
    void currentPageChanged(rollcall::common::Page *page);

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void makeActions();
    void takePage(common::Page *page);
    void bringAlone(common::Page *page);
    /// Shows or hides what says which profile is open, and what is wrong with it.
    void setBandShown(bool shown);
    void bringToFront(common::Page *page);
    /// @p why the actions on the open profile cannot be had; empty: they can.
    void setProfileActionsUnavailable(const QString &why);
    void nextPane();
    void showActivitySummary();
    void refreshStatus();
    void rememberLayout();
    [[nodiscard]] QList<Command> commands();

    common::Theme &m_theme;
    WindowState m_state;
    HeaderBand *m_band;
    AlarmBar *m_alarm;
    LogFaultBar *m_logFault;
    ShellBody *m_body;
    StatusLine *m_status;
    CommandPalette *m_palette;
    MainMenu *m_menu;
    QAction *m_closeProfile = nullptr;
    QAction *m_details = nullptr;
    QAction *m_activity = nullptr;
    QAction *m_arm = nullptr;
    QList<QAction *> m_pageActions; ///< Ctrl+1 … for the pages of the rail, owned by the window
    QList<common::Page *> m_pages;  ///< of the open profile
    QList<QPointer<common::Page>> m_alone;
    QString m_profileKey;
    QString m_lastPage; ///< of the open profile, shown last
    std::function<bool()> m_mayClose;
};

} // namespace rollcall::main
