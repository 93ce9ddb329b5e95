#include "app/ctl/PlanFiles.h"

#include "app/ctl/InputFile.h"
#include "core/workspace/Approvers.h"

namespace rollcall::ctl {

base::Result<revoke::SavedPlan> readPlanFile(Context &context, const QString &path)
{
    const auto content = readInputFile(path, context.stop());
    if (!content)
        return base::fail(content.error());
    return revoke::readSavedPlan(*content, path);
}

base::Result<revoke::RevocationPlan> openPlanFile(Context &context, const deployment::Deployment &deployment)
{
    const QString path = context.arguments().value(QStringLiteral("plan")).value_or(QString());
    const auto saved = readPlanFile(context, path);
    if (!saved)
        return base::fail(saved.error());
    const auto seal = revoke::OperationSeal::load(context.vault(), false, context.call());
    if (!seal)
        return base::fail(seal.error());
    auto plan = revoke::openSavedPlan(*saved, deployment, *seal, path);
    const auto approval = context.arguments().value(QStringLiteral("approval"));
    if (!plan || !approval)
        return plan;
    const auto content = readInputFile(*approval, context.stop());
    if (!content)
        return base::fail(content.error());
    const auto approvers =
        workspace::readApprovers(context.workspace().folders().config, deployment.config().profile.name);
    if (!approvers)
        return base::fail(approvers.error());
    // Who can open the plan has made it: their own key is the planner's.
    const auto own = revoke::ApproverKey::load(context.vault(), false, context.call());
    if (!own && own.error().code != base::ErrorCode::NoKeyStore)
        return base::fail(own.error());
    const auto approver =
        revoke::checkApproval(*content, saved->summary, *approvers, own ? own->name() : QString(), *approval);
    if (!approver)
        return base::fail(approver.error());
    return plan;
}

} // namespace rollcall::ctl
