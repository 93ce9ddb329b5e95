#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/RevocationAnswer.h"
#include "core/base/Counted.h"
#include "core/revoke/RestorePreview.h"

namespace rollcall::ctl {

namespace {

class SessionsRestoreCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("dry-run"), {}, QStringLiteral("show what would come back and what not, write nothing")},
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")},
            {QStringLiteral("batch-size"), QStringLiteral("N"), QStringLiteral("rows a transaction, at most (100)")}};
        const std::vector<Flag> consent = writeFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        return {{QStringLiteral("sessions"), QStringLiteral("restore")},
                QStringLiteral("AUDIT-ID"),
                true,
                QStringLiteral("put back what a revocation deleted, from its sealed record, within its window"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        revoke::RestoreOptions options;
        options.reason = context.arguments().value(QStringLiteral("reason")).value_or(QString());
        const auto batch = context.arguments().integer(QStringLiteral("batch-size"), options.batchSize, 1, 10'000);
        if (!batch)
            return Outcome::failed(batch.error());
        options.batchSize = static_cast<qsizetype>(*batch);
        const auto opened = openRows(context);
        if (!opened)
            return Outcome::failed(opened.error());
        const deployment::Deployment &deployment = **opened;
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        const bool isDryRun = context.arguments().has(QStringLiteral("dry-run"));
        if (const auto status = isDryRun ? base::Status() : checkConsentPossible(context, profile); !status)
            return Outcome::failed(status.error());
        audit::AuditLog log = context.auditLog();
        const revoke::OperationPlace place = operationPlace(context);
        const auto plan = revoke::planRestore(context.arguments().argument(), deployment, log, place, context.call());
        if (!plan)
            return Outcome::failed(plan.error());
        if (isDryRun)
            return dryRun(context, *plan, deployment, place);
        const QString question = QStringLiteral("Put %1 of %2 back at %3?")
                                     .arg(base::counted(plan->count(), "session"), base::counted(plan->users, "user"),
                                          deployment.config().displayName());
        if (const auto status = askConsent(context, profile, question); !status)
            return Outcome::failed(status.error());
        const auto store = deployment.openStore(store::Access::Write, context.call());
        if (!store)
            return Outcome::failed(store.error());
        const auto report =
            revoke::carryOut(*plan, options, deployment, **store, log, place, wholeCall(context),
                             [&context](const revoke::RevocationProgress &step) { showProgress(context, step); });
        return report ? restoreOutcome(context, *report, PersonalMask(profile)) : Outcome::failed(report.error());
    }

private:
    static Outcome dryRun(Context &context, const revoke::RestorePlan &plan, const deployment::Deployment &deployment,
                          const revoke::OperationPlace &place)
    {
        const auto store = deployment.openStore(store::Access::ReadOnly, context.call());
        if (!store)
            return Outcome::failed(store.error());
        const auto preview = revoke::previewRestore(plan, **store, place, wholeCall(context));
        return preview ? Outcome::done(previewAnswer(*preview, PersonalMask(deployment.config().profile)))
                       : Outcome::failed(preview.error());
    }
};

} // namespace

std::unique_ptr<const Command> makeSessionsRestore()
{
    return std::make_unique<SessionsRestoreCommand>();
}

} // namespace rollcall::ctl
