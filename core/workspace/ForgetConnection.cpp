#include "core/workspace/ForgetConnection.h"

#include "core/audit/AuditedAct.h"
#include "core/workspace/Approvers.h"

namespace rollcall::workspace {

bool isProtecting(const ConnectionProfile &profile)
{
    return profile.needsApproval || profile.environment == Environment::Production;
}

base::Status giveUpProtection(const ConnectionProfile &profile, const QString &action, const QString &reason,
                              audit::AuditLog &log, const base::Call &call, const std::function<base::Status()> &act)
{
    audit::AuditEntry entry;
    entry.action = action;
    entry.connection = profile.name;
    entry.reason = reason;
    entry.counts = {{QStringLiteral("production"), profile.environment == Environment::Production},
                    {QStringLiteral("needsApproval"), profile.needsApproval}};
    return audit::audited(log, entry, audit::WithoutRecord::Refuse, call,
                          [&act](audit::AuditEntry &) { return act(); });
}

base::Status forgetConnection(Workspace &workspace, const ConnectionProfile &profile, const QString &reason,
                              audit::AuditLog &log, base::SecretVault *vault, const base::Call &call)
{
    const auto forget = [&]() -> base::Status {
        // Whoever is named so next is another connection: nobody may approve for it yet.
        if (auto status = writeApprovers(workspace.folders().config, profile.name, {}, call); !status)
            return status;
        return workspace.remove(profile.name, vault, call);
    };
    return isProtecting(profile)
               ? giveUpProtection(profile, QStringLiteral("connection.remove"), reason, log, call, forget)
               : forget();
}

} // namespace rollcall::workspace
