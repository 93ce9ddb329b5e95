#pragma once

#include "core/revoke/RecordedActs.h"
#include "ui/common/PurgeRequest.h"
#include "ui/revoke/ActSheet.h"

namespace rollcall::common {
class Note;
}

namespace rollcall::revoke {

class ConsentFields;

/// The sheet that every purge of cached sessions goes through: shows what would be removed, asks for reason and
/// consent, removes it, and ends on the outcome. **Thread-safety:** GUI thread only; never blocks.
class PurgeSheet final : public ActSheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host. @p theme and @p connection are borrowed and outlive it.
    PurgeSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
               common::PurgeRequest request);

protected:
    [[nodiscard]] QString missing() const override;

private:
    void showPlan();
    void showRefusal(const QString &why);
    [[nodiscard]] QWidget *planBody();
    /// What the purge means for those who are signed in.
    [[nodiscard]] common::Note *consequence() const;
    void carryOut();
    void showResult(const base::Result<PurgeReport> &report);

    common::PurgeRequest m_request;
    ConsentFields *m_consent = nullptr;
};

} // namespace rollcall::revoke
