#include <QJsonArray>

#include <algorithm>
#include <limits>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/InputFile.h"
#include "app/ctl/PersonalMask.h"
#include "app/ctl/PlanFiles.h"
#include "app/ctl/PlanRemarks.h"
#include "app/ctl/RevocationAnswer.h"
#include "app/ctl/SelectionFlags.h"
#include "app/ctl/SessionRecord.h"
#include "core/audit/AuditLog.h"
#include "core/base/Counted.h"
#include "core/base/ErrorText.h"
#include "core/revoke/BlastRadius.h"
#include "core/revoke/DemandedApprovers.h"
#include "core/revoke/PlanCheck.h"
#include "core/revoke/PlanOutlook.h"
#include "core/revoke/ResurrectionWatch.h"
#include "core/revoke/Revoker.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;

constexpr qint64 mostRows = 100'000'000;

/// What the flags ask for, read before anything is contacted.
struct Request
{
    revoke::Selection selection;
    revoke::RevocationOptions options;
    qint64 max = mostRows;
    std::optional<std::chrono::milliseconds> watchFor; ///< 0: not at all; nullopt: as the connection says
    bool dryRun = false;
};

/// Whether --plan stands alone. Errors: UsageInvalid.
base::Status checkPlanFlags(const Arguments &arguments)
{
    if (arguments.has(QStringLiteral("approval")) && !arguments.has(QStringLiteral("plan")))
        return base::fail(usageError(QStringLiteral("--approval"), QStringLiteral("is of a plan: give --plan too")));
    if (!arguments.has(QStringLiteral("plan")))
        return {};
    for (const Flag &flag : selectionFlags()) {
        if (arguments.has(flag.name))
            return base::fail(usageError(QStringLiteral("--plan"),
                                         QStringLiteral("cannot be given together with --%1").arg(flag.name)));
    }
    return {};
}

