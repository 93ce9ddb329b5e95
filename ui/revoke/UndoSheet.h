#pragma once

#include "ui/common/Sheet.h"
#include "ui/revoke/RestoreController.h"

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::revoke {

class ConsentFields;
class ProgressView;

/// The sheet that puts back what a revocation deleted: it reads the sealed record, shows what would come back, asks for
/// reason and consent, carries it out, and ends on the outcome. **Thread-safety:** GUI thread only; never blocks.
class UndoSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to read what the revocation @p auditId deleted. @p theme and
    /// @p connection are borrowed and outlive it.
    UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, QString auditId);
    /// The same over a restore that was interrupted: shows how far it came, and offers to go on with it.
    UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
              const Operation &unfinished);

Q_SIGNALS:
    /// The outcome is shown; @p auditId names the restore.
    void finished(const QString &auditId);
    /// The user wants to see the operation in the audit log.
    void auditRequested();

private:
    void listen();
    void read();
    void showUnfinished(const Operation &operation);
    void showPlan();
    /// The foot of a decision: @p leave does nothing, @p execute runs @p act once nothing is in its way.
    void askConsent(const QString &leave, const QString &execute, std::function<void()> act);
    void showProgress(qint64 rows);
    [[nodiscard]] QWidget *planBody();
    void updateConsent();
    void carryOut();
    void showResult(const RestoreReport &report);
    void showFailure(const base::Error &error);
    common::Button *addButton(const QString &text);

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    QString m_auditId;
    RestoreController m_controller;
    ConsentFields *m_consent = nullptr;
    ProgressView *m_progress = nullptr;
    common::Button *m_execute = nullptr;
    common::Label *m_obstacle = nullptr;
};

} // namespace rollcall::revoke
