#pragma once

#include "core/revoke/Restorer.h"

namespace rollcall::revoke {

/// One run of a restore of @p rows, from where @p journal says that it stands; see carryOut(), which has checked what
/// may be checked before. @p of: the revocation whose undo record is destroyed where all was carried through. Errors:
/// those of the audit intent, WriteRefused (a store that keeps no rows). **Thread-safety:** as carryOut().
[[nodiscard]] base::Result<RestoreReport>
runRestore(const QString &of, std::span<const store::KeptRow> rows, const RestoreOptions &options,
           const deployment::Deployment &deployment, store::SessionStore &store, audit::AuditLog &log,
           OperationJournal &journal, const QString &operations, const base::Call &call, const OnProgress &onProgress);

} // namespace rollcall::revoke
