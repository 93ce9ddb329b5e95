#include "core/revoke/Restorer.h"

#include <QDataStream>
#include <QIODevice>

#include <algorithm>
#include <limits>

#include "core/base/Counted.h"
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
            const qint64 left = counts.value(QStringLiteral("thereAgain")).toInteger();
            const QString by = QStringLiteral("the rows of %1 were put back by %2 at %3")
                                   .arg(id, entry.operation, base::toIso(entry.at));
            why = refused(left == 0 ? by
                                    : by + QStringLiteral(", but for %1 that it left out, as others were in the way")
                                               .arg(base::counted(left, "row")));
        }
    }
    return why ? std::move(*why) : noOperation(id);
}

/// A revocation that may go on deletes more, and writes its record.
base::Status hasEnded(const QString &id, const OperationPlace &place)
{
    const auto kind = operationHead(place.folder, id);
    if (kind)
        return base::fail(Error(ErrorCode::WriteRefused)
                              .with(ErrorParam::Part, QStringLiteral("operation"))
                              .with(ErrorParam::Detail, QStringLiteral("%1 has not ended").arg(id)));
    return kind.error().code == ErrorCode::NotFound ? base::Status() : base::fail(kind.error());
}

base::Status mayRestore(const deployment::Deployment &deployment, const Call &call)
{
    if (deployment.clock().isFixed())
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Part, QStringLiteral("flag"))
                .with(ErrorParam::Flag, QStringLiteral("--now"))
                .with(ErrorParam::Detail, QStringLiteral("the time is fixed, and a wrong clock must not write")));
    return call.check(QStringLiteral("The restore"));
}

constexpr quint32 version = 2;

/// What a restore's `plan.sealed` holds: the revocation's name and which of its rows; they themselves stay in its
/// record.
struct SealedPlan
{
    QString of;
    std::vector<std::size_t> places;
};

base::SecretBytes bytesOf(const RestorePlan &plan)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_0);
    out << version << plan.of.id << plan.count();
    for (const UndoIndex::Row &row : plan.kept.rows)
        out << quint64(row.place);
    return base::SecretBytes::fromAndWipe(bytes);
}

base::Result<SealedPlan> planOf(const base::SecretBytes &bytes, qint64 planned)
{
    const QByteArray content = QByteArray::fromRawData(bytes.view().data(), bytes.size());
    QDataStream in(content);
    in.setVersion(QDataStream::Qt_6_0);
    SealedPlan plan;
    quint32 found = 0;
    qint64 count = 0;
    in >> found >> plan.of >> count;
    bool fits = in.status() == QDataStream::Ok && found == version && count == planned;
    for (qint64 i = 0; fits && i < count; ++i) {
        quint64 place = 0;
        in >> place;
        fits = in.status() == QDataStream::Ok;
        plan.places.push_back(static_cast<std::size_t>(place));
    }
    if (fits && in.atEnd())
        return plan;
    return base::fail(Error(ErrorCode::FileFormatInvalid)
                          .with(ErrorParam::Detail, QStringLiteral("its files do not fit each other")));
}

/// Where the rows of @p plan are. Where all of them are done with, the record may be gone. Errors: those of
/// readUndoHead() and readUndoIndex(), whyNone().
base::Result<UndoIndex> keptOf(const SealedPlan &plan, const OpenedOperation &operation, const audit::AuditLog &log,
                               const OperationPlace &place)
{
    const QString folder = undoBeside(place.folder);
    const auto head = readUndoHead(folder, plan.of);
    if (!head)
        return base::fail(head.error());
    if (*head)
        return readUndoIndex(folder, plan.of, operation.seal);
    if (std::ranges::any_of(operation.journal.outcomes(), isOpen))
        return base::fail(whyNone(plan.of, log));
    return UndoIndex();
}

std::vector<std::size_t> placesOf(const UndoIndex &index)
{
    std::vector<std::size_t> places;
    places.reserve(index.rows.size());
    for (const UndoIndex::Row &row : index.rows)
        places.push_back(row.place);
    return places;
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
    if (auto fits = isMadeFor((*head)->database, deployment); !fits)
        return base::fail(fits.error());
    const auto seal = sealOf(auditId, place, call);
    if (!seal)
        return base::fail(seal.error());
    auto kept = readUndoIndex(folder, auditId, *seal);
    if (!kept)
        return base::fail(kept.error());
    if (kept->rows.empty())
        return base::fail(refused(QStringLiteral("of %1 no rows were kept").arg(auditId)));
    const auto store = deployment.openStore(store::Access::ReadOnly, call);
    if (!store)
        return base::fail(store.error());
    if (auto fits = isOfTables(kept->statement, **store); !fits)
        return base::fail(fits.error());
    const qint64 users = kept->users();
    return RestorePlan{std::move(**head), std::move(*kept), users};
}

base::Result<RestoreReport> carryOut(const RestorePlan &plan, const RestoreOptions &options,
                                     const deployment::Deployment &deployment, store::SessionStore &writeStore,
                                     audit::AuditLog &log, const OperationPlace &place, const Call &call,
                                     const OnProgress &onProgress)
{
    if (auto allowed = mayRestore(deployment, call); !allowed)
        return base::fail(allowed.error());
    // Noted before it begins: ended between the two, an unfinished restore would not keep the record that it needs. A
    // mark of one that never began keeps nothing.
    const OperationOrder order{restoreKind(), plan.of.planDigest, options.reason, plan.count()};
    if (auto noted = noteRestore(undoBeside(place.folder), plan.of.id, order.id); !noted)
        return base::fail(std::move(noted.error()));
    auto operation = beginOperation(order, bytesOf(plan), deployment, place, call);
    if (!operation)
        return base::fail(operation.error());
    const std::vector<std::size_t> places = placesOf(plan.kept);
    auto report = runRestore({plan.of.id, places, plan.kept, operation->seal}, options, deployment, writeStore, log,
                             operation->journal, place.folder, call, onProgress);
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
    const OperationHead &head = operation->journal.head();
    const auto plan = planOf(*opened, head.planned);
    if (!plan)
        return base::fail(plan.error());
    const auto kept = keptOf(*plan, *operation, log, place);
    if (!kept)
        return base::fail(kept.error());
    RestoreOptions options;
    options.reason = head.reason;
    return runRestore({plan->of, plan->places, *kept, operation->seal}, options, deployment, writeStore, log,
                      operation->journal, place.folder, call, onProgress);
}

} // namespace rollcall::revoke
