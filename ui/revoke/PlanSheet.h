#pragma once

#include "core/revoke/Revoker.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Sheet.h"
#include "ui/revoke/RevocationController.h"

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::revoke {

class PlanView;
class ProgressView;

/// The sheet that every revocation goes through: it freezes a plan, shows it, asks for reason and consent, carries it
/// out with progress, and ends on the outcome. **Thread-safety:** GUI thread only; never blocks.
class PlanSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to freeze @p selection. @p theme and @p connection are
    /// borrowed and outlive it.
    PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, Selection selection);
    /// The same over a revocation that was interrupted: shows how far it came, and offers to go on with it.
    PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, Operation unfinished);

Q_SIGNALS:
    /// The outcome is shown; @p auditId names the operation.
    void finished(const QString &auditId);
    /// The user wants to see the operation in the audit log.
    void auditRequested();
    /// The user wants what @p auditId deleted put back; the sheet is closing.
    void undoRequested(const QString &auditId);

private:
    void listen();
    void freeze();
    void showUnfinished();
    void resume();
    void showPlanning();
    void showPlan();
    void showNotRevocable();
    void showProgress(qint64 rows);
    void updateProgress(const RevocationProgress &progress);
    void showResult(const RevocationReport &report);
    void showFailure(const base::Error &error);
    void carryOut();
    void updateConsent();
    void focusSoon(QWidget *widget);
    common::Button *addButton(const QString &text, bool atEnd);

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    Selection m_selection;
    std::optional<Operation> m_unfinished; ///< what is gone on with; nullopt: a new revocation
    RevocationController m_controller;
    PlanView *m_view = nullptr;
    common::Button *m_execute = nullptr;
    common::Label *m_obstacle = nullptr;
    ProgressView *m_progress = nullptr;
    bool m_frozen = false;
};

} // namespace rollcall::revoke
