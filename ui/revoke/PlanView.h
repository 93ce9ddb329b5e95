#pragma once

#include <QWidget>

#include "core/revoke/PlanOutlook.h"
#include "core/revoke/Revoker.h"
#include "ui/common/Figure.h"
#include "ui/common/OpenConnection.h"

class QCheckBox;
class QVBoxLayout;

namespace rollcall::revoke {

class ApprovalRow;
struct PlanSummary;
class ConsentFields;

/// What a frozen plan will do, in order, and what is asked before: reason, verification and, on a production
/// connection, name and count typed. **Thread-safety:** GUI thread only.
class PlanView final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme and @p connection outlive the view.
    PlanView(const common::Theme &theme, common::OpenConnection &connection,
             const std::shared_ptr<const RevocationPlan> &plan, QWidget *parent = nullptr);

    /// The plan came from a file that says @p summary: fills in its reason, and takes approvals of that.
    void setSaved(const PlanSummary &summary);
    /// The reason as typed.
    [[nodiscard]] QString reason() const;
    /// Whether the deployment is to be asked afterwards.
    [[nodiscard]] bool verify() const;
    /// Whether a canary is to show first that the deployment's answer means something.
    [[nodiscard]] bool canary() const;
    /// How long is to be looked whether a revoked session comes back; 0: not at all.
    [[nodiscard]] std::chrono::milliseconds watchFor() const;
    /// The second person's approval that was given; nullopt: none.
    [[nodiscard]] const std::optional<Approval> &approval() const;
    /// Why the plan may not be carried out yet; empty where it may.
    [[nodiscard]] QString obstacle() const;
    /// The field to begin with.
    [[nodiscard]] QWidget *firstField() const;

Q_SIGNALS:
    /// obstacle() may answer otherwise.
    void changed();

private:
    [[nodiscard]] QWidget *figures(const RevocationPlan &plan) const;
    [[nodiscard]] common::Figure::Content cachedFigure() const;
    [[nodiscard]] common::Figure::Content refusedFigure() const;
    [[nodiscard]] QWidget *steps(const RevocationPlan &plan);
    [[nodiscard]] QWidget *sample(const RevocationPlan &plan);
    /// What to know of the selection: whom it names in vain, and whether it is everybody.
    void addRemarks(const RevocationPlan &plan, QVBoxLayout &column) const;
    void addChoices(QVBoxLayout &column);
    /// Whether what is deleted can be put back.
    [[nodiscard]] QString undoText() const;

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    PlanOutlook m_outlook;
    ApprovalRow *m_approval;
    ConsentFields *m_consent;
    QCheckBox *m_verify = nullptr;
    QCheckBox *m_canary = nullptr;
    QCheckBox *m_watch = nullptr;
};

} // namespace rollcall::revoke
