#include <QtTest>

#include <QDirIterator>
#include <QJsonDocument>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "RevokeFixture.h"
#include "core/base/ErrorText.h"
#include "core/revoke/Restorer.h"
#include "core/revoke/UndoRecord.h"
#include "core/revoke/UndoTimer.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using test::RevokeFixture;

namespace {

constexpr int planned = 5;
constexpr int killed = 9; // a child's exit code

RevocationOptions revocation(qsizetype batchSize = 2)
{
    RevocationOptions options;
    options.batchSize = batchSize;
    return options;
}

RestoreOptions restoring(qsizetype batchSize = 2)
{
    RestoreOptions options;
    options.reason = QStringLiteral("it was the wrong user");
    options.batchSize = batchSize;
    return options;
}

std::function<std::optional<Error>(int)> failsAt(int number, ErrorCode code)
{
    return [number, code](int at) { return at == number ? std::optional(Error(code)) : std::nullopt; };
}

QString undoOf(const RevokeFixture &fixture)
{
    return undoBeside(fixture.place().folder);
}

base::Result<RestorePlan> restorePlan(RevokeFixture &fixture, const QString &id)
{
    return planRestore(id, *fixture.deployment, *fixture.log, fixture.place(), fixture.call());
}

base::Result<RestoreReport> restored(RevokeFixture &fixture, const QString &id, qsizetype batchSize = 2)
{
    const auto plan = restorePlan(fixture, id);
    if (!plan)
        return base::fail(plan.error());
    return carryOut(*plan, restoring(batchSize), *fixture.deployment, *fixture.store, *fixture.log, fixture.place(),
                    fixture.call(), fixture.onProgress);
}

base::Result<RestoreReport> resumed(RevokeFixture &fixture, const QString &id)
{
    return resumeRestore(id, *fixture.deployment, *fixture.store, *fixture.log, fixture.place(), fixture.call());
}

/// The revocation of all sessions; empty where it failed.
QString revoked(RevokeFixture &fixture, const RevocationOptions &options = revocation())
{
    const auto report = fixture.carryOut(fixture.plan(planned), options);
    return report && !report->error && report->revoked == planned ? report->auditId : QString();
}

/// A revocation whose second batch of two is kept, and undone.
base::Result<RevocationReport> cutInSecondBatch(RevokeFixture &fixture, const RevocationPlan &plan,
                                                const RevocationOptions &options = revocation())
{
    fixture.store->beforeCommit = failsAt(2, ErrorCode::ConnectionLost);
    auto cut = fixture.carryOut(plan, options);
    fixture.store->beforeCommit = {};
    return cut;
}

QString fileOf(const RevokeFixture &fixture, const QString &id, const char *name)
{
    return undoOf(fixture) + QLatin1Char('/') + id + QLatin1Char('/') + QLatin1String(name);
}

bool append(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Append) && file.write(content) == content.size();
}

/// The same database, with another sessions table.
std::shared_ptr<deployment::Deployment> withTable(const RevokeFixture &fixture, const QString &table)
{
    store::SchemaProfile map = *fixture.deployment->schema();
    map.sessions.table = table;
    map.fingerprint.clear();
    workspace::ConnectionProfile profile = fixture.deployment->config().profile;
    profile.schemaMap = QString::fromUtf8(QJsonDocument(map.toJson()).toJson());
    auto config = deployment::ConnectionConfig::from(std::move(profile), {}, std::chrono::seconds(2));
    if (!config)
        return nullptr;
    return deployment::Deployment::open(std::move(*config), {true, false}, fixture.clock, fixture.call())
        .value_or(nullptr);
}

} // namespace

