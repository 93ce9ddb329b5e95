#include <QtTest>

#include "RestoreSteps.h"
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

/// The same database, with another sessions table.
std::shared_ptr<deployment::Deployment> withTable(const RevokeFixture &fixture, const QString &table)
{
    store::SchemaProfile map = *fixture.deployment->schema();
    map.sessions.table = table;
    map.fingerprint.clear();
    workspace::ConnectionProfile profile = fixture.deployment->config().profile;
    profile.schemaMap = QString::fromUtf8(QJsonDocument(map.toJson()).toJson());
    auto config = deployment::ConnectionConfig::from(std::move(profile), {}, std::chrono::seconds(30));
    if (!config)
        return nullptr;
    return deployment::Deployment::open(std::move(*config), {true, false}, fixture.clock, fixture.call())
        .value_or(nullptr);
}

} // namespace

/// What a revocation deleted can be put back.
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
        using Clock = std::chrono::steady_clock;
        int asked = 0;
        Clock::time_point begun;
        fixture.store->lag = [&] {
            begun = Clock::now();
            return std::optional(std::chrono::milliseconds(++asked < 2 ? 5'000 : 10));
        };
        std::vector<qint64> sizes;
        std::vector<Clock::duration> took; // at most
        qint64 before = 0;
        fixture.onProgress = [&](const RevocationProgress &progress) {
            if (progress.step != QStringLiteral("Putting back"))
                return;
            sizes.push_back(progress.done - std::exchange(before, progress.done));
            const auto now = Clock::now();
            took.push_back(now - std::exchange(begun, now));
        };
        const auto back = restored(fixture, of);
        QVERIFY(back && !back->error);
        QCOMPARE(before, planned);
        QCOMPARE(sizes.front(), 1); // half of two
        // One that takes less than half of the second that it may is followed by one of twice its size.
        qint64 left = planned - 1;
        for (std::size_t i = 1; i < sizes.size(); left -= sizes[i++]) {
            if (took[i - 1] < std::chrono::milliseconds(500))
                QCOMPARE(sizes[i], std::min({2 * sizes[i - 1], qint64{2}, left}));
        }
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