base::Result<Request> readRequest(Context &context)
{
    const Arguments &arguments = context.arguments();
    if (const auto status = checkWriteFlags(context); !status)
        return base::fail(status.error());
    Request request;
    if (const auto status = checkPlanFlags(arguments); !status)
        return base::fail(status.error());
    if (!arguments.has(QStringLiteral("plan"))) {
        auto selection = readSelection(context);
        if (!selection)
            return base::fail(selection.error());
        request.selection = std::move(*selection);
    }
    const auto batch = arguments.integer(QStringLiteral("batch-size"), request.options.batchSize, 1, 10'000);
    if (!batch)
        return base::fail(batch.error());
    request.options.batchSize = static_cast<qsizetype>(*batch);
    const auto max = arguments.integer(QStringLiteral("max"), mostRows, 0, mostRows);
    if (!max)
        return base::fail(max.error());
    request.max = *max;
    const auto undoFor = arguments.duration(QStringLiteral("undo-for"), request.options.undoFor);
    if (!undoFor)
        return base::fail(undoFor.error());
    request.options.undoFor = std::chrono::duration_cast<std::chrono::milliseconds>(*undoFor);
    if (arguments.has(QStringLiteral("watch-for"))) {
        const auto watchFor = arguments.duration(QStringLiteral("watch-for"), {});
        if (!watchFor)
            return base::fail(watchFor.error());
        request.watchFor = std::chrono::ceil<std::chrono::milliseconds>(*watchFor);
    }
    request.options.reason = arguments.value(QStringLiteral("reason")).value_or(QString());
    request.options.recordsNames = arguments.has(QStringLiteral("audit-names"));
    request.options.verify = arguments.has(QStringLiteral("verify"));
    request.options.canary = request.options.verify && !arguments.has(QStringLiteral("no-canary"));
    request.options.verifyFor = context.options().timeout;
    request.dryRun = arguments.has(QStringLiteral("dry-run"));
    return request;
}

Outcome outcomeOf(const revoke::RevocationPlan &plan, const revoke::RevocationReport &report, const PersonalMask &mask)
{
    Answer answer = revocationAnswer(report, mask);
    addUnmatched(plan, answer);
    Outcome outcome = revocationOutcome(report, std::move(answer));
    if (outcome.exit == exitDone && !plan.unmatched.isEmpty())
        return Outcome::no(std::move(*outcome.answer), unmatchedText(plan));
    return outcome;
}

/// The first sessions that would go.
QByteArrayList sampleOf(const revoke::RevocationPlan &plan, const revoke::RevocationReport *checked,
                        const PersonalMask &mask)
{
    constexpr qsizetype sampleRows = 8;
    QByteArrayList sample;
    for (std::size_t i = 0; i < plan.rows.size() && sample.size() < sampleRows; ++i) {
        const session::ListedSession shown = mask.shown(plan.rows[i].shown);
        if (!checked)
            sample << recordOf(shown).toJson();
        else if (checked->rows[i].outcome == revoke::RowOutcome::NotTried) // of a saved plan so much is read again
            sample << JsonRecord()
                          .add(QStringLiteral("fingerprint"), shown.fingerprint.text())
                          .add(QStringLiteral("userId"), orNull(shown.userId))
                          .add(QStringLiteral("name"), orNull(shown.name))
                          .add(QStringLiteral("email"), orNull(shown.email))
                          .add(QStringLiteral("expires"), orNull(shown.expires))
                          .toJson();
    }
    return sample;
}

QString dryRunNote(const revoke::RevocationReport *checked)
{
    const QString note = QStringLiteral("Dry run: nothing was written.");
    if (!checked || checked->skipped == 0)
        return note;
    return note + QStringLiteral(" Since the plan was made, rows that are gone: %1, that became another user's: %2. Of "
                                 "the plan's %3 the others would go: %4.")
                      .arg(checked->count(revoke::RowOutcome::AlreadyGone))
                      .arg(checked->count(revoke::RowOutcome::Changed))
                      .arg(base::counted(checked->matched, "row"))
                      .arg(checked->matched - checked->skipped);
}

/// All that is said before consent: count, a sample, users, statements with parameters masked, cache keys, from when
/// they are refused, and how many are one's own. @p checked: how the rows of a saved plan stand now; null: @p plan was
/// made just now.
Outcome dryRunOutcome(const revoke::RevocationPlan &plan, const Deployment &deployment,
                      const revoke::RevocationReport *checked, const PersonalMask &mask)
{
    const revoke::PlanOutlook outlook = revoke::outlookOf(plan, deployment);
    revoke::RevocationReport nothing;
    nothing.matched = static_cast<qint64>(plan.rows.size());
    const revoke::RevocationReport &report = checked ? *checked : nothing;
    Answer answer = revocationAnswer(report, mask);
    answer.members.add(QStringLiteral("wouldRevoke"), report.matched - report.skipped)
        .add(QStringLiteral("users"), plan.users)
        .add(QStringLiteral("sharing"), plan.sharing)
        .add(QStringLiteral("sharingLive"), plan.sharingLive)
        .add(QStringLiteral("heldByOthers"),
             plan.whyNotLooked.isEmpty() ? QJsonValue(static_cast<qint64>(plan.heldByOthers.size())) : QJsonValue())
        .add(QStringLiteral("digest"), plan.digest)
        .add(QStringLiteral("statement"), plan.statement)
        .add(QStringLiteral("statements"), QJsonArray::fromStringList(outlook.statements))
        .addRaw(QStringLiteral("sample"), '[' + sampleOf(plan, checked, mask).join(',') + ']')
        .add(QStringLiteral("cacheKeys"), QJsonArray::fromStringList(outlook.cacheKeys))
        .add(QStringLiteral("window"), outlook.window)
        .add(QStringLiteral("ownSessions"), outlook.own ? QJsonValue(*outlook.own) : QJsonValue());
    answer.tableColumns.insert(QStringLiteral("sample"),
                               checked ? QStringList{QStringLiteral("fingerprint"), QStringLiteral("name"),
                                                     QStringLiteral("email"), QStringLiteral("expires")}
                                       : sessionTableColumns());
    addUnmatched(plan, answer);
    answer.note = dryRunNote(checked);
    return plan.unmatched.isEmpty() ? Outcome::done(std::move(answer))
                                    : Outcome::no(std::move(answer), unmatchedText(plan));
}

/// The dry run of @p opened: of a plan that was saved, how its rows stand now. Errors: those of revoke::checkPlan().
Outcome dryRun(Context &context, OpenedPlan &opened, const Deployment &deployment, store::SessionStore &store,
               const PersonalMask &mask)
{
    if (!context.arguments().has(QStringLiteral("plan")))
        return dryRunOutcome(opened.plan, deployment, nullptr, mask);
    const auto checked = revoke::checkPlan(opened.plan, store, deployment.clock().now(), wholeCall(context));
    if (!checked)
        return Outcome::failed(checked.error());
    return dryRunOutcome(opened.plan, deployment, &*checked, mask);
}

/// What is to be revoked: the plan of --plan with its approval, else what matches now. Errors: those of openPlanFile()
/// and revoke::freezePlan(), TooManyMatched.
base::Result<OpenedPlan> planOf(Context &context, const Request &request, const Deployment &deployment,
                                store::SessionStore &store)
{
    if (!context.arguments().has(QStringLiteral("plan"))) {
        const int reads = 3 + revoke::questionsFor(request.selection.users);
        auto plan = revoke::freezePlan(deployment, store, request.selection, request.max, context.callFor(reads));
        if (!plan)
            return base::fail(plan.error());
        return OpenedPlan{std::move(*plan), {}};
    }
    auto opened = openPlanFile(context, deployment);
    if (opened) {
        if (const auto noted = revoke::noteHolders(opened->plan, store, context.call()); !noted)
            return base::fail(noted.error());
    }
    const qint64 matched = opened ? static_cast<qint64>(opened->plan.rows.size()) : 0;
    if (opened && matched > request.max)
        return base::fail(base::Error(base::ErrorCode::TooManyMatched)
                              .with(base::ErrorParam::Count, matched)
                              .with(base::ErrorParam::Limit, request.max));
    return opened;
}

/// JWT sessions have no rows: the answer says so, until when their tokens are accepted, and whom what does end them
/// signs out.
Outcome notRevocable(Context &context, deployment::ConnectionConfig config)
{
    const auto deployment = Deployment::open(std::move(config), Needs{}, context.clock(), context.callFor(2));
    if (!deployment)
        return Outcome::failed(deployment.error());
    const revoke::NotRevocable why = revoke::explainNotRevocable(**deployment);
    Answer answer = revocationAnswer({}, PersonalMask((*deployment)->config().profile));
    JsonRecord record;
    record.add(QStringLiteral("strategy"), session::strategyName(session::Strategy::Jwt))
        .add(QStringLiteral("acceptedUntil"), orNull(why.acceptedUntil))
        .add(QStringLiteral("remedy"), why.remedy);
    const revoke::BlastRadius radius = revoke::blastRadiusOf(**deployment, context.callFor(2));
    record.add(QStringLiteral("users"), radius.users ? QJsonValue(*radius.users) : QJsonValue())
        .add(QStringLiteral("blastRadius"), radius.text());
    answer.members.add(QStringLiteral("notRevocable"), record);
    return Outcome::no(std::move(answer), base::oneLine(base::Error(base::ErrorCode::NotRevocable)));
}

/// What was revoked, and where.
struct Revoked
{
    const revoke::RevocationPlan &plan;
    const revoke::RevocationReport &report;
    const Deployment &deployment;
    audit::AuditLog &log;
};

/// Looks for @p time whether revoked sessions come back; @p outcome says which did, and is a no where any did.
void watchReturns(Context &context, const Revoked &revoked, std::chrono::milliseconds time, Outcome &outcome)
{
    revoke::ResurrectionWatch::Options options;
    options.lasts = time;
    options.interval = std::min(options.interval, std::max(time / 4, std::chrono::milliseconds(50)));
    revoke::ResurrectionWatch watch(revoked.plan, revoked.report, options, revoked.deployment, revoked.log);
    QJsonArray returned;
    const auto onLook = [&](const revoke::ResurrectionLook &look) {
        for (const revoke::Resurrection &session : look.returned) {
            returned.append(session.fingerprint.text());
            context.output().warn(QStringLiteral("the revoked session %1 is back: something writes it again, such as a "
                                                 "cache or another instance of the deployment. Revoke it again once "
                                                 "that is mended.")
                                      .arg(session.fingerprint.text()));
        }
        if (look.unrecorded)
            context.output().warn(base::oneLine(*look.unrecorded));
    };
    const auto ended = watch.run(onLook, context.stop());
    if (!ended)
        context.output().warn(
            QStringLiteral("whether revoked sessions come back is not known: %1").arg(base::oneLine(ended.error())));
    const bool isKnown = ended || !returned.isEmpty();
    outcome.answer->members.add(QStringLiteral("returned"), isKnown ? QJsonValue(returned) : QJsonValue());
    if (!isKnown && outcome.exit == exitDone) {
        outcome = Outcome::failed(ended.error(), std::move(*outcome.answer));
        outcome.exit = static_cast<int>(base::ExitClass::Midway);
    }
    if (!returned.isEmpty() && outcome.exit == exitDone) {
        outcome = Outcome::no(std::move(*outcome.answer),
                              QStringLiteral("The rows were deleted, but %1 of them came back.").arg(returned.size()));
    }
}

class SessionsRevokeCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags = selectionFlags();
        for (const std::vector<Flag> &more :
             {std::vector<Flag>{
                  {QStringLiteral("plan"), QStringLiteral("FILE"), QStringLiteral("what `plan save` froze")},
                  {QStringLiteral("approval"), QStringLiteral("FILE"),
                   QStringLiteral("a second person's approval of that plan, by `plan approve`")},
                  {QStringLiteral("dry-run"), {}, QStringLiteral("show what would happen, write nothing")},
                  {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")},
                  {QStringLiteral("audit-names"),
                   {},
                   QStringLiteral("write the user or the text that was chosen by to the audit log as well")},
                  {QStringLiteral("batch-size"), QStringLiteral("N"),
                   QStringLiteral("rows a transaction, at most (100)")},
                  {QStringLiteral("undo-for"), QStringLiteral("DURATION"),
                   QStringLiteral("keep the deleted rows so long, for `sessions restore` (24h); 0h: do not")},
                  {QStringLiteral("verify"),
                   {},
                   QStringLiteral("ask the deployment until it refuses the cookies; first about a canary, a labelled "
                                  "user and session that are removed at the end")},
                  {QStringLiteral("no-canary"),
                   {},
                   QStringLiteral("verify without it: nothing shows then that it is this database's deployment")},
                  {QStringLiteral("watch-for"), QStringLiteral("DURATION"),
                   QStringLiteral(
                       "then look so long whether a revoked session comes back (as the connection says, else 0s)")},
                  {QStringLiteral("max"), QStringLiteral("N"), QStringLiteral("refuse where more sessions match")}},
              revealPersonalFlags(false), writeFlags()})
            flags.insert(flags.end(), more.begin(), more.end());
        return {{QStringLiteral("sessions"), QStringLiteral("revoke")},
                {},
                false,
                QStringLiteral("end sessions: delete their rows, and prove that the deployment refuses them"),
                std::move(flags),
                selectionExclusions()};
    }

    Outcome run(Context &context) const override
    {
        const auto request = readRequest(context);
        if (!request)
            return Outcome::failed(request.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        if (request->options.verify && !config->baseUrl) {
            return Outcome::failed(base::Error(base::ErrorCode::PartNotGiven)
                                       .with(base::ErrorParam::Part, QStringLiteral("deployment"))
                                       .with(base::ErrorParam::Flag, QStringLiteral("--base-url")));
        }
        auto deployment = Deployment::open(config->clone(), Needs{true, request->options.verify}, context.clock(),
                                           context.callFor(2));
        if (!deployment && deployment.error().code == base::ErrorCode::NoSessionRows)
            return notRevocable(context, std::move(*config));
        if (!deployment)
            return Outcome::failed(deployment.error());
        return revokeIn(context, *request, **deployment);
    }

private:
    static Outcome revokeIn(Context &context, const Request &request, const Deployment &deployment)
    {
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        if (!request.dryRun) {
            if (const auto status = checkConsentPossible(context, profile); !status)
                return Outcome::failed(status.error());
        }
        for (const QString &name : request.selection.sessions) {
            if (!base::Fingerprint::fromText(name).isEmpty())
                context.output().warn(QStringLiteral("finding a session by its fingerprint reads the whole table."));
        }
        const auto access = request.dryRun ? store::Access::ReadOnly : store::Access::Write;
        const auto store = deployment.openStore(access, context.call());
        if (!store)
            return Outcome::failed(store.error());
        auto opened = planOf(context, request, deployment, **store);
        if (!opened)
            return Outcome::failed(opened.error());
        const revoke::RevocationPlan &plan = opened->plan;
        const auto mask = PersonalMask::from(context, deployment.config(),
                                             {{QStringLiteral("sessions"), static_cast<qint64>(plan.rows.size())}});
        if (!mask)
            return Outcome::failed(mask.error());
        warnAboutPlan(context, plan, deployment, **store);
        if (request.dryRun)
            return dryRun(context, *opened, deployment, **store, *mask);
        // Who is refused is not asked first.
        if (const auto status = revoke::checkApproved(plan, opened->approval, deployment, context.workspace()); !status)
            return Outcome::failed(status.error());
        const QString question = QStringLiteral("Revoke %1 of %2 at %3?")
                                     .arg(base::counted(static_cast<qint64>(plan.rows.size()), "session"),
                                          base::counted(plan.users, "user"), deployment.config().displayName());
        if (const auto status = askConsent(context, profile, question); !status)
            return Outcome::failed(status.error());

        audit::AuditLog log = context.auditLog();
        revoke::RevocationOptions options = request.options;
        options.approval = opened->approval;
        if (options.reason.isEmpty())
            options.reason = opened->reason;
        const auto report =
            revoke::carryOut(plan, options, deployment, **store, log, operationPlace(context), wholeCall(context),
                             [&context](const revoke::RevocationProgress &step) { showProgress(context, step); });
        if (!report)
            return Outcome::failed(report.error());
        warnAbout(context, *report);
        Outcome outcome = outcomeOf(plan, *report, *mask);
        const std::chrono::milliseconds watchFor = request.watchFor.value_or(profile.watchFor);
        if (watchFor.count() > 0 && !report->error)
            watchReturns(context, {plan, *report, deployment, log}, watchFor, outcome);
        return outcome;
    }
};

} // namespace

std::unique_ptr<const Command> makeSessionsRevoke()
{
    return std::make_unique<SessionsRevokeCommand>();
}

} // namespace rollcall::ctl
