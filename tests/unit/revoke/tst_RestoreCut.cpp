#include <QtTest>

#include <sys/wait.h>
#include <unistd.h>

#include "RestoreSteps.h"
#include "core/base/ErrorText.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using test::cutRestore;
using test::endWindow;
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

} // namespace

/// A revocation or a restore that was cut short: nothing is lost, and nothing done twice.
class RestoreCutTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(RestoreCutTest)
#include "tst_RestoreCut.moc"
