#pragma once

#include "ui/revoke/ActSheet.h"
#include "ui/revoke/RestoreController.h"

namespace rollcall::revoke {

class ConsentFields;

/// The sheet that puts back what a revocation deleted: it reads the sealed record, shows what would come back, asks for
/// reason and consent, carries it out, and ends on the outcome. **Thread-safety:** GUI thread only; never blocks.
class UndoSheet final : public ActSheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to read what the revocation @p auditId deleted. @p theme and
    /// @p connection are borrowed and outlive it.
    UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, QString auditId);
    /// The same over a restore that was interrupted: shows how far it came, and offers to go on with it.
    UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
              const Operation &unfinished);

protected:
    [[nodiscard]] QString missing() const override;

private:
    void listen();
    void read();
    void showUnfinished(const Operation &operation);
    void showPlan();
    void follow();
    [[nodiscard]] QWidget *planBody();
    void carryOut();
    void showResult(const RestoreReport &report);
    void showFailure(const base::Error &error);

    QString m_auditId;
    RestoreController m_controller;
    ConsentFields *m_consent = nullptr;
};

} // namespace rollcall::revoke
