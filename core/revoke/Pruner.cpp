#include "core/revoke/Pruner.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QIODevice>

#include "core/revoke/OpenedOperation.h"
#include "core/revoke/PruneRun.h"
#include "core/store/StoreInspector.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr quint32 version = 2;

Error refused(const QString &why)
{
    return Error(ErrorCode::WriteRefused).with(ErrorParam::Detail, why);
}

Error noPrune()
{
    return refused(QStringLiteral("expired sessions of this kind of store cannot be pruned"));
}

QString zoneOf(const deployment::Deployment &deployment)
{
    return QString::fromUtf8(deployment.config().storeOptions.timeZone.id());
}

/// The zone is no part of every statement: SQLite's reads times in the connection's zone, whichever that is.
QString digestOf(const PrunePlan &plan)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &part : {plan.statement, base::toIso(plan.before), plan.zone}) {
        hash.addData(part.toUtf8());
        hash.addData(QByteArrayView("\n"));
    }
    return QString::fromLatin1(hash.result().toHex());
}

base::SecretBytes bytesOf(const PrunePlan &plan)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_0);
    out << version << qint64(plan.before.time_since_epoch().count()) << plan.matched << plan.statement << plan.zone
        << plan.digest << qint64(plan.options.olderThan.count()) << plan.options.reason << plan.options.batchSize
        << plan.options.paced;
    return base::SecretBytes::fromAndWipe(bytes);
}

base::Result<PrunePlan> planOf(const base::SecretBytes &bytes)
{
    const QByteArray content = bytes.view().toByteArray();
    QDataStream in(content);
    in.setVersion(QDataStream::Qt_6_0);
    PrunePlan plan;
    quint32 found = 0;
    qint64 before = 0;
    qint64 olderThan = 0;
    in >> found >> before >> plan.matched >> plan.statement >> plan.zone >> plan.digest >> olderThan >>
        plan.options.reason >> plan.options.batchSize >> plan.options.paced;
    plan.before = base::Instant(std::chrono::milliseconds(before));
    plan.options.olderThan = std::chrono::milliseconds(olderThan);
    if (in.status() != QDataStream::Ok || found != version || !in.atEnd() || plan.digest != digestOf(plan))
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Detail, QStringLiteral("it is no plan of this version")));
    return plan;
}

/// Whether rows that expired so short ago may be told from those that have not.
base::Status checkZone(const PruneOptions &options, const deployment::Deployment &deployment,
                       store::SessionStore &store, const Call &call)
{
    store::StoreInspector *inspector = store.inspector();
    if (options.olderThan >= usualPruneMargin || !inspector)
        return {};
    if (inspector->dependsOnWritersZone()) // whatever zone is said: a TIMESTAMP is not read in it
        return base::fail(
            refused(QStringLiteral("expiries are stored as TIMESTAMP, which is the right instant only where the "
                                   "application writes in the zone of its database session, so less than 24h past "
                                   "them could still be live; keep --older-than at 24h")));
    if (!deployment.config().profile.timeZone.isEmpty())
        return {};
    const auto zoneless = inspector->isZoneless(call);
    if (!zoneless)
        return base::fail(zoneless.error());
    if (!*zoneless)
        return {};
    return base::fail(
        refused(QStringLiteral("expiries are stored without a time zone, so less than 24h past them could still be "
                               "live; say --timezone, or keep --older-than at 24h")));
}

base::Status mayPrune(const PrunePlan &plan, const deployment::Deployment &deployment, store::SessionStore &store,
                      const Call &call)
{
    if (deployment.clock().isFixed())
        return base::fail(refused(QStringLiteral("the time is fixed, and a wrong clock must not delete"))
                              .with(ErrorParam::Part, QStringLiteral("flag"))
                              .with(ErrorParam::Flag, QStringLiteral("--now")));
    const store::ExpiredRows *rows = store.expiredRows();
    if (!rows)
        return base::fail(noPrune());
    if (plan.statement != rows->statement())
        return base::fail(Error(ErrorCode::PlanStale)
                              .with(ErrorParam::Detail, QStringLiteral("the tables are others than when it was made")));
    if (const QString zone = zoneOf(deployment); plan.zone != zone)
        return base::fail(Error(ErrorCode::PlanStale)
                              .with(ErrorParam::Detail,
                                    QStringLiteral("it read times in the zone %1, this connection reads them in %2")
                                        .arg(plan.zone, zone)));
    if (auto fine = checkZone(plan.options, deployment, store, call); !fine)
        return fine;
    return call.check(QStringLiteral("The prune"));
}

} // namespace

base::Result<PrunePlan> planPrune(const PruneOptions &options, const deployment::Deployment &deployment,
                                  store::SessionStore &store, qint64 max, const Call &call)
{
    if (deployment.auth()->strategy == session::Strategy::Jwt)
        return base::fail(Error(ErrorCode::NotRevocable));
    store::ExpiredRows *rows = store.expiredRows();
    if (!rows)
        return base::fail(noPrune());
    if (const auto fine = checkZone(options, deployment, store, call); !fine)
        return base::fail(fine.error());
    PrunePlan plan;
    plan.options = options;
    plan.before = deployment.clock().now() - options.olderThan;
    const auto matched = rows->count(plan.before, call);
    if (!matched)
        return base::fail(matched.error());
    plan.matched = *matched;
    if (plan.matched > max)
        return base::fail(
            Error(ErrorCode::TooManyMatched).with(ErrorParam::Count, plan.matched).with(ErrorParam::Limit, max));
    plan.statement = rows->statement();
    plan.zone = zoneOf(deployment);
    plan.digest = digestOf(plan);
    return plan;
}

base::Result<RevocationReport> carryOut(const PrunePlan &plan, const deployment::Deployment &deployment,
                                        store::SessionStore &writeStore, audit::AuditLog &log,
                                        const OperationPlace &place, const Call &call, const OnProgress &onProgress)
{
    if (auto allowed = mayPrune(plan, deployment, writeStore, call); !allowed)
        return base::fail(allowed.error());
    if (plan.matched == 0)
        return RevocationReport();
    auto operation = beginOperation({pruneKind(), plan.digest, plan.options.reason, plan.matched}, bytesOf(plan),
                                    deployment, place, call);
    if (!operation)
        return base::fail(operation.error());
    auto report = runPrune(plan, deployment, *writeStore.expiredRows(), log, operation->journal, operation->seal, call,
                           onProgress);
    // Nothing was done: there is nothing to go on with.
    if (!report)
        static_cast<void>(operation->journal.remove());
    return report;
}

base::Result<RevocationReport> resumePrune(const QString &id, const deployment::Deployment &deployment,
                                           store::SessionStore &writeStore, audit::AuditLog &log,
                                           const OperationPlace &place, const Call &call, const OnProgress &onProgress)
{
    auto operation = reopenOperation(id, pruneKind(), deployment, place, call);
    if (!operation)
        return base::fail(operation.error());
    const auto bytes = openPlan(*operation);
    if (!bytes)
        return base::fail(bytes.error());
    const auto plan = planOf(*bytes);
    if (!plan)
        return base::fail(plan.error());
    if (auto allowed = mayPrune(*plan, deployment, writeStore, call); !allowed)
        return base::fail(allowed.error());
    return runPrune(*plan, deployment, *writeStore.expiredRows(), log, operation->journal, operation->seal, call,
                    onProgress);
}

} // namespace rollcall::revoke
