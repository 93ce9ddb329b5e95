#pragma once

#include "ui/common/Sheet.h"
#include "ui/revoke/PlanFiles.h"

namespace rollcall::common {
class Button;
class Note;
} // namespace rollcall::common

namespace rollcall::revoke {

/// A plan from a file, as everybody may read it: another person approves it here with their own key, who made it goes
/// on to carry it out. **Thread-safety:** GUI thread only; never blocks.
class SavedPlanSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to read the file @p path. @p theme and @p connection are
    /// borrowed and outlive it.
    SavedPlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                   const QString &path);

    /// Approves what is shown, in the file @p path.
    void approve(const QString &path);

Q_SIGNALS:
    /// @p plan, saved for @p reason, is to be carried out; the sheet is closing.
    void planRequested(const std::shared_ptr<const rollcall::revoke::RevocationPlan> &plan,
                       const rollcall::revoke::PlanSummary &summary);

private:
    void show(const FoundPlan &found);
    void showApproved(const QString &path, const QString &approver);
    void showError(const base::Error &error);
    void makeFoot();
    [[nodiscard]] QWidget *makeBody(const PlanSummary &summary);
    void chooseApproval();
    [[nodiscard]] common::Button *addButton(const QString &text, const char *objectName);

    const common::Theme &m_theme;
    PlanFiles m_files;
    std::optional<FoundPlan> m_found;
    common::Note *m_note = nullptr; ///< null until the plan is shown
    common::Button *m_approve = nullptr;
};

} // namespace rollcall::revoke
