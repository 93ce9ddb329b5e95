#include "app/ctl/PlanFiles.h"

#include "app/ctl/InputFile.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/DemandedApprovers.h"
#include "core/revoke/UsedApproval.h"

namespace rollcall::ctl {

base::Result<revoke::SavedPlan> readPlanFile(Context &context, const QString &path)
{
    const auto content = readInputFile(path, context.stop());
    if (!content)
        return base::fail(content.error());
    return revoke::readSavedPlan(*content, path);
}

base::Result<OpenedPlan> openPlanFile(Context &context, const deployment::Deployment &deployment)
{
    const QString path = context.arguments().value(QStringLiteral("plan")).value_or(QString());
    const auto saved = readPlanFile(context, path);
    if (!saved)
        return base::fail(saved.error());
    const auto seal = revoke::OperationSeal::load(context.vault(), false, context.call());
    if (!seal && context.vault() && seal.error().code == base::ErrorCode::NoKeyStore)
        return base::fail(revoke::sealedElsewhere(path)); // keys are here, but nothing was ever sealed with them
    if (!seal)
        return base::fail(seal.error());
    auto plan = revoke::openSavedPlan(*saved, deployment, *seal, path);
    if (!plan)
        return base::fail(plan.error());
    OpenedPlan opened{std::move(plan->plan), {}, saved->summary.reason};
    const auto given = context.arguments().value(QStringLiteral("reason"));
    if (given && !opened.reason.isEmpty() && *given != opened.reason)
        return base::fail(usageError(QStringLiteral("--reason"),
                                     QStringLiteral("the plan was saved for another reason, and that one goes on "
                                                    "record: leave the flag out")));
    const auto approvalPath = context.arguments().value(QStringLiteral("approval"));
    if (!approvalPath)
        return opened;
    const auto content = readInputFile(*approvalPath, context.stop());
    if (!content)
        return base::fail(content.error());
    // Who can open the plan has made it: their own key is the planner's.
    const auto own = revoke::ApproverKey::load(context.vault(), false, context.call());
    if (!own && own.error().code != base::ErrorCode::NoKeyStore)
        return base::fail(own.error());
    auto approval = revoke::checkApproval(*content, saved->summary, context.workspace(), deployment,
                                          own ? own->name() : QString(), *approvalPath);
    if (!approval)
        return base::fail(approval.error());
    opened.approval = std::move(*approval);
    if (const auto unused = revoke::checkUnused(opened.plan, opened.approval, context.auditLog(), {}, context.call());
        !unused)
        return base::fail(unused.error());
    return opened;
}

} // namespace rollcall::ctl
