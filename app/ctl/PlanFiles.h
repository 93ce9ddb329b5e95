#pragma once

#include "app/ctl/Command.h"
#include "core/revoke/SavedPlan.h"

namespace rollcall::ctl {

/// The plan file at @p path. Errors: those of readInputFile() and revoke::readSavedPlan().
[[nodiscard]] base::Result<revoke::SavedPlan> readPlanFile(Context &context, const QString &path);

/// The plan of --plan, opened with this user's key, and approved where --approval is given. Errors: those of
/// readPlanFile(), revoke::openSavedPlan() and revoke::checkApproval(), NoKeyStore.
[[nodiscard]] base::Result<revoke::RevocationPlan> openPlanFile(Context &context,
                                                                const deployment::Deployment &deployment);

} // namespace rollcall::ctl
