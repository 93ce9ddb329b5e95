#pragma once

#include "core/revoke/Restorer.h"

namespace rollcall::revoke {

/// What a restore puts back. All is borrowed.
struct RestoreWork
{
    const QString &of;                   ///< the revocation
    std::span<const std::size_t> places; ///< of its rows, in order; what the journal calls row 0, 1, …
    const UndoIndex &kept;               ///< where those are that are still kept
    const OperationSeal &seal;           ///< of the undo record
};

/// Whether rows that were deleted by @p statement can go back into @p store. Errors: PlanStale (another schema or
/// table). **Thread-safety:** as the store.
[[nodiscard]] base::Status isOfTables(const QString &statement, const store::SessionStore &store);

/// That a store keeps no rows. **Thread-safety:** pure.
[[nodiscard]] base::Error takesNothingBack();

/// One run of a restore of @p work, from where @p journal says that it stands; see carryOut(), which has checked what
/// may be checked before. Where all was carried through, the undo record is destroyed, or loses what is done with.
/// Errors: those of the audit intent and of isOfTables(), WriteRefused (a store that keeps no rows).
/// **Thread-safety:** as carryOut().
[[nodiscard]] base::Result<RestoreReport> runRestore(const RestoreWork &work, const RestoreOptions &options,
                                                     const deployment::Deployment &deployment,
                                                     store::SessionStore &store, audit::AuditLog &log,
                                                     OperationJournal &journal, const QString &operations,
                                                     const base::Call &call, const OnProgress &onProgress);

} // namespace rollcall::revoke
