#include "core/revoke/OpenedOperation.h"

namespace rollcall::revoke {

using base::Call;

namespace {

base::Error stale(const QString &why)
{
    return base::Error(base::ErrorCode::PlanStale).with(base::ErrorParam::Detail, why);
}

} // namespace

base::Result<OpenedOperation> beginOperation(const OperationOrder &order, const base::SecretBytes &plan,
                                             const deployment::Deployment &deployment, const OperationPlace &place,
                                             const Call &call)
{
    auto seal = OperationSeal::load(place.vault, true, call);
    if (!seal)
        return base::fail(seal.error());
    OperationHead head;
    head.id = order.id;
    head.kind = order.kind;
    head.connection = deployment.config().displayName();
    head.database = databaseNameOf(deployment);
    head.planDigest = order.planDigest;
    head.reason = order.reason;
    head.startedAt = deployment.clock().now();
    head.planned = order.planned;
    const auto sealed = seal->seal(plan.view(), planName(head.id));
    if (!sealed)
        return base::fail(sealed.error());
    auto journal = OperationJournal::begin(place.folder, std::move(head), *sealed, call);
    if (!journal)
        return base::fail(journal.error());
    return OpenedOperation{std::move(*journal), std::move(*seal)};
}

base::Result<OpenedOperation> reopenOperation(const QString &id, const QString &kind,
                                              const deployment::Deployment &deployment, const OperationPlace &place,
                                              const Call &call)
{
    auto journal = OperationJournal::reopen(place.folder, id, call);
    if (!journal)
        return base::fail(journal.error());
    const OperationHead &head = journal->head();
    if (head.kind != kind)
        return base::fail(stale(QStringLiteral("this operation is no %1 but a %2").arg(kind, head.kind)));
    if (head.database != databaseNameOf(deployment))
        return base::fail(stale(QStringLiteral("it was made for %1").arg(head.database))
                              .with(base::ErrorParam::Part, QStringLiteral("connection")));
    auto seal = OperationSeal::load(place.vault, false, call);
    if (!seal)
        return base::fail(seal.error());
    return OpenedOperation{std::move(*journal), std::move(*seal)};
}

base::Result<base::SecretBytes> openPlan(const OpenedOperation &operation)
{
    return operation.seal.open(operation.journal.sealedPlan(), planName(operation.journal.head().id));
}

} // namespace rollcall::revoke
