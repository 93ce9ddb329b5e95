#pragma once

#include "core/audit/AuditLog.h"
#include "core/workspace/Workspace.h"

namespace rollcall::workspace {

/// Whether @p profile demands something of every act in its place: it is a production connection, or revocations want
/// approval. To give that up is an act itself. **Thread-safety:** a pure function.
[[nodiscard]] bool isProtecting(const ConnectionProfile &profile);

/// Does @p act, by which the demands of @p profile are given up, on record in @p log as @p action, for @p reason: not
/// at all where it cannot be recorded. Errors: those of @p act and of AuditLog::append(). **Thread-safety:** one
/// thread; blocks.
[[nodiscard]] base::Status giveUpProtection(const ConnectionProfile &profile, const QString &action,
                                            const QString &reason, audit::AuditLog &log, const base::Call &call,
                                            const std::function<base::Status()> &act);

/// Forgets @p profile of @p workspace, its secrets in @p vault and its approvers; where it isProtecting(), on record
/// ("connection.remove"). Errors: those of Workspace::remove(), writeApprovers() and giveUpProtection().
[[nodiscard]] base::Status forgetConnection(Workspace &workspace, const ConnectionProfile &profile,
                                            const QString &reason, audit::AuditLog &log, base::SecretVault *vault,
                                            const base::Call &call);

} // namespace rollcall::workspace
