#pragma once

#include "app/ctl/Command.h"
#include "core/revoke/Approval.h"
#include "core/revoke/SavedPlan.h"

namespace rollcall::ctl {

/// The plan file at @p path. Errors: those of readInputFile() and revoke::readSavedPlan().
[[nodiscard]] base::Result<revoke::SavedPlan> readPlanFile(Context &context, const QString &path);

/// A plan from its file, and who approved it.
struct OpenedPlan
{
    revoke::RevocationPlan plan;
    std::optional<revoke::Approval> approval; ///< nullopt: none was given
    QString reason = {};                      ///< for which it was saved, and approved
};

/// The plan of --plan, opened with this user's key, and the approval of --approval, where given. Errors: those of
/// readPlanFile(), revoke::openSavedPlan(), revoke::checkApproval() and revoke::checkUnused(), NoKeyStore, UsageInvalid
/// (--reason says another reason than the plan).
[[nodiscard]] base::Result<OpenedPlan> openPlanFile(Context &context, const deployment::Deployment &deployment);

} // namespace rollcall::ctl
