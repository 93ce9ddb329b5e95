#pragma once

#include "core/revoke/Restorer.h"

namespace rollcall::revoke {

/// What carryOut() of @p plan would come to now: `restored` counts the rows that would come back, `leftOut` names those
/// that would not. Only reads, a statement a row; a constraint of a column that Rollcall does not know is not foreseen.
/// Errors: those of UndoReader and of store::KeptRows::wouldRestore(), NoKeyStore and those of the vault, WriteRefused
/// (a store that keeps no rows), Cancelled. **Thread-safety:** as the store; blocks on it and on files.
[[nodiscard]] base::Result<RestoreReport> previewRestore(const RestorePlan &plan, store::SessionStore &store,
                                                         const OperationPlace &place, const base::Call &call);

} // namespace rollcall::revoke
