#pragma once

#include "core/revoke/SavedPlan.h"
#include "ui/revoke/ActSheet.h"
#include "ui/revoke/RevocationController.h"

namespace rollcall::revoke {

class PlanView;

/// The sheet that every revocation goes through: it freezes a plan, shows it, asks for reason and consent, carries it
/// out with progress, and ends on the outcome. **Thread-safety:** GUI thread only; never blocks.
class PlanSheet final : public ActSheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to freeze @p selection. @p theme and @p connection are
    /// borrowed and outlive it.
    PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, Selection selection);
    /// The same over a plan that was frozen before and saved as @p summary says: it is shown as it was.
    PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
              const std::shared_ptr<const RevocationPlan> &saved, PlanSummary summary);
    /// The same over a revocation that was interrupted: shows how far it came, and offers to go on with it.
    PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, Operation unfinished);
    /// The same over a revocation that has ended: shows its outcome.
    PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
              const RevocationReport &ended);

Q_SIGNALS:
    /// The user wants what @p auditId deleted put back; the sheet is closing.
    void undoRequested(const QString &auditId);

protected:
    [[nodiscard]] QString missing() const override;

private:
    void listen();
    void begin();
    void showUnfinished();
    void showPlanning();
    void showPlan();
    void showNotRevocable();
    void follow();
    void showResult(const RevocationReport &report);
    void showFailure(const base::Error &error);
    void carryOut();

    Selection m_selection;
    std::shared_ptr<const RevocationPlan> m_saved; ///< null: the selection is frozen
    std::optional<PlanSummary> m_summary;          ///< of that, as its planner signed it
    std::optional<Operation> m_unfinished;         ///< what is gone on with; nullopt: a new revocation
    RevocationController m_controller;
    PlanView *m_view = nullptr;
    bool m_frozen = false;
};

} // namespace rollcall::revoke
