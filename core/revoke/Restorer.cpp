#include "core/revoke/Restorer.h"

#include <limits>
#include <set>

#include "core/revoke/KeptRowBytes.h"
#include "core/revoke/OpenedOperation.h"
#include "core/revoke/RestoreRun.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

Error refused(const QString &why)
{
    return Error(ErrorCode::WriteRefused).with(ErrorParam::Part, QStringLiteral("undo")).with(ErrorParam::Detail, why);
}

/// Why there is no record of @p id, as the audit log tells.
Error whyNone(const QString &id, const audit::AuditLog &log)
{
    const auto entries = log.list(0, std::numeric_limits<int>::max());
    if (!entries)
        return entries.error();
    std::optional<Error> why;
    for (const audit::AuditEntry &entry : *entries) {
        if (entry.phase != audit::Phase::Outcome)
            continue;
        const QJsonObject &counts = entry.counts;
        const QString until = counts.value(QStringLiteral("undoUntil")).toString();
        if (entry.operation == id) {
            why = entry.action != QStringLiteral("sessions.revoke")
                      ? refused(QStringLiteral("%1 is no revocation").arg(id))
                  : until.isEmpty()
                      ? refused(QStringLiteral("of %1 no rows were kept").arg(id))
                      : refused(QStringLiteral("the rows of %1 were kept until %2, and are destroyed").arg(id, until));
        } else if (counts.value(QStringLiteral("of")) == id && !counts.contains(QStringLiteral("error"))) {
            why = refused(QStringLiteral("the rows of %1 were put back by %2").arg(id, entry.operation));
        }
    }
    return why ? std::move(*why) : noOperation(id);
}

base::Status isOf(const QString &database, const deployment::Deployment &deployment)
{
    if (database == databaseNameOf(deployment))
        return {};
    return base::fail(
        Error(ErrorCode::PlanStale).with(ErrorParam::Detail, QStringLiteral("it was made for %1").arg(database)));
}

/// A revocation that may go on deletes more, and writes its record.
base::Status hasEnded(const QString &id, const OperationPlace &place)
{
    const auto kind = operationKind(place.folder, id);
    if (kind)
        return base::fail(refused(QStringLiteral("%1 has not ended, resume or discard it first").arg(id)));
    return kind.error().code == ErrorCode::NotFound ? base::Status() : base::fail(kind.error());
}

base::Status mayRestore(const deployment::Deployment &deployment, const Call &call)
{
    if (deployment.clock().isFixed())
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Detail, QStringLiteral("the time is fixed, and a wrong clock must not write")));
    return call.check(QStringLiteral("The restore"));
}

/// What a restore's `plan.sealed` holds: the revocation's name, a line end, the rows.
base::SecretBytes contentOf(const RestorePlan &plan)
{
    const QByteArray name = plan.of.id.toLatin1() + '\n';
    const base::SecretBytes rows = keptRowBytes(plan.statement, plan.rows);
    return base::SecretBytes::written(name.size() + rows.size(), [&](char *to) {
        to = std::copy(name.cbegin(), name.cend(), to);
        return std::copy(rows.view().begin(), rows.view().end(), to);
    });
}

} // namespace

base::Result<RestorePlan> planRestore(const QString &auditId, const deployment::Deployment &deployment,
                                      const audit::AuditLog &log, const OperationPlace &place, const Call &call)
{
    const QString folder = undoBeside(place.folder);
    if (auto ended = hasEnded(auditId, place); !ended)
        return base::fail(ended.error());
    destroyOldUndos(place.folder, deployment.clock().now());
    auto head = readUndoHead(folder, auditId);
    if (!head)
        return base::fail(head.error());
    if (!*head)
        return base::fail(whyNone(auditId, log));
    if (auto fits = isOf((*head)->database, deployment); !fits)
        return base::fail(fits.error());
    const auto seal = OperationSeal::load(place.vault, false, call);
    if (!seal)
        return base::fail(seal.error());
    auto kept = readUndoRows(folder, auditId, *seal);
    if (!kept)
        return base::fail(kept.error());
    if (kept->rows.empty())
        return base::fail(refused(QStringLiteral("of %1 no rows were kept").arg(auditId)));
    const auto store = deployment.openStore(store::Access::ReadOnly, call);
    if (!store)
        return base::fail(store.error());
    if (auto fits = isOfTables(kept->statement, **store); !fits)
        return base::fail(fits.error());
    RestorePlan plan{std::move(**head), std::move(kept->statement), std::move(kept->rows), 0};
    std::set<QString> users;
    for (const store::KeptRow &row : plan.rows) {
        if (row.key.userId)
            users.insert(*row.key.userId);
    }
    plan.users = static_cast<qint64>(users.size());
    return plan;
}

base::Result<RestoreReport> carryOut(const RestorePlan &plan, const RestoreOptions &options,
                                     const deployment::Deployment &deployment, store::SessionStore &writeStore,
                                     audit::AuditLog &log, const OperationPlace &place, const Call &call,
                                     const OnProgress &onProgress)
{
    if (auto allowed = mayRestore(deployment, call); !allowed)
        return base::fail(allowed.error());
    auto operation =
        beginOperation({restoreKind(), plan.of.planDigest, options.reason, static_cast<qint64>(plan.rows.size())},
                       contentOf(plan), deployment, place, call);
    if (!operation)
        return base::fail(operation.error());
    auto report = runRestore({plan.of.id, plan.statement, plan.rows, operation->seal}, options, deployment, writeStore,
                             log, operation->journal, place.folder, call, onProgress);
    // Nothing was done: there is nothing to go on with.
    if (!report)
        static_cast<void>(operation->journal.remove());
    return report;
}

base::Result<RestoreReport> resumeRestore(const QString &id, const deployment::Deployment &deployment,
                                          store::SessionStore &writeStore, audit::AuditLog &log,
                                          const OperationPlace &place, const Call &call, const OnProgress &onProgress)
{
    auto operation = reopenOperation(id, restoreKind(), deployment, place, call);
    if (!operation)
        return base::fail(operation.error());
    if (auto allowed = mayRestore(deployment, call); !allowed)
        return base::fail(allowed.error());
    const auto opened = openPlan(*operation);
    if (!opened)
        return base::fail(opened.error());
    const qsizetype end = opened->view().indexOf('\n');
    const base::SecretBytes content(opened->view().sliced(end + 1));
    const auto kept = keptRowsOf(content);
    if (!kept)
        return base::fail(kept.error());
    const OperationHead &head = operation->journal.head();
    if (end < 0 || static_cast<qint64>(kept->rows.size()) != head.planned) {
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Detail, QStringLiteral("its files do not fit each other")));
    }
    const QString of = QString::fromLatin1(opened->view().first(end));
    RestoreOptions options;
    options.reason = head.reason;
    return runRestore({of, kept->statement, kept->rows, operation->seal}, options, deployment, writeStore, log,
                      operation->journal, place.folder, call, onProgress);
}

} // namespace rollcall::revoke
