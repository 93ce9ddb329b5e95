#include "core/revoke/DemandedApprovers.h"

#include "core/deployment/Demands.h"
#include "core/deployment/Deployment.h"
#include "core/workspace/Approvers.h"
#include "core/workspace/Workspace.h"

namespace rollcall::revoke {

using base::ErrorParam;

base::Result<Approval> checkApproval(const QByteArray &approval, const PlanSummary &summary,
                                     const workspace::Workspace &workspace, const deployment::Deployment &deployment,
                                     const QString &own, const QString &path)
{
    const auto saved = workspace.profiles();
    if (!saved)
        return base::fail(saved.error());
    QStringList names = deployment::whoWantApproval(deployment.config(), *saved);
    if (names.isEmpty())
        names << deployment.config().profile.name;
    std::optional<Approval> granted;
    for (const QString &name : std::as_const(names)) {
        const auto listed = workspace::readApprovers(workspace.folders().config, name);
        if (!listed)
            return base::fail(listed.error());
        auto checked = checkApproval(approval, summary, *listed, own, path);
        const QString approver = checked ? QString() : checked.error().param(ErrorParam::Name);
        if (!approver.isEmpty() && !name.isEmpty())
            return base::fail(
                base::Error(checked.error().code)
                    .with(ErrorParam::Part, checked.error().param(ErrorParam::Part))
                    .with(ErrorParam::Detail,
                          QStringLiteral("the connection %1 does not list %2 as an approver").arg(name, approver)));
        if (!checked)
            return checked;
        granted = std::move(*checked);
    }
    return std::move(*granted);
}

base::Status checkApproved(const RevocationPlan &plan, const std::optional<Approval> &approval,
                           const deployment::Deployment &deployment, const workspace::Workspace &workspace)
{
    auto checked = checkApproved(plan, approval, deployment);
    if (checked || approval)
        return checked;
    const auto saved = workspace.profiles();
    if (!saved)
        return base::fail(saved.error());
    const QStringList names = deployment::whoWantApproval(deployment.config(), *saved);
    if (names.isEmpty())
        return checked;
    return base::fail(
        base::Error(checked.error().code)
            .with(ErrorParam::Part, checked.error().param(ErrorParam::Part))
            .with(ErrorParam::Detail,
                  QStringLiteral("a second person's approval of the plan is wanted in this database by %1 %2")
                      .arg(names.size() == 1 ? QStringLiteral("the connection") : QStringLiteral("the connections"),
                           names.join(QStringLiteral(", ")))));
}

} // namespace rollcall::revoke
