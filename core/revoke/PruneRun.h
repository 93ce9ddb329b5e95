#pragma once

#include "core/revoke/OperationSeal.h"
#include "core/revoke/Pruner.h"

namespace rollcall::revoke {

/// One run of @p plan, from where @p journal says that it stands; see carryOut(), which has checked what may be checked
/// before. Errors: those of the audit intent, FileFormatInvalid. **Thread-safety:** as carryOut().
[[nodiscard]] base::Result<RevocationReport> runPrune(const PrunePlan &plan, const deployment::Deployment &deployment,
                                                      store::ExpiredRows &rows, audit::AuditLog &log,
                                                      OperationJournal &journal, const OperationSeal &seal,
                                                      const base::Call &call, const OnProgress &onProgress);

} // namespace rollcall::revoke
