#include "app/ctl/RevocationAnswer.h"

#include <QJsonArray>
#include <QJsonObject>

#include "core/base/Counted.h"
#include "core/base/ErrorText.h"
#include "core/revoke/CachePurge.h"

namespace rollcall::ctl {

namespace {

constexpr qsizetype mostListed = 1'000; ///< the count stands beside the list

QJsonValue millisecondsOrNull(const std::optional<std::chrono::milliseconds> &duration)
{
    return duration ? QJsonValue(qint64(duration->count())) : QJsonValue(QJsonValue::Null);
}

QString untilText(const revoke::VerificationReport &verification)
{
    if (!verification.acceptedUntil)
        return {};
    return QStringLiteral(" (by the deployment's own word until %1)").arg(base::toIso(*verification.acceptedUntil));
}

/// The sessions of the plan that were left alone, since they were gone or had changed.
QJsonArray skippedSessions(const revoke::RevocationReport &report, const PersonalMask &mask)
{
    QJsonArray skipped;
    for (const revoke::RowReport &row : report.rows) {
        const bool isGone = row.outcome == revoke::RowOutcome::AlreadyGone;
        if (!isGone && row.outcome != revoke::RowOutcome::Changed)
            continue;
        if (skipped.size() == mostListed)
            break;
        skipped.append(
            QJsonObject{{QStringLiteral("fingerprint"), row.fingerprint.text()},
                        {QStringLiteral("userId"), textOrNull(mask.shownUser(row.userId.value_or(QString())))},
                        {QStringLiteral("why"), isGone ? QStringLiteral("gone") : QStringLiteral("its user changed")}});
    }
    return skipped;
}

/// The sessions that other rows keep alive, each once.
QJsonArray heldSessions(const revoke::RevocationReport &report)
{
    QJsonArray held;
    for (const revoke::RowReport &row : report.rows) {
        if (row.stillHeld && !held.contains(row.fingerprint.text()) && held.size() < mostListed)
            held.append(row.fingerprint.text());
    }
    return held;
}

QString notEndedText(const revoke::RevocationReport &report)
{
    return report.notEnded().join(QLatin1Char(' ')) +
           QStringLiteral(" The answer names them; a new plan can take the rows that are left.");
}

/// Says how far a revocation came that was told to stop, and what can be done now.
void warnCancelled(Context &context, const revoke::RevocationReport &report)
{
    const QString left = QStringLiteral("stopped after %1 of %2: %3 left as they were.")
                             .arg(report.revoked + report.skipped)
                             .arg(report.matched)
                             .arg(report.matched - report.revoked - report.skipped);
    if (report.resumable) {
        context.output().warn(left);
        return;
    }
    const QString undo = report.revoked > 0 && report.undoUntil
                             ? QStringLiteral(" `sessions restore %1` puts back what was deleted.").arg(report.auditId)
                             : QString();
    const bool isSpent = report.error && report.error->param(base::ErrorParam::Part) == QStringLiteral("approved");
    context.output().warn(
        left +
        (isSpent ? QStringLiteral(" The operation has ended; the rest wants a new plan and a new approval.")
                 : QStringLiteral(" The operation has ended; the same command, given again, takes what is left.")) +
        QStringLiteral(" (`operations pause` stops one that `operations resume` can go on with.)") + undo);
}

} // namespace

Answer revocationAnswer(const revoke::RevocationReport &report, const PersonalMask &mask)
{
    Answer answer;
    answer.members.add(QStringLiteral("matched"), report.matched)
        .add(QStringLiteral("revoked"), report.revoked)
        .add(QStringLiteral("skipped"), report.skipped)
        .add(QStringLiteral("batches"), report.batches)
        .add(QStringLiteral("cachePurged"), report.cachePurged);
    if (report.verification) {
        JsonRecord verification;
        verification.add(QStringLiteral("checked"), report.verification->checked)
            .add(QStringLiteral("refused"), report.verification->refused)
            .add(QStringLiteral("stillAccepted"), report.verification->stillAccepted)
            .add(QStringLiteral("unchecked"), report.verification->unchecked)
            .add(QStringLiteral("timeToEffectMs"), millisecondsOrNull(report.verification->timeToEffect))
            .add(QStringLiteral("acceptedUntil"), orNull(report.verification->acceptedUntil))
            .add(QStringLiteral("controlAccepted"), report.verification->controlAccepted
                                                        ? QJsonValue(*report.verification->controlAccepted)
                                                        : QJsonValue());
        if (!report.verification->whyNoControl.isEmpty())
            verification.add(QStringLiteral("whyNoControl"), report.verification->whyNoControl);
        if (report.verification->unchecked > 0)
            verification.add(QStringLiteral("uncheckedBecause"), report.verification->becauseJson());
        if (const auto &of = report.verification->sampledOf) {
            const auto &most = report.verification->mostStillAccepted;
            verification.add(QStringLiteral("sampledOf"), *of)
                .add(QStringLiteral("mostStillAccepted"), most ? QJsonValue(*most) : QJsonValue());
        }
        answer.members.add(QStringLiteral("verification"), verification);
    } else {
        answer.members.add(QStringLiteral("verification"), QJsonValue::Null);
    }
    answer.members.add(QStringLiteral("auditId"), textOrNull(report.auditId))
        .add(QStringLiteral("undoUntil"), orNull(report.undoUntil));
    if (const QJsonArray skipped = skippedSessions(report, mask); !skipped.isEmpty())
        answer.members.add(QStringLiteral("skippedSessions"), skipped);
    answer.tableColumns.insert(QStringLiteral("skippedSessions"),
                               {QStringLiteral("fingerprint"), QStringLiteral("userId"), QStringLiteral("why")});
    if (const QJsonArray held = heldSessions(report); !held.isEmpty())
        answer.members.add(QStringLiteral("stillHeld"), held);
    else if (!report.whyHeldUnknown.isEmpty())
        answer.members.add(QStringLiteral("stillHeld"), QJsonValue::Null);
    return answer;
}

Outcome revocationOutcome(const revoke::RevocationReport &report, Answer answer)
{
    if (report.error) {
        Outcome outcome = Outcome::failed(*report.error, std::move(answer));
        // Whatever stopped it, it stopped midway: what was done stands in the answer.
        if (report.resumable && report.error->code != base::ErrorCode::Cancelled)
            outcome.exit = static_cast<int>(base::ExitClass::Midway);
        return outcome;
    }
    if (report.cacheError) { // the rows are gone, but whoever asks the cache may still be let in
        Outcome outcome = Outcome::failed(*report.cacheError, std::move(answer));
        outcome.exit = static_cast<int>(base::ExitClass::Midway);
        return outcome;
    }
    if (report.verification && (report.verification->stillAccepted > 0 || report.verification->unchecked > 0)) {
        return Outcome::no(
            std::move(answer),
            QStringLiteral(
                "The rows are deleted, but the refusal is not proven: %1 still accepted%2, %3 could not be checked%4. "
                "Ask again by `resolve --mode proxy`, and look for a cache before the database.")
                .arg(report.verification->stillAccepted)
                .arg(untilText(*report.verification))
                .arg(report.verification->unchecked)
                .arg(report.verification->unchecked > 0 ? QStringLiteral(" (%1)").arg(report.verification->because())
                                                        : QString()));
    }
    if (report.stillHeld() > 0)
        return Outcome::no(std::move(answer), notEndedText(report));
    return Outcome::done(std::move(answer));
}

base::Result<std::shared_ptr<deployment::Deployment>> openRows(Context &context)
{
    auto config = context.connection();
    if (!config)
        return base::fail(config.error());
    return deployment::Deployment::open(std::move(*config), deployment::Needs{true, false}, context.clock(),
                                        context.callFor(2));
}

base::Call wholeCall(const Context &context)
{
    base::Call call;
    call.stop = context.stop();
    return call;
}

revoke::OperationPlace operationPlace(Context &context)
{
    return {revoke::operationsBelow(context.workspace().folders().state), context.vault()};
}

void showProgress(Context &context, const revoke::RevocationProgress &step)
{
    context.output().progress(QStringLiteral("%1 (%2 of %3)").arg(step.step).arg(step.done).arg(step.planned));
}

void warnAbout(Context &context, const revoke::RevocationReport &report)
{
    if (report.cacheError) {
        const base::ErrorText why = base::describe(*report.cacheError);
        context.output().warn(
            QStringLiteral("revoked sessions may stay in the cache until their time to live is over: %1 %2 Then %3.")
                .arg(why.message, why.remedy,
                     report.resumable ? QStringLiteral("go on with the operation, which removes them")
                                      : QStringLiteral("remove them by `cache purge --drifted`")));
    }
    if (report.unreadLists > 0)
        context.output().warn(revoke::unreadLists(report.unreadLists));
    if (!report.whyNoUndo.isEmpty()) {
        context.output().warn(
            QStringLiteral("the deleted rows are not kept, so there is no undo: %1").arg(report.whyNoUndo));
    }
    if (report.verification && report.verification->refused > 0 && !report.verification->whyNoControl.isEmpty()) {
        context.output().warn(
            QStringLiteral("that the deployment refuses is known, but not whether it is the one of this database, as "
                           "no live session was shown to be accepted first: %1.")
                .arg(report.verification->whyNoControl));
    }
    // Where nothing else failed, the complaint says this.
    const bool isComplaint =
        !report.error && !report.cacheError && report.stillHeld() > 0 &&
        !(report.verification && report.verification->stillAccepted + report.verification->unchecked > 0);
    if (!isComplaint && !report.notEnded().isEmpty())
        context.output().warn(notEndedText(report));
    if (!report.whyHeldUnknown.isEmpty()) {
        context.output().warn(QStringLiteral("whether other rows hold the tokens of these sessions is not known: %1")
                                  .arg(report.whyHeldUnknown));
    }
    if (report.error && report.error->code == base::ErrorCode::Cancelled)
        warnCancelled(context, report);
    if (report.resumable)
        warnUnfinished(context, report.auditId);
}

void warnUnfinished(Context &context, const QString &id)
{
    context.output().warn(
        QStringLiteral("the operation is not finished: `operations list` shows it, `rollcallctl "
                       "operations resume %1` goes on with it, `operations discard %1` ends it where it stands.")
            .arg(id));
}

namespace {

/// Which rows did not come back, as skippedSessions().
void addLeftOut(const revoke::RestoreReport &report, const PersonalMask &mask, Answer &answer)
{
    QJsonArray skipped;
    for (const revoke::LeftOut &row : report.leftOut) {
        const bool isUserGone = row.why == store::RestoreOutcome::UserGone;
        skipped.append(
            QJsonObject{{QStringLiteral("fingerprint"), row.fingerprint.text()},
                        {QStringLiteral("userId"), textOrNull(mask.shownUser(row.userId.value_or(QString())))},
                        {QStringLiteral("why"), isUserGone ? QStringLiteral("its user is gone")
                                                           : QStringLiteral("another row is in the way")}});
    }
    if (skipped.isEmpty())
        return;
    answer.members.add(QStringLiteral("skippedSessions"), skipped);
    answer.tableColumns.insert(QStringLiteral("skippedSessions"),
                               {QStringLiteral("fingerprint"), QStringLiteral("userId"), QStringLiteral("why")});
}

Answer answerOf(const revoke::RestoreReport &report, qint64 restored)
{
    Answer answer;
    answer.members.add(QStringLiteral("restored"), restored)
        .add(QStringLiteral("skipped"), report.skipped())
        .add(QStringLiteral("auditId"), textOrNull(report.auditId))
        .add(QStringLiteral("matched"), report.matched)
        .add(QStringLiteral("batches"), report.batches);
    return answer;
}

QString leftOutText(const revoke::RestoreReport &report)
{
    QStringList parts;
    if (report.thereAgain > 0)
        parts << QStringLiteral("%1 where another row is in the way, which stays as it is").arg(report.thereAgain);
    if (report.userGone > 0)
        parts << QStringLiteral("%1 whose user is gone, kept until the time to undo is over").arg(report.userGone);
    const qint64 named = std::ssize(report.leftOut);
    return QStringLiteral("Not all came back. Of %1: %2. The answer names %3.")
        .arg(base::counted(report.matched, "row"), parts.join(QStringLiteral(", ")),
             named < report.skipped() ? QStringLiteral("%1 of %2").arg(named).arg(report.skipped())
                                      : QStringLiteral("them"));
}

} // namespace

Answer restoreAnswer(const revoke::RestoreReport &report, const PersonalMask &mask)
{
    Answer answer = answerOf(report, report.restored);
    addLeftOut(report, mask, answer);
    return answer;
}

Answer previewAnswer(const revoke::RestoreReport &preview, const PersonalMask &mask)
{
    Answer answer = answerOf(preview, 0);
    answer.members.add(QStringLiteral("wouldRestore"), preview.restored);
    addLeftOut(preview, mask, answer);
    answer.note = QStringLiteral("Dry run: nothing was written.");
    return answer;
}

Outcome restoreOutcome(Context &context, const revoke::RestoreReport &report, const PersonalMask &mask)
{
    if (report.error && report.error->code == base::ErrorCode::Cancelled) {
        const qint64 done = report.restored + report.skipped();
        const QString left = QStringLiteral("stopped after %1 of %2: %3 left to put back.")
                                 .arg(done)
                                 .arg(report.matched)
                                 .arg(report.matched - done);
        context.output().warn(
            report.resumable
                ? left
                : left +
                      QStringLiteral(" The operation has ended; the same command, given again, takes what is left."));
    }
    if (report.resumable)
        warnUnfinished(context, report.auditId);
    if (!report.error)
        return report.skipped() == 0 ? Outcome::done(restoreAnswer(report, mask))
                                     : Outcome::no(restoreAnswer(report, mask), leftOutText(report));
    Outcome outcome = Outcome::failed(*report.error, restoreAnswer(report, mask));
    if (report.resumable && report.error->code != base::ErrorCode::Cancelled) // paused
        outcome.exit = static_cast<int>(base::ExitClass::Midway);
    return outcome;
}

} // namespace rollcall::ctl
