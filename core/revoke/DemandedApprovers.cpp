#include "core/revoke/DemandedApprovers.h"

#include <algorithm>

#include "core/deployment/Demands.h"
#include "core/deployment/Deployment.h"
#include "core/workspace/Approvers.h"
#include "core/workspace/Workspace.h"

namespace rollcall::revoke {

base::Result<QStringList> approversOf(const workspace::Workspace &workspace, const deployment::Deployment &deployment)
{
    const auto saved = workspace.profiles();
    if (!saved)
        return base::fail(saved.error());
    const QString &config = workspace.folders().config;
    QStringList names = deployment::whoWantApproval(deployment.config(), *saved);
    if (names.isEmpty())
        names << deployment.config().profile.name;
    auto approvers = workspace::readApprovers(config, names.takeFirst());
    for (const QString &name : names) {
        if (!approvers)
            break;
        const auto others = workspace::readApprovers(config, name);
        if (!others)
            return base::fail(others.error());
        approvers->removeIf([&others](const QString &approver) { return !others->contains(approver); });
    }
    return approvers;
}

} // namespace rollcall::revoke
