#include "core/workspace/ForgetConnection.h"

#include "core/audit/AuditedAct.h"
#include "core/workspace/Approvers.h"

namespace rollcall::workspace {

bool isProtecting(const ConnectionProfile &profile)
{
    return profile.needsApproval || profile.maskPersonal || profile.environment == Environment::Production;
}

base::Status changeDemands(const ConnectionProfile &profile, const QString &action, const QString &reason,
                           const QJsonObject &told, audit::AuditLog &log, const base::Call &call,
                           const std::function<base::Status()> &act)
{
    const QString connections = QStringLiteral("connections");
    audit::AuditEntry entry;
    entry.action = action;
    entry.connection = profile.name;
    entry.reason = reason;
    entry.counts = told;
    entry.counts.insert(connections, 1);
    entry.counts.insert(QStringLiteral("production"), profile.environment == Environment::Production);
    entry.counts.insert(QStringLiteral("needsApproval"), profile.needsApproval);
    if (profile.maskPersonal)
        entry.counts.insert(QStringLiteral("maskPersonal"), true);
    return audit::audited(log, entry, audit::WithoutRecord::Refuse, call, [&](audit::AuditEntry &outcome) {
        base::Status status = act();
        if (!status)
            outcome.counts.insert(connections, 0);
        return status;
    });
}

base::Status forgetConnection(Workspace &workspace, const ConnectionProfile &profile, const QString &reason,
                              audit::AuditLog &log, base::SecretVault *vault, const base::Call &call)
{
    const auto forget = [&]() -> base::Status {
        base::Status removed = workspace.remove(profile.name, vault, call);
        if (!removed && workspace.profile(profile.name))
            return removed; // it is still there, and so are those who approve for it
        // Whoever is named so next is another connection: nobody may approve for it yet.
        const base::Status cleared = writeApprovers(workspace.folders().config, profile.name, {}, call);
        return removed ? cleared : removed;
    };
    return isProtecting(profile)
               ? changeDemands(profile, QStringLiteral("connection.remove"), reason, {}, log, call, forget)
               : forget();
}

} // namespace rollcall::workspace
