#include <limits>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/RevocationAnswer.h"
#include "core/base/Counted.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;

/// What the flags ask for, read before anything is contacted.
struct Request
{
    revoke::PruneOptions options;
    qint64 max = std::numeric_limits<qint64>::max();
    bool dryRun = false;
};

base::Result<Request> readRequest(const Context &context)
{
    const Arguments &arguments = context.arguments();
    if (const auto status = checkWriteFlags(context); !status)
        return base::fail(status.error());
    Request request;
    const auto olderThan = arguments.duration(QStringLiteral("older-than"), request.options.olderThan);
    if (!olderThan)
        return base::fail(olderThan.error());
    request.options.olderThan = std::chrono::ceil<std::chrono::milliseconds>(*olderThan);
    const auto batch =
        arguments.integer(QStringLiteral("batch-size"), request.options.batchSize, 1, revoke::largestPruneBatch);
    if (!batch)
        return base::fail(batch.error());
    request.options.batchSize = *batch;
    const auto max = arguments.integer(QStringLiteral("max"), request.max, 0, request.max);
    if (!max)
        return base::fail(max.error());
    request.max = *max;
    request.options.reason = arguments.value(QStringLiteral("reason")).value_or(QString());
    request.options.paced = !arguments.has(QStringLiteral("unpaced"));
    request.dryRun = arguments.has(QStringLiteral("dry-run"));
    return request;
}

class SessionsPruneCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("older-than"), QStringLiteral("DURATION"),
             QStringLiteral("past their expiry (24h, which outlasts any mistake about a time zone)")},
            {QStringLiteral("dry-run"), {}, QStringLiteral("show what would happen, write nothing")},
            {QStringLiteral("batch-size"), QStringLiteral("N"),
             QStringLiteral("rows a transaction, at most; what they take decides")},
            {QStringLiteral("max"), QStringLiteral("N"), QStringLiteral("refuse where more rows match")},
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")},
            {QStringLiteral("unpaced"), {}, QStringLiteral("at full speed, without rests for others")},
        };
        const std::vector<Flag> consent = writeFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        return {{QStringLiteral("sessions"), QStringLiteral("prune")},
                {},
                false,
                QStringLiteral("delete the rows of sessions that are long expired, in short transactions"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto request = readRequest(context);
        if (!request)
            return Outcome::failed(request.error());
        const auto opened = openRows(context);
        if (!opened)
            return Outcome::failed(opened.error());
        return pruneIn(context, *request, **opened);
    }

private:
    static Outcome pruneIn(Context &context, const Request &request, const Deployment &deployment)
    {
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        if (!request.dryRun) {
            if (const auto status = checkConsentPossible(context, profile); !status)
                return Outcome::failed(status.error());
        }
        const auto access = request.dryRun ? store::Access::ReadOnly : store::Access::Write;
        const auto store = deployment.openStore(access, context.call());
        if (!store)
            return Outcome::failed(store.error());
        const auto plan = revoke::planPrune(request.options, deployment, **store, request.max, context.callFor(2));
        if (!plan)
            return Outcome::failed(plan.error());
        if (request.dryRun)
            return dryRunOutcome(*plan, PersonalMask(profile));
        const QString question = QStringLiteral("Delete %1 that ended before %2 at %3? This cannot be undone.")
                                     .arg(base::counted(plan->matched, "session"), base::toIso(plan->before),
                                          deployment.config().displayName());
        if (const auto status = askConsent(context, profile, question); !status)
            return Outcome::failed(status.error());
        audit::AuditLog log = context.auditLog();
        const auto report =
            revoke::carryOut(*plan, deployment, **store, log, operationPlace(context), wholeCall(context),
                             [&context](const revoke::RevocationProgress &step) { showProgress(context, step); });
        if (!report)
            return Outcome::failed(report.error());
        warnAbout(context, *report);
        return revocationOutcome(*report, revocationAnswer(*report, PersonalMask(profile)));
    }

    static Outcome dryRunOutcome(const revoke::PrunePlan &plan, const PersonalMask &mask)
    {
        revoke::RevocationReport nothing;
        nothing.matched = plan.matched;
        Answer answer = revocationAnswer(nothing, mask);
        answer.members.add(QStringLiteral("before"), base::toIso(plan.before))
            .add(QStringLiteral("digest"), plan.digest)
            .add(QStringLiteral("statement"), plan.statement);
        answer.note = QStringLiteral("Dry run: nothing was written.");
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeSessionsPrune()
{
    return std::make_unique<SessionsPruneCommand>();
}

} // namespace rollcall::ctl
