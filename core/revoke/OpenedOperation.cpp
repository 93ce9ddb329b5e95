#include "core/revoke/OpenedOperation.h"

namespace rollcall::revoke {

using base::Call;

namespace {

base::Error stale(const QString &why)
{
    return base::Error(base::ErrorCode::PlanStale).with(base::ErrorParam::Detail, why);
}

} // namespace

base::Error doesNotOpen(const QString &id, const QString &why)
{
    return base::Error(base::ErrorCode::FileFormatInvalid)
        .with(base::ErrorParam::Path, id)
        .with(base::ErrorParam::Part, QStringLiteral("sealed operation"))
        .with(base::ErrorParam::Detail, why);
}

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
    if (auto fits = isMadeFor(head.database, deployment); !fits)
        return base::fail(std::move(fits.error()));
    auto seal = sealOf(id, place, call);
    if (!seal)
        return base::fail(seal.error());
    return OpenedOperation{std::move(*journal), std::move(*seal)};
}

base::Result<OperationSeal> sealOf(const QString &id, const OperationPlace &place, const Call &call)
{
    auto seal = OperationSeal::load(place.vault, false, call);
    // Keys are here, but nothing was ever sealed with them.
    if (!seal && place.vault && seal.error().code == base::ErrorCode::NoKeyStore)
        return base::fail(doesNotOpen(id, QStringLiteral("it was sealed under another key than there is here")));
    return seal;
}

base::Result<base::SecretBytes> openPlan(const OpenedOperation &operation)
{
    const QString &id = operation.journal.head().id;
    auto bytes = operation.seal.open(operation.journal.sealedPlan(), planName(id));
    if (!bytes)
        return base::fail(doesNotOpen(id, bytes.error().param(base::ErrorParam::Detail)));
    return bytes;
}

} // namespace rollcall::revoke
