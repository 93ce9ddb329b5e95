#pragma once

#include "core/base/Result.h"
#include "core/revoke/Restorer.h"
#include "ui/common/Activity.h"

namespace rollcall::revoke {

/// How a revocation ended, for the list of activities. **Thread-safety:** pure, as all here.
[[nodiscard]] common::ActEnd endOfRevocation(const base::Result<RevocationReport> &report);
/// The same of a restore.
[[nodiscard]] common::ActEnd endOfRestore(const base::Result<RestoreReport> &report);
/// The same of a prune.
[[nodiscard]] common::ActEnd endOfPrune(const base::Result<RevocationReport> &report);

/// Whether it stopped because that was wanted, and can be gone on with.
[[nodiscard]] bool isPaused(const std::optional<base::Error> &error, bool resumable);

/// "Deleted 1,200 of 4,212 expired sessions": the headline of a prune's report.
[[nodiscard]] QString pruneHeadline(const RevocationReport &report);

} // namespace rollcall::revoke
