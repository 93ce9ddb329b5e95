#pragma once

#include <functional>

#include "core/audit/AuditLog.h"

namespace rollcall::audit {

/// What becomes of an act whose intent cannot be put on record.
enum class WithoutRecord {
    Refuse, ///< it is not tried
    DoIt,   ///< it is done all the same, being the smaller evil (cleaning up); the log's error is returned
};

/// Puts an act on record before and after it: @p entry with phase, actor and (where it is empty) a new operation's name
/// filled in, then @p act, then the entry again as outcome, with whatever the act has changed in it: where it failed it
/// says so there as well as by its error, which is the one returned. Errors: the act's, those of AuditLog::append().
/// **Thread-safety:** as @p act.
[[nodiscard]] base::Status audited(AuditLog &log, AuditEntry &entry, WithoutRecord withoutRecord,
                                   const base::Call &call, const std::function<base::Status(AuditEntry &outcome)> &act);

} // namespace rollcall::audit
