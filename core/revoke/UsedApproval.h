#pragma once

#include "core/audit/AuditLog.h"
#include "core/revoke/Approval.h"

namespace rollcall::revoke {

/// The member of an approved revocation's counts, in its intent and outcome, that says when its plan was frozen: with
/// the digest it names the plan.
[[nodiscard]] QString frozenAtMember();

/// Whether @p approval (none: nothing to ask) of @p plan has not been used yet: an approval counts once, so no other
/// operation than @p operation (empty: one that is yet to begin) has carried out this plan, and not another of the same
/// rows, with one, by @p log and the logs that were put aside from its place: as far as these are whole. One that is
/// known to have deleted nothing, also where it was discarded, is no use of it; one of which that is not known is.
/// Errors: WriteRefused (Part "used approval", Name: that operation), FileUnreadable, Cancelled.
/// **Thread-safety:** thread-safe; reads these logs.
[[nodiscard]] base::Status checkUnused(const RevocationPlan &plan, const std::optional<Approval> &approval,
                                       const audit::AuditLog &log, const QString &operation, const base::Call &call);

} // namespace rollcall::revoke
