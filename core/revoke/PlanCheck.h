#pragma once

#include "core/revoke/RevocationPlan.h"
#include "core/revoke/RevocationReport.h"

namespace rollcall::revoke {

/// How the rows of @p plan, which was made before, stand now: NotTried, those that would go, AlreadyGone and Changed
/// those that would be skipped, as carryOut() would find them. Of those that would go @p plan gets name, e-mail and
/// expiry as they are now, which a file does not keep. Reads only; a statement a row, or a
/// few for all where tokens can repeat. Errors: those of the store.
/// **Thread-safety:** as the store; blocks within @p call.
[[nodiscard]] base::Result<RevocationReport> checkPlan(RevocationPlan &plan, store::SessionStore &store,
                                                       base::Instant now, const base::Call &call);

} // namespace rollcall::revoke
