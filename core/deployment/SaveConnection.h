#pragma once

#include <optional>

#include "core/audit/AuditLog.h"
#include "core/deployment/Demands.h"
#include "core/workspace/Workspace.h"

namespace rollcall::deployment {

/// A connection as it is to be saved. **Thread-safety:** plain value.
struct ConnectionToSave
{
    workspace::ConnectionProfile profile;
    std::optional<QStringList> approvers; ///< who may approve for it; nullopt: whoever may already
    QString replaces; ///< the saved connection that may be replaced: under any other name that is taken it is refused
    QString reason;   ///< for the audit log
};

/// What saving @p connection in @p workspace would give up; nothing where it is new. Reads the approvers only where
/// they are to be others, or where revocations are to want approval for the first time. Errors: UsageInvalid (the name
/// is taken), those of Workspace::profiles() and readApprovers(). **Thread-safety:** reentrant; blocks on files.
[[nodiscard]] base::Result<GivenUp> givenUpBySaving(const ConnectionToSave &connection,
                                                    const workspace::Workspace &workspace);

/// Saves @p connection and @p secrets in @p workspace and @p vault (Workspace::save()), the path of a SQLite file
/// without links, so that it is known when they are gone; and its approvers. What is given up by that, and who may
/// approve where approval is wanted, goes on record in @p log: "connection.loosen" where it demands less, or masks
/// names and e-mails no longer, which shows them for good, be it under another name than it replaces, "connection.move"
/// where it demands the same of another place, "connection.approvers". It is not done where that cannot be recorded.
/// Errors: those of givenUpBySaving(), Workspace::save(), writeApprovers() and AuditLog::append(); WriteRefused where
/// more would be given up than @p consented. **Thread-safety:** one thread; blocks.
[[nodiscard]] base::Status saveConnection(const ConnectionToSave &connection,
                                          const workspace::ConnectionSecrets &secrets, const GivenUp &consented,
                                          workspace::Workspace &workspace, audit::AuditLog &log,
                                          base::SecretVault *vault, const base::Call &call);

} // namespace rollcall::deployment
