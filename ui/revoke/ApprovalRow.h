#pragma once

#include <QWidget>

#include "ui/common/Theme.h"
#include "ui/revoke/PlanFiles.h"

namespace rollcall::common {
class Button;
class Label;
class StateLabel;
} // namespace rollcall::common

namespace rollcall::revoke {

/// In a plan: saves it, and takes a second person's approval of it, saying whether one is wanted and there.
/// **Thread-safety:** GUI thread only; never blocks.
class ApprovalRow final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme and @p connection outlive the row.
    ApprovalRow(const common::Theme &theme, common::OpenConnection &connection,
                std::shared_ptr<const RevocationPlan> plan, QWidget *parent = nullptr);

    /// The approval that was taken; nullopt: none.
    [[nodiscard]] const std::optional<Approval> &approval() const { return m_approval; }
    /// Why the plan may not be carried out yet; empty where it may.
    [[nodiscard]] QString obstacle() const;

    /// Saves the plan to the file @p path, with the reason given last.
    void save(const QString &path);
    /// The reason that goes with a saved plan.
    void setReason(const QString &reason) { m_reason = reason; }
    /// The plan was opened from a file: approvals are of what stands there, not of what a new one would say.
    void setSaved(PlanSummary summary) { m_saved = std::move(summary); }
    /// Takes the approval in the file @p path, where it is one of this plan by somebody else whom the connection lists.
    void take(const QString &path);

Q_SIGNALS:
    /// obstacle() may answer otherwise.
    void changed();

private:
    void chooseSave();
    void chooseApproval();
    void display();
    void say(const QString &words, common::ColorToken tint);

    common::OpenConnection &m_connection;
    std::shared_ptr<const RevocationPlan> m_plan;
    PlanFiles m_files;
    std::optional<PlanSummary> m_saved;
    std::optional<Approval> m_approval;
    QString m_reason;
    common::StateLabel *m_state;
    common::Label *m_words;
};

} // namespace rollcall::revoke
