#include "core/revoke/Revoker.h"

#include "core/revoke/OperationSeal.h"
#include "core/revoke/PlanFile.h"
#include "core/revoke/RevocationRun.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

/// Whether this plan may be carried out over this connection now.
base::Status mayCarryOut(const RevocationPlan &plan, const RevocationOptions &options,
                         const deployment::Deployment &deployment, const store::SessionStore &writeStore,
                         const Call &call)
{
    if (deployment.clock().isFixed())
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Detail, QStringLiteral("the time is fixed, and a wrong clock must not delete")));
    if (deployment.auth()->strategy == session::Strategy::Jwt)
        return base::fail(Error(ErrorCode::NotRevocable));
    if (options.verify && !deployment.config().baseUrl)
        return base::fail(Error(ErrorCode::PartNotGiven)
                              .with(ErrorParam::Part, QStringLiteral("deployment address"))
                              .with(ErrorParam::Flag, QStringLiteral("--base-url")));
    if (options.verify) {
        // Known now, so said now: after the delete the cookies could only stay unasked.
        if (auto status = deployment.config().checkTransport(); !status)
            return status;
    }
    if (plan.statement != writeStore.deleteStatement())
        return base::fail(Error(ErrorCode::PlanStale)
                              .with(ErrorParam::Detail, QStringLiteral("the tables are others than when it was made")));
    if (plan.digest != plan.computeDigest())
        return base::fail(Error(ErrorCode::PlanStale)
                              .with(ErrorParam::Detail, QStringLiteral("its rows are not those it was made for")));
    return call.check(QStringLiteral("The revocation"));
}

/// The journal of a new operation, its plan sealed in it.
base::Result<OperationJournal> beginJournal(const RevocationPlan &plan, const RevocationOptions &options,
                                            const deployment::Deployment &deployment, const OperationPlace &place,
                                            const OperationSeal &seal, const Call &call)
{
    OperationHead head;
    head.id = audit::newOperationId();
    head.kind = revocationKind();
    head.connection = deployment.config().displayName();
    head.database = databaseNameOf(deployment);
    head.planDigest = plan.digest;
    head.reason = options.reason;
    head.startedAt = deployment.clock().now();
    head.planned = static_cast<qint64>(plan.rows.size());
    const auto sealed = seal.seal(planBytes(plan, options).view(), planName(head.id));
    if (!sealed)
        return base::fail(sealed.error());
    return OperationJournal::begin(place.folder, std::move(head), *sealed, call);
}

} // namespace

base::Result<RevocationReport> carryOut(const RevocationPlan &plan, const RevocationOptions &options,
                                        const deployment::Deployment &deployment, store::SessionStore &writeStore,
                                        audit::AuditLog &log, const OperationPlace &place, const Call &call,
                                        const OnProgress &onProgress)
{
    if (auto status = mayCarryOut(plan, options, deployment, writeStore, call); !status)
        return base::fail(std::move(status.error()));
    if (plan.rows.empty()) {
        RevocationReport nothing;
        if (options.verify)
            nothing.verification.emplace();
        return nothing;
    }
    const auto seal = OperationSeal::load(place.vault, true, call);
    if (!seal)
        return base::fail(seal.error());
    auto journal = beginJournal(plan, options, deployment, place, *seal, call);
    if (!journal)
        return base::fail(std::move(journal.error()));
    KeptDelete rows(writeStore, place.folder, *seal, options.undoFor);
    auto report = runRevocation(plan, options, deployment, writeStore, log, *journal, rows, call, onProgress);
    // Nothing was done: there is nothing to go on with.
    if (!report) {
        static_cast<void>(rows.dropRecord());
        static_cast<void>(journal->remove());
    }
    return report;
}

base::Result<RevocationReport> resumeOperation(const QString &id, const deployment::Deployment &deployment,
                                               store::SessionStore &writeStore, audit::AuditLog &log,
                                               const OperationPlace &place, const Call &call,
                                               const OnProgress &onProgress)
{
    auto journal = OperationJournal::reopen(place.folder, id, call);
    if (!journal)
        return base::fail(std::move(journal.error()));
    if (journal->head().kind != revocationKind()) {
        return base::fail(
            Error(ErrorCode::PlanStale)
                .with(ErrorParam::Detail,
                      QStringLiteral("this operation is no revocation but a %1").arg(journal->head().kind)));
    }
    const auto seal = OperationSeal::load(place.vault, false, call);
    if (!seal)
        return base::fail(seal.error());
    const auto bytes = seal->open(journal->sealedPlan(), planName(id));
    if (!bytes)
        return base::fail(bytes.error());
    const auto stored = planOf(*bytes);
    if (!stored)
        return base::fail(stored.error());
    const bool isWhole = stored->plan.digest == journal->head().planDigest &&
                         static_cast<qint64>(stored->plan.rows.size()) == journal->head().planned;
    if (!isWhole || journal->head().database != databaseNameOf(deployment)) {
        return base::fail(
            Error(ErrorCode::PlanStale)
                .with(ErrorParam::Detail, isWhole ? QStringLiteral("it was made for %1").arg(journal->head().database)
                                                  : QStringLiteral("its files do not fit each other")));
    }
    if (auto status = mayCarryOut(stored->plan, stored->options, deployment, writeStore, call); !status)
        return base::fail(std::move(status.error()));
    KeptDelete rows(writeStore, place.folder, *seal, stored->options.undoFor);
    return runRevocation(stored->plan, stored->options, deployment, writeStore, log, *journal, rows, call, onProgress);
}

} // namespace rollcall::revoke
