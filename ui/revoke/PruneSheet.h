#pragma once

#include "ui/revoke/ActSheet.h"
#include "ui/revoke/PruneController.h"

class QCheckBox;
class QVBoxLayout;

namespace rollcall::common {
class SegmentedControl;
}

namespace rollcall::revoke {

class ConsentFields;

/// The sheet that every prune goes through: counts what expired longer ago than is chosen, shows how it will be
/// deleted, asks for reason and consent, carries it out with progress, and ends on the outcome. **Thread-safety:** GUI
/// thread only; never blocks.
class PruneSheet final : public ActSheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to count. @p theme and @p connection are borrowed and
    /// outlive it.
    PruneSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection);
    /// The same over a prune that was interrupted: shows how far it came, and offers to go on with it.
    PruneSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
               const Operation &unfinished);
    /// The same over a prune that has ended: shows its outcome.
    PruneSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
               const RevocationReport &ended);

protected:
    [[nodiscard]] QString missing() const override;

private:
    void listen();
    void count();
    void showUnfinished(const Operation &operation);
    void showPlan();
    void addPlan(QVBoxLayout &column, const PrunePlan &plan);
    [[nodiscard]] QWidget *choices();
    void carryOut();
    void follow();
    void showResult(const RevocationReport &report);
    void showFailure(const base::Error &error);

    PruneController m_controller;
    ConsentFields *m_consent = nullptr;
    common::SegmentedControl *m_age = nullptr;
    QCheckBox *m_paced = nullptr;
    QString m_reason; ///< as typed, while another age is counted
    int m_ageIndex = 0;
    bool m_ageChosen = false; ///< the keyboard is on the ages: it stays there
    bool m_unpaced = false;
    bool m_unfinished = false; ///< an earlier prune is gone on with
};

} // namespace rollcall::revoke
