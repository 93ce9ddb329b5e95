#pragma once

#include "core/revoke/RevocationPlan.h"
#include "core/revoke/Revoker.h"

namespace rollcall::revoke {

/// What an operation needs to be carried through by another process.
struct StoredPlan
{
    RevocationPlan plan; ///< of each row what is shown is fingerprint and user alone
    RevocationOptions options;
};

/// @p plan and @p options as bytes, with tokens in clear: to be sealed. **Thread-safety:** pure.
[[nodiscard]] base::SecretBytes planBytes(const RevocationPlan &plan, const RevocationOptions &options);

/// What planBytes() made. Errors: FileFormatInvalid, PlanStale (another version made it). **Thread-safety:** pure.
[[nodiscard]] base::Result<StoredPlan> planOf(const base::SecretBytes &bytes);

} // namespace rollcall::revoke
