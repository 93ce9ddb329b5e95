#pragma once

#include "core/audit/AuditLog.h"
#include "core/workspace/Workspace.h"

namespace rollcall::workspace {

/// Whether @p profile demands something of every act in its place: it is a production connection, or revocations want
/// approval; or masks names and e-mails. To give that up is an act itself. **Thread-safety:** a pure function.
[[nodiscard]] bool isProtecting(const ConnectionProfile &profile);

/// Does @p act, by which the demands of @p profile change, on record in @p log as @p action, for @p reason, with what
/// is @p told besides: not at all where it cannot be recorded. One connection is counted, and none in the outcome of an
/// act that failed. Errors: those of @p act and of AuditLog::append(). **Thread-safety:** one thread; blocks.
[[nodiscard]] base::Status changeDemands(const ConnectionProfile &profile, const QString &action, const QString &reason,
                                         const QJsonObject &told, audit::AuditLog &log, const base::Call &call,
                                         const std::function<base::Status()> &act);

/// Forgets @p profile of @p workspace, its secrets in @p vault and, once it is gone, its approvers; where it
/// isProtecting(), on record ("connection.remove"). Errors: those of Workspace::remove(), writeApprovers() and
/// changeDemands().
[[nodiscard]] base::Status forgetConnection(Workspace &workspace, const ConnectionProfile &profile,
                                            const QString &reason, audit::AuditLog &log, base::SecretVault *vault,
                                            const base::Call &call);

} // namespace rollcall::workspace
