#pragma once

#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>

#include "app/desktop/ActSheets.h"
#include "app/desktop/DesktopOptions.h"
#include "core/async/Mailbox.h"
#include "core/audit/AuditLog.h"
#include "core/revoke/UndoTimer.h"
#include "core/workspace/Workspace.h"
#include "ui/common/OpenConnection.h"
#include "ui/connect/ConnectionChanges.h"
#include "ui/connect/ConnectionKeeper.h"
#include "ui/connect/ConnectionOpener.h"
#include "ui/main/MainWindow.h"

namespace rollcall::connect {
class ConnectionPage;
} // namespace rollcall::connect
namespace rollcall::latency {
class LatencyPage;
} // namespace rollcall::latency
namespace rollcall::welcome {
class WelcomePage;
} // namespace rollcall::welcome

namespace rollcall::app {

class DemoHost;

/// Owns every service of the desktop application and wires them to the window; decides nothing itself. Destruction runs
/// from the window to the services: pages, then the open connection with its workers, then the demo, then the keeper
/// and its vault. **Thread-safety:** GUI thread only.
class AppContext final : public QObject
{
    Q_OBJECT

public:
    /// @p folders is where state is kept. @p theme outlives this object.
    AppContext(common::Theme &theme, const DesktopOptions &options, const workspace::Folders &folders);
    ~AppContext() override;

    [[nodiscard]] main::MainWindow &window() { return m_window; }

private:
    void wireWelcome();
    void wireKeeper();
    void wireOpener();
    void wireHeader();
    void setOpening(const QString &name);
    void openSaved(const QString &name);
    void editSaved(const QString &name);
    void forgetSaved(const QString &name);
    /// False where a sheet is open, over which no other page can be shown.
    bool showConnection(const workspace::ConnectionProfile &profile, const connect::ConnectionKeeper::Secrets &secrets);
    void leaveConnection();
    void importEnv(const QString &path);
    void openWith(const workspace::ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets);
    void openDemo();
    void showOpened(const std::shared_ptr<const deployment::Deployment> &deployment,
                    const deployment::CheckResult &check);
    /// The pages of a deployment whose sessions have rows.
    [[nodiscard]] QList<common::Page *> makeRowPages();
    /// The page of one that keeps them in cookies.
    [[nodiscard]] QList<common::Page *> makeJwtPages();
    /// Calls @p then, at once or after what runs was paused; not at all where somebody wants to keep working.
    void leave(const std::function<void()> &then);
    /// Whether an act or a measurement goes on, which leave() asks about, or names to be shown are put on record, which
    /// it waits for.
    [[nodiscard]] bool isBusy() const;
    void closeConnection();
    void showError(const base::Error &error, const QString &what);
    /// Whoever appends to the user's audit log tells this of what is amiss with it.
    [[nodiscard]] audit::OnFault faultTeller();

    async::Mailbox m_mailbox; ///< from the threads that write to the audit log
    base::SystemClock m_clock;
    revoke::UndoTimer m_undo; ///< sealed rows end with their window, whether anybody acts or not
    common::Theme &m_theme;
    DesktopOptions m_options;
    connect::ConnectionKeeper m_keeper;
    std::unique_ptr<audit::AuditLog> m_audit; ///< made as soon as the vault is known
    std::unique_ptr<DemoHost> m_demo;         ///< while the demo is open
    connect::ConnectionOpener m_opener;
    QMetaObject::Connection m_afterRecord; ///< what is to be done once nothing is being put on record
    std::unique_ptr<common::OpenConnection> m_connection;
    main::MainWindow m_window;
    connect::ConnectionChanges m_changes; ///< after the keeper and the window, which it uses
    ActSheets m_sheets;
    workspace::Folders m_folders;
    welcome::WelcomePage *m_welcome = nullptr;
    connect::ConnectionPage *m_edit = nullptr;
    QPointer<latency::LatencyPage> m_latency; ///< of the open connection
    std::vector<workspace::ConnectionProfile> m_profiles;
    QString m_vaultDescription;
    std::function<void()> m_whenVaultKnown; ///< what was opened before the vault was known
    QString m_opening;                      ///< name of the saved connection being opened
    bool m_offered = false;                 ///< what an earlier start left unfinished was looked for
    QString m_editing;                      ///< name of the saved connection whose secrets are being read for editing
};

} // namespace rollcall::app
