#pragma once

#include "core/base/Result.h"
#include "core/revoke/Approval.h"

namespace rollcall::deployment {
class Deployment;
}
namespace rollcall::workspace {
class Workspace;
}

namespace rollcall::revoke {

/// checkApproval() of @p approval by whom the saved connections of @p workspace list that want approval in the database
/// of @p deployment, by whatever name it was opened; where several want it, each must list who approved. Where none
/// does, by whom the connection of its own name lists. Errors: those, of which the refusal of who is not listed names
/// the connection; FileUnreadable, FileFormatInvalid. **Thread-safety:** reentrant; blocks on files.
[[nodiscard]] base::Result<Approval> checkApproval(const QByteArray &approval, const PlanSummary &summary,
                                                   const workspace::Workspace &workspace,
                                                   const deployment::Deployment &deployment, const QString &own,
                                                   const QString &path);

/// checkApproved(), whose refusal for want of an approval names the saved connections of @p workspace that demand it.
/// Errors: those, FileUnreadable, FileFormatInvalid. **Thread-safety:** reentrant; blocks on files.
[[nodiscard]] base::Status checkApproved(const RevocationPlan &plan, const std::optional<Approval> &approval,
                                         const deployment::Deployment &deployment,
                                         const workspace::Workspace &workspace);

} // namespace rollcall::revoke
