#include "core/revoke/Revoker.h"

#include "core/revoke/OpenedOperation.h"
#include "core/revoke/PlanFile.h"
#include "core/revoke/RevocationRun.h"
#include "core/revoke/UsedApproval.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::chrono::seconds mostSkew{60}; ///< between the clocks of who planned and of who carries out

/// Whether @p plan was frozen by now: when it was frozen tells it from others of the same rows, and which of them have
/// expired was seen by that clock.
base::Status isFrozen(const RevocationPlan &plan, base::Instant now)
{
    if (plan.frozenAt <= now + mostSkew)
        return {};
    return base::fail(
        Error(ErrorCode::PlanStale)
            .with(ErrorParam::Detail,
                  QStringLiteral("it was frozen at %1, which is yet to come").arg(base::toIso(plan.frozenAt))));
}

/// Whether this plan may be carried out over this connection now.
base::Status mayCarryOut(const RevocationPlan &plan, const RevocationOptions &options,
                         const deployment::Deployment &deployment, const store::SessionStore &writeStore,
                         const Call &call)
{
    if (deployment.clock().isFixed())
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Part, QStringLiteral("flag"))
                .with(ErrorParam::Flag, QStringLiteral("--now"))
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
    if (auto status = checkApproved(plan, options.approval, deployment); !status)
        return status;
    if (options.approval && !options.approval->reason().isEmpty() && options.approval->reason() != options.reason)
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Part, QStringLiteral("approval"))
                .with(ErrorParam::Detail, QStringLiteral("the plan was approved for another reason than the one that "
                                                         "would go on record")));
    return call.check(QStringLiteral("The revocation"));
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
    if (auto status = isFrozen(plan, deployment.clock().now()); !status)
        return base::fail(std::move(status.error()));
    if (auto status = checkUnused(plan, options.approval, log, {}, call); !status)
        return base::fail(std::move(status.error()));
    auto operation =
        beginOperation({revocationKind(), plan.digest, options.reason, static_cast<qint64>(plan.rows.size())},
                       planBytes(plan, options), deployment, place, call);
    if (!operation)
        return base::fail(std::move(operation.error()));
    KeptDelete rows(writeStore, place.folder, operation->seal, options.undoFor);
    auto report = runRevocation(plan, options, deployment, writeStore, log, operation->journal, rows, call, onProgress);
    // Nothing was done: there is nothing to go on with.
    if (!report) {
        static_cast<void>(rows.dropRecord());
        static_cast<void>(operation->journal.remove());
    }
    return report;
}

base::Result<RevocationReport> resumeOperation(const QString &id, const deployment::Deployment &deployment,
                                               store::SessionStore &writeStore, audit::AuditLog &log,
                                               const OperationPlace &place, const Call &call,
                                               const OnProgress &onProgress)
{
    auto operation = reopenOperation(id, revocationKind(), deployment, place, call);
    if (!operation)
        return base::fail(std::move(operation.error()));
    const auto bytes = openPlan(*operation);
    if (!bytes)
        return base::fail(bytes.error());
    const auto stored = planOf(*bytes);
    if (!stored)
        return base::fail(stored.error());
    const OperationHead &head = operation->journal.head();
    if (stored->plan.digest != head.planDigest || static_cast<qint64>(stored->plan.rows.size()) != head.planned) {
        return base::fail(
            Error(ErrorCode::PlanStale).with(ErrorParam::Detail, QStringLiteral("its files do not fit each other")));
    }
    if (auto status = mayCarryOut(stored->plan, stored->options, deployment, writeStore, call); !status)
        return base::fail(std::move(status.error()));
    if (auto status = checkUnused(stored->plan, stored->options.approval, log, id, call); !status)
        return base::fail(std::move(status.error()));
    KeptDelete rows(writeStore, place.folder, operation->seal, stored->options.undoFor);
    return runRevocation(stored->plan, stored->options, deployment, writeStore, log, operation->journal, rows, call,
                         onProgress);
}

} // namespace rollcall::revoke
