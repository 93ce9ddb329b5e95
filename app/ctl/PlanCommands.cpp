#include <QJsonArray>

#include "app/ctl/Commands.h"
#include "app/ctl/OutFile.h"
#include "app/ctl/PlanFiles.h"
#include "app/ctl/PlanRemarks.h"
#include "app/ctl/RevocationAnswer.h"
#include "app/ctl/SelectionFlags.h"
#include "core/base/DurableFile.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/OperationSeal.h"
#include "core/revoke/PlanTarget.h"

namespace rollcall::ctl {

namespace {

Answer answerOf(const revoke::PlanSummary &summary)
{
    Answer answer;
    answer.members.add(QStringLiteral("digest"), summary.digest)
        .add(QStringLiteral("matched"), summary.matched)
        .add(QStringLiteral("users"), summary.users)
        .add(QStringLiteral("sharing"), summary.sharing)
        .add(QStringLiteral("sharingLive"), summary.sharingLive)
        .add(QStringLiteral("heldByOthers"), summary.heldByOthers ? QJsonValue(*summary.heldByOthers) : QJsonValue())
        .add(QStringLiteral("frozenAt"), base::toIso(summary.frozenAt))
        .add(QStringLiteral("selection"), summary.selection)
        .add(QStringLiteral("sample"), QJsonArray::fromStringList(summary.sample))
        .add(QStringLiteral("statement"), summary.statement)
        .add(QStringLiteral("connection"), summary.connection)
        .add(QStringLiteral("database"), summary.database)
        .add(QStringLiteral("reason"), summary.reason)
        .add(QStringLiteral("plannedBy"), summary.plannedBy)
        .add(QStringLiteral("planner"), summary.planner);
    return answer;
}

/// Where @p document goes. Errors: those of neededOutFile(), FileUnwritable (with --overwrite: something else than
/// another of its kind stands there).
base::Result<OutTarget> outTarget(Context &context, revoke::PlanDocument document)
{
    auto target = neededOutFile(context);
    if (target) {
        if (auto allowed = revoke::mayWriteTo(target->path, document); !allowed)
            return base::fail(std::move(allowed.error()));
    }
    return target;
}

class PlanSaveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags = selectionFlags();
        const std::vector<Flag> out = outFlags(QStringLiteral("the plan's file, made with mode 0600"));
        flags.insert(flags.end(), out.begin(), out.end());
        flags.push_back({QStringLiteral("reason"), QStringLiteral("TEXT"),
                         QStringLiteral("why, for who approves it and for the audit log")});
        flags.push_back(
            {QStringLiteral("max"), QStringLiteral("N"), QStringLiteral("refuse where more sessions match")});
        return {{QStringLiteral("plan"), QStringLiteral("save")},
                {},
                false,
                QStringLiteral("freeze which sessions are to be revoked, to be approved and carried out later"),
                std::move(flags),
                selectionExclusions()};
    }

    Outcome run(Context &context) const override
    {
        const Arguments &arguments = context.arguments();
        auto selection = readSelection(context);
        if (!selection)
            return Outcome::failed(selection.error());
        const auto out = outTarget(context, revoke::PlanDocument::Plan);
        if (!out)
            return Outcome::failed(out.error());
        const auto max = arguments.integer(QStringLiteral("max"), revoke::largestPlan, 0, revoke::largestPlan);
        if (!max)
            return Outcome::failed(max.error());
        const auto opened = openRows(context);
        if (!opened)
            return Outcome::failed(opened.error());
        const deployment::Deployment &deployment = **opened;
        const auto store = deployment.openStore(store::Access::ReadOnly, context.call());
        if (!store)
            return Outcome::failed(store.error());
        const int reads = 3 + revoke::questionsFor(selection->users);
        const auto plan = revoke::freezePlan(deployment, **store, std::move(*selection), *max, context.callFor(reads));
        if (!plan)
            return Outcome::failed(plan.error());
        warnAboutPlan(context, *plan, deployment, **store);
        const auto seal = revoke::OperationSeal::load(context.vault(), true, context.call());
        if (!seal)
            return Outcome::failed(seal.error());
        const auto planner = revoke::ApproverKey::load(context.vault(), true, context.call());
        if (!planner)
            return Outcome::failed(planner.error());
        const auto bytes = revoke::savedPlanBytes(*plan, deployment, *seal, *planner,
                                                  arguments.value(QStringLiteral("reason")).value_or(QString()));
        if (!bytes)
            return Outcome::failed(bytes.error());
        // Again: much may have come to lie there while the rows were read.
        const auto still = outTarget(context, revoke::PlanDocument::Plan);
        if (!still)
            return Outcome::failed(still.error());
        if (const auto written = base::replaceFile(still->path, *bytes, base::ErrorCode::FileUnwritable, out->onto);
            !written)
            return Outcome::failed(written.error());
        const auto saved = revoke::readSavedPlan(*bytes, still->path);
        if (!saved)
            return Outcome::failed(saved.error());
        Answer answer = answerOf(saved->summary);
        addUnmatched(*plan, answer);
        return plan->unmatched.isEmpty() ? Outcome::done(std::move(answer))
                                         : Outcome::no(std::move(answer), unmatchedText(*plan));
    }
};

class PlanShowCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("plan"), QStringLiteral("show")},
                QStringLiteral("FILE"),
                true,
                QStringLiteral("what a plan's file says in clear, if it is as its planner signed it"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto saved = readPlanFile(context, context.arguments().argument());
        return saved ? Outcome::done(answerOf(saved->summary)) : Outcome::failed(saved.error());
    }
};

class PlanApproveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("plan"), QStringLiteral("approve")},
                QStringLiteral("FILE"),
                true,
                QStringLiteral("approve another's plan with your own key, which their connection must list"),
                outFlags(QStringLiteral("the approval's file")),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto out = outTarget(context, revoke::PlanDocument::Approval);
        if (!out)
            return Outcome::failed(out.error());
        const auto saved = readPlanFile(context, context.arguments().argument());
        if (!saved)
            return Outcome::failed(saved.error());
        const auto key = revoke::ApproverKey::load(context.vault(), true, context.call());
        if (!key)
            return Outcome::failed(key.error());
        const auto bytes = revoke::approvalBytes(saved->summary, *key, context.clock().now());
        if (!bytes)
            return Outcome::failed(bytes.error());
        if (const auto written = base::replaceFile(out->path, *bytes, base::ErrorCode::FileUnwritable, out->onto);
            !written)
            return Outcome::failed(written.error());
        const bool isPlanners = key->name() == saved->summary.planner;
        if (isPlanners)
            context.output().warn(QStringLiteral("this plan was made with this very key, and the planner's own "
                                                 "approval never counts: have another person approve it."));
        Answer answer = answerOf(saved->summary);
        answer.members.add(QStringLiteral("approver"), key->name());
        if (!isPlanners)
            answer.note =
                QStringLiteral("It counts where the connection lists this key: connections add NAME --approver %1")
                    .arg(key->name());
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makePlanSave()
{
    return std::make_unique<PlanSaveCommand>();
}

std::unique_ptr<const Command> makePlanShow()
{
    return std::make_unique<PlanShowCommand>();
}

std::unique_ptr<const Command> makePlanApprove()
{
    return std::make_unique<PlanApproveCommand>();
}

} // namespace rollcall::ctl
