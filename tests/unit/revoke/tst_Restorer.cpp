#include <QtTest>

#include <QJsonDocument>

#include <sys/wait.h>
#include <unistd.h>

#include "UndoTools.h"
#include "core/base/ErrorText.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using test::cutInSecondBatch;
using test::failsAt;
using test::planned;
using test::restored;
using test::restorePlan;
using test::restoring;
using test::resumed;
using test::revocation;
using test::revoked;
using test::RevokeFixture;
using test::undoOf;

namespace {

constexpr int killed = 9; // a child's exit code

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

/// What a revocation deleted is put back.
class RestorerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
        QCOMPARE(plan->rows.size(), std::size_t(planned));
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
};

QTEST_GUILESS_MAIN(RestorerTest)
#include "tst_Restorer.moc"
