#pragma once

#include "core/audit/AuditLog.h"
#include "core/revoke/Approval.h"

namespace rollcall::revoke {

/// Whether @p approval (none: nothing to ask) of @p plan has not been used yet: an approval counts once, so no other
/// operation than @p operation (empty: one that is yet to begin) has carried this plan out with one since it was
/// frozen, by @p log and the logs that were put aside from its place. One that is known to have deleted nothing is no
/// use of it. Errors: WriteRefused (Part "used approval", Name: that operation), FileUnreadable, Cancelled.
/// **Thread-safety:** thread-safe; reads these logs.
[[nodiscard]] base::Status checkUnused(const RevocationPlan &plan, const std::optional<Approval> &approval,
                                       const audit::AuditLog &log, const QString &operation, const base::Call &call);

} // namespace rollcall::revoke
