#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include "RevokeFixture.h"
#include "core/revoke/Restorer.h"
#include "core/revoke/UndoRecord.h"

// What tests of restores do one after the other.
namespace rollcall::test {

inline constexpr int planned = 5; ///< sessions of a RevokeFixture
/// A revocation in batches of @p batchSize.
inline revoke::RevocationOptions revocation(qsizetype batchSize = 2)
{
    revoke::RevocationOptions options;
    options.batchSize = batchSize;
    return options;
}

/// A restore in batches of @p batchSize.
inline revoke::RestoreOptions restoring(qsizetype batchSize = 2)
{
    revoke::RestoreOptions options;
    options.reason = QStringLiteral("it was the wrong user");
    options.batchSize = batchSize;
    return options;
}

/// Fails the step of that number.
inline std::function<std::optional<base::Error>(int)> failsAt(int number, base::ErrorCode code)
{
    return [number, code](int at) { return at == number ? std::optional(base::Error(code)) : std::nullopt; };
}

/// Where the records of what was deleted rest.
inline QString undoOf(const RevokeFixture &fixture)
{
    return revoke::undoBeside(fixture.place().folder);
}

/// The plan to put back what the revocation @p id deleted.
inline base::Result<revoke::RestorePlan> restorePlan(RevokeFixture &fixture, const QString &id)
{
    return revoke::planRestore(id, *fixture.deployment, *fixture.log, fixture.place(), fixture.call());
}

/// The same planned and carried out.
inline base::Result<revoke::RestoreReport> restored(RevokeFixture &fixture, const QString &id, qsizetype batchSize = 2)
{
    const auto plan = restorePlan(fixture, id);
    if (!plan)
        return base::fail(plan.error());
    return revoke::carryOut(*plan, restoring(batchSize), *fixture.deployment, *fixture.store, *fixture.log,
                            fixture.place(), fixture.call(), fixture.onProgress);
}

/// Goes on with the restore @p id.
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

/// A file of the record of the revocation @p id.
inline QString fileOf(const RevokeFixture &fixture, const QString &id, const char *name)
{
    return undoOf(fixture) + QLatin1Char('/') + id + QLatin1Char('/') + QLatin1String(name);
}

/// A restore whose link is lost in its second batch; what it is called.
inline QString cutRestore(RevokeFixture &fixture, const QString &of)
{
    fixture.store->beforeRestore = failsAt(2, base::ErrorCode::ConnectionLost);
    const auto cut = restored(fixture, of);
    fixture.store->beforeRestore = {};
    return cut && cut->error && cut->resumable ? cut->auditId : QString();
}

/// Lets the window of the record of @p of end.
inline bool endWindow(const RevokeFixture &fixture, const QString &of)
{
    QFile head(fileOf(fixture, of, "undo.json"));
    if (!head.open(QIODevice::ReadWrite))
        return false;
    QJsonObject json = QJsonDocument::fromJson(head.readAll()).object();
    json.insert(QStringLiteral("keptUntil"), 1);
    const QByteArray text = QJsonDocument(json).toJson();
    return head.resize(0) && head.seek(0) && head.write(text) == text.size();
}

} // namespace rollcall::test
