#pragma once

#include "app/ctl/Command.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::ctl {

// Which sessions are to be revoked: `sessions revoke` and `plan save`.

/// The flags that choose them, filters among them.
[[nodiscard]] std::vector<Flag> selectionFlags();
/// Groups of these flags of which at most one may be given.
[[nodiscard]] std::vector<QStringList> selectionExclusions();
/// What they say; what the users' file leaves open is warned of. Errors: UsageInvalid, those of readInputFile().
[[nodiscard]] base::Result<revoke::Selection> readSelection(Context &context);

} // namespace rollcall::ctl
