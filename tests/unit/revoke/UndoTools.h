#pragma once

#include "RevokeFixture.h"
#include "core/revoke/Restorer.h"
#include "core/revoke/UndoRecord.h"

namespace rollcall::test {

constexpr int planned = 5; ///< all sessions of a RevokeFixture

/// How a revocation is carried out that is to be undone.
inline revoke::RevocationOptions revocation(qsizetype batchSize = 2)
{
    revoke::RevocationOptions options;
    options.batchSize = batchSize;
    return options;
}

/// How it is undone.
inline revoke::RestoreOptions restoring(qsizetype batchSize = 2)
{
    revoke::RestoreOptions options;
    options.reason = QStringLiteral("it was the wrong user");
    options.batchSize = batchSize;
    return options;
}

/// A fault of that number, counted from 1.
inline std::function<std::optional<base::Error>(int)> failsAt(int number, base::ErrorCode code)
{
    return [number, code](int at) { return at == number ? std::optional(base::Error(code)) : std::nullopt; };
}

/// The folder of what is kept.
inline QString undoOf(const RevokeFixture &fixture)
{
    return revoke::undoBeside(fixture.place().folder);
}

/// What the revocation @p id deleted, as it could be put back.
inline base::Result<revoke::RestorePlan> restorePlan(RevokeFixture &fixture, const QString &id)
{
    return revoke::planRestore(id, *fixture.deployment, *fixture.log, fixture.place(), fixture.call());
}

/// The undo of the revocation @p id.
inline base::Result<revoke::RestoreReport> restored(RevokeFixture &fixture, const QString &id, qsizetype batchSize = 2)
{
    const auto plan = restorePlan(fixture, id);
    if (!plan)
        return base::fail(plan.error());
    return revoke::carryOut(*plan, restoring(batchSize), *fixture.deployment, *fixture.store, *fixture.log,
                            fixture.place(), fixture.call(), fixture.onProgress);
}

/// The rest of the undo @p id.
inline base::Result<revoke::RestoreReport> resumed(RevokeFixture &fixture, const QString &id)
{
    return revoke::resumeRestore(id, *fixture.deployment, *fixture.store, *fixture.log, fixture.place(),
                                 fixture.call());
}

/// The revocation of all sessions; empty where it failed.
inline QString revoked(RevokeFixture &fixture, const revoke::RevocationOptions &options = revocation())
{
    const auto report = fixture.carryOut(fixture.plan(planned), options);
    return report && !report->error && report->revoked == planned ? report->auditId : QString();
}

/// A revocation whose second batch of two is kept, and undone.
inline base::Result<revoke::RevocationReport> cutInSecondBatch(RevokeFixture &fixture,
                                                               const revoke::RevocationPlan &plan,
                                                               const revoke::RevocationOptions &options = revocation())
{
    fixture.store->beforeCommit = failsAt(2, base::ErrorCode::ConnectionLost);
    auto cut = fixture.carryOut(plan, options);
    fixture.store->beforeCommit = {};
    return cut;
}

} // namespace rollcall::test
