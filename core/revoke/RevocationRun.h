#pragma once

#include "core/revoke/KeptDelete.h"
#include "core/revoke/OperationJournal.h"
#include "core/revoke/Revoker.h"

namespace rollcall::revoke {

/// One run of @p plan, from where @p journal says that it stands, to its end or to where it is stopped; see carryOut(),
/// which has checked what may be checked before. The journal is removed where the operation has ended. @p rows deletes
/// over @p store. Errors: those of
/// the store before the first delete, of the audit intent. **Thread-safety:** as carryOut().
[[nodiscard]] base::Result<RevocationReport> runRevocation(const RevocationPlan &plan, const RevocationOptions &options,
                                                           const deployment::Deployment &deployment,
                                                           store::SessionStore &store, audit::AuditLog &log,
                                                           OperationJournal &journal, KeptDelete &rows,
                                                           const base::Call &call, const OnProgress &onProgress);

} // namespace rollcall::revoke