/// What a revocation deleted is kept for a while, and can be put back.
class RestorerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatCannotBePutBackIsRevokedAllTheSame()
    {
        RevokeFixture fixture;
        fixture.store->whyNotKept =
            Error(ErrorCode::WriteRefused).with(base::ErrorParam::Detail, QStringLiteral("others inherit from it"));
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, planned);
        QVERIFY(!report->undoUntil);
        QCOMPARE(report->whyNoUndo, QStringLiteral("others inherit from it"));
    }

    void whatWasUndoneAndNotTriedAgainIsNotKept()
    {
        // A cluster answers the second batch's commit with a conflict; then the user stops.
        RevokeFixture fixture;
        fixture.store->beforeCommit = [&](int number) -> std::optional<Error> {
            if (number != 2)
                return std::nullopt;
            fixture.stop.request_stop();
            return Error(ErrorCode::StatementFailed).with(base::ErrorParam::SqlState, QStringLiteral("40001"));
        };
        const auto plan = fixture.plan(planned);
        const auto report = fixture.carryOut(plan, revocation(2));
        QVERIFY(report && report->error);
        QCOMPARE(report->revoked, 2);
        fixture.stop = std::stop_source();
        const auto seal = OperationSeal::load(fixture.vault.get(), false, fixture.call());
        QVERIFY(seal.has_value());
        const auto kept = readUndoIndex(undoOf(fixture), report->auditId, *seal);
        QVERIFY(kept.has_value());
        QCOMPARE(kept->rows.size(), std::size_t{2});
    }

    void whatWasRevokedComesBack()
    {
        RevokeFixture fixture;
        const auto before = fixture.clock.now();
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && report->undoUntil && report->whyNoUndo.isEmpty());
        QVERIFY(*report->undoUntil - before >= std::chrono::hours(24));
        QVERIFY(*report->undoUntil - before < std::chrono::hours(25));
        QCOMPARE(fixture.rows(), 0);
        const auto plan = restorePlan(fixture, report->auditId);
        QVERIFY2(plan.has_value(), plan ? "" : qPrintable(base::oneLine(plan.error())));
        QCOMPARE(plan->count(), planned);
        QCOMPARE(plan->users, planned);

        const auto back = restored(fixture, report->auditId);
        QVERIFY(back && !back->error && !back->resumable);
        QCOMPARE(back->restored, planned);
        QCOMPARE(back->skipped(), 0);
        QCOMPARE(back->batches, 3);
        for (int user = 1; user <= planned; ++user)
            QCOMPARE(fixture.rowsOf(user), 1);
        QVERIFY(fixture.operations().empty());
        const auto entries = fixture.audited();
        QCOMPARE(entries.size(), std::size_t(4));
        QCOMPARE(entries.at(1).counts.value(u"undoUntil").toString(), base::toIso(*report->undoUntil));
        QCOMPARE(entries.at(2).action, QStringLiteral("sessions.restore"));
        QCOMPARE(entries.at(2).reason, QStringLiteral("it was the wrong user"));
        QCOMPARE(entries.at(3).operation, back->auditId);
        QCOMPARE(entries.at(3).counts.value(u"of").toString(), report->auditId);
        QCOMPARE(entries.at(3).counts.value(u"restored").toInteger(), planned);
        QVERIFY(fixture.log->verify(fixture.call())->ok);
        // There is nothing more to put back.
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
        const auto again = restored(fixture, report->auditId);
        QCOMPARE(again.error().code, ErrorCode::WriteRefused);
        QVERIFY(again.error().param(ErrorParam::Detail).contains(back->auditId));
    }

    void whatIsThereAgainIsLeftAlone()
    {
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        fixture.run("INSERT INTO session VALUES ('" + RevokeFixture::token(2) + "','u3',99999999999999);" +
                    "DELETE FROM user WHERE id = 'u4';");
        const auto back = restored(fixture, id);
        QVERIFY(back && !back->error);
        QCOMPARE(back->restored, 3);
        QCOMPARE(back->thereAgain, 1);
        QCOMPARE(back->userGone, 1);
        QCOMPARE(fixture.rowsOf(2), 0);
        QCOMPARE(fixture.rowsOf(3), 2);
        QCOMPARE(fixture.rowsOf(4), 0);
        // Whose user was gone can come back with the user; who signed out since does not.
        fixture.run("DELETE FROM session WHERE userId = 'u1';"
                    "INSERT INTO user VALUES ('u4','User 4','u4@example.test',NULL,NULL);");
        const auto rest = restored(fixture, id);
        QVERIFY(rest && !rest->error);
        QCOMPARE(rest->matched, 1);
        QCOMPARE(rest->restored, 1);
        QCOMPARE(fixture.rowsOf(4), 1);
        QCOMPARE(fixture.rowsOf(1), 0);
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
    }

    void afterTheWindowAllIsDestroyed()
    {
        RevokeFixture fixture;
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(1);
        const QString id = revoked(fixture, options);
        QVERIFY(QDir(undoOf(fixture)).exists(id));
        QTRY_VERIFY(!restorePlan(fixture, id));
        const auto late = restorePlan(fixture, id);
        QCOMPARE(late.error().code, ErrorCode::WriteRefused);
        QVERIFY(late.error().param(ErrorParam::Detail).contains(QStringLiteral("destroyed")));
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
        QCOMPARE(fixture.rows(), 0);
        const auto none = restorePlan(fixture, QStringLiteral("op-none"));
        QCOMPARE(none.error().code, ErrorCode::NotFound);
        QVERIFY(base::describe(none.error()).remedy.contains(QStringLiteral("audit log")));
        QCOMPARE(restorePlan(fixture, QStringLiteral("../x")).error().code, ErrorCode::NotFound);
    }

    void withoutUndoIsSaid()
    {
        RevokeFixture fixture;
        fixture.store->keepsRows = false;
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, planned);
        QVERIFY(!report->undoUntil);
        QVERIFY(!report->whyNoUndo.isEmpty());
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
        const auto none = restorePlan(fixture, report->auditId);
        QCOMPARE(none.error().code, ErrorCode::WriteRefused);
    }

    void whoWantsNoneKeepsNone()
    {
        RevokeFixture fixture;
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(0);
        const auto report = fixture.carryOut(fixture.plan(planned), options);
        QVERIFY(report && !report->undoUntil && report->whyNoUndo.isEmpty());
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
    }

    void whatDeletedNothingKeepsNothing()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(planned);
        fixture.run("DELETE FROM session");
        const auto report = fixture.carryOut(plan, revocation());
        QVERIFY(report && !report->undoUntil);
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
    }

    void anUndoneBatchIsNotPutBackTwice()
    {
        RevokeFixture fixture;
        const auto cut = cutInSecondBatch(fixture, fixture.plan(planned));
        QVERIFY(cut && cut->resumable);
        QCOMPARE(fixture.rows(), 3);
        const auto report = fixture.resume(cut->auditId);
        QVERIFY(report && !report->error);
        QCOMPARE(fixture.rows(), 0);
        const auto back = restored(fixture, cut->auditId);
        QVERIFY(back && !back->error);
        QCOMPARE(back->matched, planned);
        QCOMPARE(back->restored, planned);
        QCOMPARE(fixture.rows(), planned);
    }

    void whatWasSignedOutMeanwhileStaysGone_data()
    {
        QTest::addColumn<std::size_t>("gone");
        QTest::newRow("one of the batch") << std::size_t(1);
        QTest::newRow("the whole batch") << std::size_t(2);
    }
    void whatWasSignedOutMeanwhileStaysGone()
    {
        QFETCH(std::size_t, gone);
        RevokeFixture fixture;
        const auto plan = fixture.plan(planned);
        const auto cut = cutInSecondBatch(fixture, plan);
        QVERIFY(cut && cut->resumable);
        for (std::size_t row = 2; row < 2 + gone; ++row)
            fixture.run("DELETE FROM session WHERE userId = '" + plan.rows[row].key.userId->toLatin1() + "'");
        const auto report = fixture.resume(cut->auditId);
        QVERIFY(report && !report->error);
        QCOMPARE(report->skipped, qint64(gone));
        const auto back = restored(fixture, cut->auditId);
        QVERIFY(back && !back->error);
        QCOMPARE(back->restored, qint64(planned - gone));
        QCOMPARE(back->matched, qint64(planned - gone));
        for (std::size_t row = 2; row < 2 + gone; ++row)
            QCOMPARE(fixture.rowsOf(plan.rows[row].key.userId->mid(1).toInt()), 0);
    }

    void aWindowEndsWithoutAnybodysAct()
    {
        RevokeFixture fixture;
        const QString kept = revoked(fixture);
        fixture.run("INSERT INTO session SELECT 'again-' || id, id, 4102444800000 FROM user");
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(1);
        revoke::Selection everyone;
        everyone.query.emplace();
        const auto plan = freezePlan(*fixture.deployment, *fixture.store, std::move(everyone), 100, fixture.call());
        QVERIFY(plan.has_value());
        const auto report = fixture.carryOut(*plan, options);
        QVERIFY(report && report->revoked == planned);
        const QString over = report->auditId;
        QVERIFY(QDir(undoOf(fixture)).exists(over));
        {
            const UndoTimer timer(fixture.place().folder, fixture.clock);
            QTRY_VERIFY(!QDir(undoOf(fixture)).exists(over));
        }
        QVERIFY(QFile::exists(fileOf(fixture, kept, "rows.sealed")));
    }

    void untilItHasEndedNothingIsPutBackOrDestroyed()
    {
        RevokeFixture fixture;
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(1);
        const auto cut = cutInSecondBatch(fixture, fixture.plan(planned), options);
        QVERIFY(cut && cut->resumable && cut->undoUntil);
        const QString id = cut->auditId;
        QTRY_VERIFY(fixture.clock.now() > *cut->undoUntil);
        const auto early = restorePlan(fixture, id);
        QCOMPARE(early.error().code, ErrorCode::WriteRefused);
        QVERIFY(early.error().param(ErrorParam::Detail).contains(QStringLiteral("has not ended")));
        destroyOldUndos(fixture.place().folder, fixture.clock.now());
        QVERIFY(QFile::exists(fileOf(fixture, id, "rows.sealed")));
        QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()).has_value());
        destroyOldUndos(fixture.place().folder, fixture.clock.now());
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
    }

    void theWindowBeginsAtTheEnd()
    {
        RevokeFixture fixture;
        base::Instant late{};
        fixture.store->afterCommit = [&](int) -> std::optional<Error> {
            for (const auto begun = fixture.clock.now(); late <= begun;)
                late = fixture.clock.now();
            return std::nullopt;
        };
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && report->undoUntil);
        QVERIFY(*report->undoUntil >= late + std::chrono::hours(24));
        const auto head = readUndoHead(undoOf(fixture), report->auditId);
        QVERIFY(head && *head);
        QCOMPARE(base::toIso((*head)->keptUntil), base::toIso(*report->undoUntil));
    }

    void aRevocationKilledAnywhereCanBeUndone_data()
    {
        QTest::addColumn<QString>("where");
        for (const char *where : {"before the delete", "before the commit", "after the commit"})
            QTest::newRow(where) << QString::fromLatin1(where);
    }
    void aRevocationKilledAnywhereCanBeUndone()
    {
        QFETCH(QString, where);
        RevokeFixture fixture;
        const auto plan = fixture.plan(planned);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto &fault = where.endsWith(QStringLiteral("delete"))     ? fixture.store->beforeDelete
                          : where.startsWith(QStringLiteral("before")) ? fixture.store->beforeCommit
                                                                       : fixture.store->afterCommit;
            fault = [](int number) -> std::optional<Error> {
                if (number == 3)
                    _exit(killed);
                return std::nullopt;
            };
            static_cast<void>(fixture.carryOut(plan, revocation(1)));
            _exit(1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), killed);
        const QString id = fixture.operations().front().head.id;
        const int left = fixture.rows();
        QCOMPARE(left, where.startsWith(QStringLiteral("after")) ? 2 : 3);
        QCOMPARE(restorePlan(fixture, id).error().code, ErrorCode::WriteRefused);
        QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()).has_value());
        const auto back = restored(fixture, id);
        QVERIFY(back && !back->error);
        QCOMPARE(back->restored, planned - left);
        QCOMPARE(fixture.rows(), planned);
    }

    void replicasThatFallBehindAreWaitedFor()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        int asked = 0;
        int asksBeforeTheFirstRow = 0;
        fixture.store->lag = [&asked] { return std::optional(std::chrono::milliseconds(++asked < 3 ? 5'000 : 10)); };
        fixture.store->beforeRestore = [&](int number) -> std::optional<Error> {
            if (number == 1)
                asksBeforeTheFirstRow = asked;
            return std::nullopt;
        };
        const auto back = restored(fixture, of);
        QVERIFY(back && !back->error);
        QCOMPARE(back->restored, planned);
        QCOMPARE(asksBeforeTheFirstRow, 3);
    }

    void batchesShrinkWhereReplicasFallBehindAndGrowAgain()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        int asked = 0;
        fixture.store->lag = [&asked] { return std::optional(std::chrono::milliseconds(++asked < 2 ? 5'000 : 10)); };
        std::vector<qint64> done;
        fixture.onProgress = [&done](const RevocationProgress &progress) {
            if (progress.step == QStringLiteral("Putting back"))
                done.push_back(progress.done);
        };
        const auto back = restored(fixture, of);
        QVERIFY(back && !back->error);
        QCOMPARE(done, (std::vector<qint64>{1, 3, 5}));
    }

    void cancelWhileReplicasAreWaitedForTouchesNothing()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        fixture.store->lag = [&fixture] {
            fixture.stop.request_stop();
            return std::optional(std::chrono::milliseconds(5'000));
        };
        const auto report = restored(fixture, of);
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QCOMPARE(report->batches, 0);
        QCOMPARE(fixture.audited().back().counts.value(QStringLiteral("unknown")).toInt(-1), 0);
        QCOMPARE(fixture.rows(), 0);
    }

    void killedAnywhere_data()
    {
        QTest::addColumn<int>("batch");
        QTest::addColumn<bool>("afterCommit");
        for (const int batch : {1, 2, 3}) {
            QTest::addRow("before batch %d", batch) << batch << false;
            QTest::addRow("after the commit of batch %d", batch) << batch << true;
        }
    }
    void killedAnywhere()
    {
        QFETCH(int, batch);
        QFETCH(bool, afterCommit);
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        const auto plan = restorePlan(fixture, of);
        QVERIFY(plan.has_value());
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto &fault = afterCommit ? fixture.store->afterRestore : fixture.store->beforeRestore;
            fault = [batch](int number) -> std::optional<Error> {
                if (number == batch)
                    _exit(killed);
                return std::nullopt;
            };
            static_cast<void>(carryOut(*plan, restoring(1), *fixture.deployment, *fixture.store, *fixture.log,
                                       fixture.place(), fixture.call()));
            _exit(1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), killed);
        QCOMPARE(fixture.rows(), afterCommit ? batch : batch - 1);

        const auto unfinished = fixture.operations();
        QCOMPARE(unfinished.size(), std::size_t(1));
        QCOMPARE(unfinished.front().head.kind, restoreKind());
        QCOMPARE(unfinished.front().done, batch - 1);
        const QString id = unfinished.front().head.id;
        QCOMPARE(fixture.resume(id).error().code, ErrorCode::PlanStale); // it is no revocation
        // What was put back while nobody could note it is this operation's work all the same.
        const auto report = resumed(fixture, id);
        QVERIFY(report && !report->error);
        QCOMPARE(report->restored, planned);
        QCOMPARE(report->skipped(), 0);
        QCOMPARE(fixture.rows(), planned);
        QVERIFY(fixture.operations().empty());
        QVERIFY(fixture.log->verify(fixture.call())->ok);
    }

    /// A restore whose link is lost in its second batch; what it is called.
    static QString cutRestore(RevokeFixture &fixture, const QString &of)
    {
        fixture.store->beforeRestore = failsAt(2, ErrorCode::ConnectionLost);
        const auto cut = restored(fixture, of);
        fixture.store->beforeRestore = {};
        return cut && cut->error && cut->resumable ? cut->auditId : QString();
    }
    /// Lets the window of the record of @p of end.
    static bool endWindow(const RevokeFixture &fixture, const QString &of)
    {
        QFile head(fileOf(fixture, of, "undo.json"));
        if (!head.open(QIODevice::ReadWrite))
            return false;
        QJsonObject json = QJsonDocument::fromJson(head.readAll()).object();
        json.insert(QStringLiteral("keptUntil"), 1);
        const QByteArray text = QJsonDocument(json).toJson();
        return head.resize(0) && head.seek(0) && head.write(text) == text.size();
    }

    void aWindowThatEndsMeanwhileTakesNothingFromARestore()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        const QString id = cutRestore(fixture, of);
        QVERIFY(!id.isEmpty());
        QCOMPARE(fixture.rows(), 2);
        QVERIFY(endWindow(fixture, of));
        destroyOldUndos(fixture.place().folder, fixture.clock.now());
        QVERIFY2(QDir(undoOf(fixture)).exists(of), "destroyed while it was put back");
        const auto report = resumed(fixture, id);
        QVERIFY2(report && !report->error, report ? "" : qPrintable(base::oneLine(report.error())));
        QCOMPARE(report->restored, planned);
        QVERIFY(!QDir(undoOf(fixture)).exists(of));
    }

    void aRestoreThatWasDiscardedHoldsNothingUp()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        const QString id = cutRestore(fixture, of);
        QVERIFY(!id.isEmpty() && endWindow(fixture, of));
        QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()));
        destroyOldUndos(fixture.place().folder, fixture.clock.now());
        QVERIFY(!QDir(undoOf(fixture)).exists(of));
    }

    void whatAnotherRestorePutBackIsNotTriedAgain_data()
    {
        QTest::addColumn<bool>("isOneLeft");
        QTest::newRow("all of it") << false;
        QTest::newRow("all but one whose user is gone") << true;
    }
    void whatAnotherRestorePutBackIsNotTriedAgain()
    {
        QFETCH(bool, isOneLeft);
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        const QString id = cutRestore(fixture, of);
        QVERIFY(!id.isEmpty());
        if (isOneLeft)
            fixture.run("DELETE FROM user WHERE id = 'u5'");
        const auto other = restored(fixture, of);
        QVERIFY(other && !other->error);
        QCOMPARE(other->restored, isOneLeft ? 2 : 3);
        QCOMPARE(other->userGone, isOneLeft ? 1 : 0);
        const auto report = resumed(fixture, id);
        if (!isOneLeft) {
            QCOMPARE(report.error().code, ErrorCode::WriteRefused);
            QVERIFY(report.error().param(ErrorParam::Detail).contains(other->auditId));
            QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()));
            return;
        }
        QVERIFY2(report && !report->error, report ? "" : qPrintable(base::oneLine(report.error())));
        QCOMPARE(report->restored, 2);
        QCOMPARE(report->thereAgain, 2);
        QCOMPARE(report->userGone, 1);
        QCOMPARE(fixture.rows(), planned - 1);
        QVERIFY(fixture.operations().empty());
    }

    /// Its rows are read in pieces: a record may be larger than memory.
    void aLargeRecordTakesLittleMemory()
    {
        RevokeFixture fixture;
        const auto seal = OperationSeal::load(fixture.vault.get(), true, fixture.call());
        QVERIFY(seal.has_value());
        constexpr std::size_t batches = 64;
        constexpr std::size_t rowsEach = 100;
        constexpr qsizetype cellBytes = 16 * 1024;
        auto record = UndoRecord::open(undoOf(fixture), {QStringLiteral("op-large"), {}, {}, {}, fixture.clock.now()},
                                       QStringLiteral("DELETE"), *seal);
        QVERIFY(record.has_value());
        for (std::size_t batch = 0; batch < batches; ++batch) {
            std::vector<store::KeptRow> rows;
            for (std::size_t i = 0; i < rowsEach; ++i) {
                store::KeptRow row;
                row.place = batch * rowsEach + i;
                row.key.token = base::SecretBytes(QByteArray::number(qulonglong(row.place)));
                row.key.userId = QStringLiteral("u%1").arg(row.place % 7);
                row.cells.push_back({QStringLiteral("data"), false,
                                     base::SecretBytes(QByteArray(cellBytes, static_cast<char>('a' + batch % 26)))});
                rows.push_back(std::move(row));
            }
            QVERIFY(record->keep(rows, {}));
        }
        const qint64 size = QFileInfo(undoOf(fixture) + QStringLiteral("/op-large/rows.sealed")).size();
        QVERIFY(size > 100'000'000);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            const auto most = [] { // KiB
                rusage usage{};
                getrusage(RUSAGE_SELF, &usage);
                return usage.ru_maxrss;
            };
            const long before = most();
            const auto index = readUndoIndex(undoOf(fixture), QStringLiteral("op-large"), *seal);
            if (!index)
                _exit(1);
            bool isRight = index->rows.size() == batches * rowsEach && index->users() == 7;
            UndoReader reader(*index, *seal);
            // Rows of several batches come as they were asked for.
            const UndoIndex::Row *const mixed[] = {&index->rows[250], &index->rows[3], &index->rows[251]};
            const auto mixedRead = reader.read(mixed);
            isRight = isRight && mixedRead && mixedRead->size() == 3 && (*mixedRead)[0].place == 250 &&
                      (*mixedRead)[1].place == 3 && (*mixedRead)[2].place == 251;
            for (const UndoIndex::Row &row : index->rows) {
                const UndoIndex::Row *const wanted[] = {&row};
                const auto read = reader.read(wanted);
                isRight = isRight && read && read->front().place == row.place &&
                          read->front().cells.front().value.size() == cellBytes;
            }
            const long grown = most() - before;
            if (grown > 32 * 1024)
                qWarning("%ld KiB", grown);
            _exit(!isRight ? 1 : grown > 32 * 1024 ? 2 : 0);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QVERIFY2(WIFEXITED(status), "a child that crashed has 0 for its exit status too");
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void aLostLinkIsGoneOnWith()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        fixture.store->afterRestore = failsAt(2, ErrorCode::ConnectionLost);
        const auto cut = restored(fixture, of);
        fixture.store->afterRestore = {};
        QVERIFY(cut && cut->error && cut->resumable);
        QCOMPARE(cut->restored, 2);
        QCOMPARE(fixture.rows(), 4);
        const auto report = resumed(fixture, cut->auditId);
        QVERIFY(report && !report->error);
        QCOMPARE(report->restored, planned);
        QCOMPARE(resumed(fixture, cut->auditId).error().code, ErrorCode::NotFound);
        const QString revocationId = revoked(fixture);
        QVERIFY(!revocationId.isEmpty());
    }

    void cancelStopsAtABatchBorder()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        fixture.onProgress = [&](const RevocationProgress &progress) {
            if (progress.done == 2)
                fixture.stop.request_stop();
        };
        const auto report = restored(fixture, of);
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QCOMPARE(report->restored, 2);
        QCOMPARE(report->batches, 1); // not in the middle of the next
        const QJsonObject counts = fixture.audited().back().counts;
        QCOMPARE(counts.value(QStringLiteral("unknown")).toInt(-1), 0);
        QCOMPARE(counts.value(QStringLiteral("notTried")).toInt(-1), 3);
        QVERIFY(!report->resumable);
        QCOMPARE(fixture.rows(), 2);
        QVERIFY(fixture.operations().empty());
        // The rest can still be put back, and nothing else: who signs out meanwhile stays signed out.
        fixture.onProgress = {};
        fixture.stop = std::stop_source();
        fixture.run("DELETE FROM session");
        const auto rest = restored(fixture, of);
        QVERIFY(rest && !rest->error);
        QCOMPARE(rest->matched, 3);
        QCOMPARE(rest->restored, 3);
        QCOMPARE(fixture.rows(), 3);
    }

    void badFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("no head") << QStringLiteral("undo.json") << QByteArray("{}");
        QTest::newRow("another's head") << QStringLiteral("undo.json")
                                        << QByteArray("{\"format\":\"rollcall-undo\",\"version\":1,\"id\":\"op-x\"}");
        QTest::newRow("rows that nobody sealed")
            << QStringLiteral("rows.sealed") << QByteArray("\0\0\0\x40RCS1", 8).append(QByteArray(100, 'x'));
    }
    void badFiles()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        QFile file(undoOf(fixture) + QLatin1Char('/') + id + QLatin1Char('/') + name);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
        file.close();
        const auto plan = restorePlan(fixture, id);
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::FileFormatInvalid);
        QCOMPARE(fixture.rows(), 0);
    }

    void aDamagedEndIsCutOff_data()
    {
        QTest::addColumn<QByteArray>("damage");
        QTest::newRow("zeros") << QByteArray(4096, '\0');
        QTest::newRow("half a batch") << QByteArray("\0\0\0\x40RCS1", 8);
        QTest::newRow("a batch of zeros") << QByteArray("\0\0\0\x40RCS1", 8).append(QByteArray(60, '\0'));
    }
    void aDamagedEndIsCutOff()
    {
        QFETCH(QByteArray, damage);
        RevokeFixture fixture;
        const auto cut = cutInSecondBatch(fixture, fixture.plan(planned));
        QVERIFY(cut && cut->resumable);
        const QString path = fileOf(fixture, cut->auditId, "rows.sealed");
        QVERIFY(append(path, damage));
        const auto report = fixture.resume(cut->auditId);
        QVERIFY2(report && !report->error, report ? "" : qPrintable(base::oneLine(report.error())));
        QVERIFY(append(path, damage)); // nobody goes on: it is left out
        const auto back = restored(fixture, cut->auditId);
        QVERIFY2(back && !back->error, back ? "" : qPrintable(base::oneLine(back.error())));
        QCOMPARE(back->restored, planned);
        QCOMPARE(fixture.rows(), planned);
    }

    void aDamagedBeginningIsSaid()
    {
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        QFile file(fileOf(fixture, id, "rows.sealed"));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(40));
        char byte = 0;
        QVERIFY(file.getChar(&byte) && file.seek(40) && file.putChar(static_cast<char>(byte ^ 1)));
        file.close();
        QCOMPARE(restorePlan(fixture, id).error().code, ErrorCode::FileFormatInvalid);
    }

    void halfARecordIsOver_data()
    {
        QTest::addColumn<QByteArray>("missing");
        QTest::newRow("without its rows") << QByteArray("rows.sealed");
        QTest::newRow("without its head") << QByteArray("undo.json");
    }
    void halfARecordIsOver()
    {
        QFETCH(QByteArray, missing);
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        QVERIFY(QFile::remove(fileOf(fixture, id, missing.constData())));
        QCOMPARE(restorePlan(fixture, id).error().code, ErrorCode::WriteRefused);
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
    }

    void anotherTableIsRefused()
    {
        RevokeFixture fixture;
        fixture.run("CREATE TABLE session_b (sessionToken text PRIMARY KEY, userId text NOT NULL, expires integer NOT "
                    "NULL)");
        const QString id = revoked(fixture);
        const auto other = withTable(fixture, QStringLiteral("session_b"));
        QVERIFY(other);
        const auto otherStore = other->openStore(store::Access::Write, fixture.call());
        QVERIFY(otherStore.has_value());
        QCOMPARE(planRestore(id, *other, *fixture.log, fixture.place(), fixture.call()).error().code,
                 ErrorCode::PlanStale);
        const auto plan = restorePlan(fixture, id);
        QVERIFY(plan.has_value());
        QCOMPARE(carryOut(*plan, restoring(), *other, **otherStore, *fixture.log, fixture.place(), fixture.call())
                     .error()
                     .code,
                 ErrorCode::PlanStale);
        QVERIFY(fixture.operations().empty());
        fixture.store->afterRestore = failsAt(2, ErrorCode::ConnectionLost);
        const auto cut = restored(fixture, id);
        fixture.store->afterRestore = {};
        QVERIFY(cut && cut->resumable);
        QCOMPARE(resumeRestore(cut->auditId, *other, **otherStore, *fixture.log, fixture.place(), fixture.call())
                     .error()
                     .code,
                 ErrorCode::PlanStale);
        QCOMPARE(resumed(fixture, cut->auditId)->restored, planned);
    }

    void anotherDatabaseOrKeyIsRefused()
    {
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        RevokeFixture other;
        QCOMPARE(planRestore(id, *other.deployment, *fixture.log, fixture.place(), fixture.call()).error().code,
                 ErrorCode::PlanStale);
        QCOMPARE(planRestore(id, *fixture.deployment, *fixture.log, {fixture.place().folder, nullptr}, fixture.call())
                     .error()
                     .code,
                 ErrorCode::NoKeyStore);
        QVERIFY(!revoked(other).isEmpty()); // makes a key
        QCOMPARE(planRestore(id, *fixture.deployment, *fixture.log, {fixture.place().folder, other.vault.get()},
                             fixture.call())
                     .error()
                     .code,
                 ErrorCode::FileFormatInvalid);
    }

    void noTokenIsOnDiskInClear()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        fixture.store->afterRestore = failsAt(2, ErrorCode::ConnectionLost);
        QVERIFY(restored(fixture, of)->resumable);
        int files = 0;
        for (const QString &folder : {fixture.place().folder, undoOf(fixture)}) {
            QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QByteArray content = file.readAll();
                for (int user = 1; user <= planned; ++user) {
                    QVERIFY2(!content.contains(RevokeFixture::token(user)), qPrintable(file.fileName()));
                    QVERIFY2(!content.contains(RevokeFixture::token(user).toHex()), qPrintable(file.fileName()));
                }
                QVERIFY2((file.permissions() & (QFile::ReadGroup | QFile::ReadOther)) == 0,
                         qPrintable(file.fileName()));
                ++files;
            }
        }
        QCOMPARE(files, 7); // head, plan, journal, lock; head, rows and the restore's mark of the record
    }
};

QTEST_GUILESS_MAIN(RestorerTest)
#include "tst_Restorer.moc"
