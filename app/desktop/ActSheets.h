#pragma once

#include <QObject>

#include <vector>

#include "core/revoke/ResurrectionWatch.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/SelectionRequest.h"

class QAction;

namespace rollcall::common {
class Activity;
class Theme;
struct PurgeRequest;
} // namespace rollcall::common
namespace rollcall::main {
class MainWindow;
}
namespace rollcall::revoke {
class ActSheet;
class PlanSheet;
} // namespace rollcall::revoke

namespace rollcall::app {

/// Opens the sheets of acts over the window, where one may be opened: over the pages of an open connection whose header
/// band is in sight, one at a time. **Thread-safety:** GUI thread only.
class ActSheets final : public QObject
{
    Q_OBJECT

public:
    /// @p theme and @p window are borrowed and outlive this object.
    ActSheets(common::Theme &theme, main::MainWindow &window, QObject *parent = nullptr);

    /// Sheets are about @p connection (borrowed) until others are given; null: none can be opened.
    void setConnection(common::OpenConnection *connection);

    void openPlan(const revoke::Selection &selection);
    void openChoice(const common::SelectionRequest &request);
    /// Asks for the file of a saved plan, and opens it.
    void chooseSavedPlan();
    void openSavedPlan(const QString &path);
    void openPrune();
    void openPurge(const common::PurgeRequest &request);
    void openRule();
    void openUndo(const QString &auditId);
    void openUnfinished(const revoke::Operation &operation);
    void openResult(const common::Activity &activity);
    /// The plan of exactly these, which came back after they were revoked. An outcome that is shown makes room for it.
    void openAgain(const std::vector<revoke::Resurrection> &sessions);
    /// Shows the audit log once what is closing has closed.
    void openAuditSoon();

private:
    [[nodiscard]] bool mayOpen() const;
    void open(revoke::ActSheet *sheet);
    void open(revoke::PlanSheet *sheet);
    void updateActions();

    common::Theme &m_theme;
    main::MainWindow &m_window;
    common::OpenConnection *m_connection = nullptr;
    QAction *m_prune; ///< of the Session menu, owned by this object, as the next
    QAction *m_savedPlan;
};

} // namespace rollcall::app
