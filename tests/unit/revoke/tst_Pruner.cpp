#include <QtTest>

#include <sys/wait.h>
#include <unistd.h>

#include "RevokeFixture.h"
#include "core/base/ErrorText.h"
#include "core/revoke/Pruner.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using test::RevokeFixture;

namespace {

constexpr int expired = 30;
constexpr int live = 5; // the fixture's
constexpr int killed = 9;

PruneOptions options(qint64 batchSize = 8)
{
    PruneOptions options;
    options.reason = QStringLiteral("spring");
    options.batchSize = batchSize;
    options.paced = false;
    return options;
}

void fill(const RevokeFixture &fixture)
{
    for (int i = 0; i < expired; ++i)
        fixture.run("INSERT INTO session VALUES ('old-" + QByteArray::number(100 + i) + "','u1',1000000000000)");
}

std::function<std::optional<Error>(int)> failsAt(int number, const Error &error)
{
    return [number, error](int at) { return at == number ? std::optional(error) : std::nullopt; };
}

base::Result<RevocationReport> pruned(RevokeFixture &fixture, const PruneOptions &wanted = options())
{
    const auto plan = planPrune(wanted, *fixture.deployment, *fixture.store, 1'000, fixture.call());
    if (!plan)
        return base::fail(plan.error());
    return carryOut(*plan, *fixture.deployment, *fixture.store, *fixture.log, fixture.place(), fixture.call(),
                    fixture.onProgress);
}

base::Result<RevocationReport> resumed(RevokeFixture &fixture, const QString &id)
{
    return resumePrune(id, *fixture.deployment, *fixture.store, *fixture.log, fixture.place(), fixture.call());
}

} // namespace

/// Pruning, and how large its batches are.
class PrunerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deletesInSteps()
    {
        RevokeFixture fixture;
        fill(fixture);
        const auto report = pruned(fixture);
        QVERIFY(report && !report->error);
        QCOMPARE(report->matched, expired);
        QCOMPARE(report->revoked, expired);
        QCOMPARE(report->skipped, 0);
        QVERIFY(report->batches >= expired / 8);
        QCOMPARE(fixture.rows(), live);
        QVERIFY(fixture.operations().empty());
        const auto entries = fixture.audited();
        QCOMPARE(entries.size(), std::size_t(2));
        QCOMPARE(entries.back().action, QStringLiteral("sessions.prune"));
        QCOMPARE(entries.back().counts.value(u"revoked").toInteger(), expired);
    }

    void killedAnywhere_data()
    {
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("where");
        for (const int step : {1, 2, 5}) {
            for (const char *where : {"before the delete", "before the commit", "after the commit"})
                QTest::addRow("%s of step %d", where, step) << step << QString::fromLatin1(where);
        }
    }
    void killedAnywhere()
    {
        QFETCH(int, step);
        QFETCH(QString, where);
        RevokeFixture fixture;
        fill(fixture);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto &fault = where.endsWith(QStringLiteral("delete"))     ? fixture.store->beforePrune
                          : where.startsWith(QStringLiteral("before")) ? fixture.store->beforePruneCommit
                                                                       : fixture.store->afterPrune;
            fault = [step](int number) -> std::optional<Error> {
                if (number == step)
                    _exit(killed);
                return std::nullopt;
            };
            static_cast<void>(pruned(fixture));
            _exit(1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), killed);
        const auto unfinished = fixture.operations();
        QCOMPARE(unfinished.size(), std::size_t(1));
        QCOMPARE(unfinished.front().head.kind, pruneKind());
        QCOMPARE(unfinished.front().head.planned, expired);
        const QString id = unfinished.front().head.id;
        QCOMPARE(fixture.resume(id).error().code, ErrorCode::PlanStale); // it is no revocation
        const auto report = resumed(fixture, id);
        QVERIFY2(report && !report->error, report ? "" : qPrintable(base::oneLine(report.error())));
        QCOMPARE(report->revoked, expired); // each once
        QCOMPARE(report->skipped, 0);
        QCOMPARE(fixture.rows(), live);
        QVERIFY(fixture.operations().empty());
        QVERIFY(fixture.log->verify(fixture.call())->ok);
    }

    void aLostLinkIsGoneOnWith_data()
    {
        QTest::addColumn<bool>("committed");
        QTest::newRow("the step was undone") << false;
        QTest::newRow("the step was committed") << true;
    }
    void aLostLinkIsGoneOnWith()
    {
        QFETCH(bool, committed);
        RevokeFixture fixture;
        fill(fixture);
        (committed ? fixture.store->afterPrune : fixture.store->beforePruneCommit) =
            failsAt(2, Error(ErrorCode::ConnectionLost));
        const auto cut = pruned(fixture);
        fixture.store->afterPrune = {};
        fixture.store->beforePruneCommit = {};
        QVERIFY(cut && cut->error && cut->resumable);
        QCOMPARE(fixture.audited().back().counts.value(u"error").toString(), QStringLiteral("ConnectionLost"));
        const auto report = resumed(fixture, cut->auditId);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, expired);
        QCOMPARE(fixture.rows(), live);
        QCOMPARE(resumed(fixture, cut->auditId).error().code, ErrorCode::NotFound);
    }

    void whoIsInTheWayIsWaitedFor()
    {
        RevokeFixture fixture;
        fill(fixture);
        fixture.store->beforePrune =
            failsAt(2, Error(ErrorCode::Timeout)
                           .with(ErrorParam::Part, QStringLiteral("Waiting for a row that another transaction holds")));
        const auto report = pruned(fixture);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, expired);
        // A smaller step is tried then.
        QVERIFY(report->batches > (expired + 7) / 8);
    }

    void replicasThatFallBehindAreWaitedFor()
    {
        RevokeFixture fixture;
        fill(fixture);
        int asked = 0;
        int asksBeforeTheFirstStep = 0;
        fixture.store->lag = [&asked] { return std::optional(std::chrono::milliseconds(++asked < 3 ? 5'000 : 10)); };
        fixture.store->beforePrune = [&](int number) -> std::optional<Error> {
            if (number == 1)
                asksBeforeTheFirstStep = asked;
            return std::nullopt;
        };
        const auto report = pruned(fixture);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, expired);
        QCOMPARE(asksBeforeTheFirstStep, 3);
    }

    void aRefusedCommitCountsOnce_data()
    {
        QTest::addColumn<bool>("othersDelete");
        QTest::newRow("it is done once more") << false;
        QTest::newRow("others prune meanwhile") << true;
    }
    void aRefusedCommitCountsOnce()
    {
        QFETCH(bool, othersDelete);
        RevokeFixture fixture;
        fill(fixture);
        int leftByOne = 0;
        fixture.store->beforePrune = [&](int number) -> std::optional<Error> {
            if (number == 2)
                leftByOne = fixture.rows();
            if (number == 3 && othersDelete)
                fixture.run("DELETE FROM session WHERE expires = 1000000000000");
            return std::nullopt;
        };
        fixture.store->beforePruneCommit =
            failsAt(2, Error(ErrorCode::StatementFailed).with(ErrorParam::SqlState, QStringLiteral("40001")));
        const auto report = pruned(fixture);
        QVERIFY(report && !report->error);
        const int ours = othersDelete ? live + expired - leftByOne : expired;
        QCOMPARE(report->revoked, ours);
        QCOMPARE(report->skipped, expired - ours);
        QCOMPARE(fixture.audited().back().counts.value(u"unknown").toInteger(-1), 0);
        QCOMPARE(fixture.rows(), live);
    }

    void aStepThatCannotBeNotedIsNotInDoubt()
    {
        RevokeFixture fixture;
        fill(fixture);
        int left = 0;
        fixture.store->beforePrune = [&](int number) -> std::optional<Error> {
            if (number == 2) { // as on a full disk: its line cannot be written, so it is undone
                left = fixture.rows();
                const QString journal = fixture.place().folder + QLatin1Char('/') +
                                        fixture.operations().front().head.id + QStringLiteral("/journal.ndjson");
                if (!QFile::rename(journal, journal + QStringLiteral(".away")))
                    qFatal("no journal");
            }
            return std::nullopt;
        };
        const auto report = pruned(fixture);
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::FileUnwritable);
        QCOMPARE(fixture.rows(), left);
        QVERIFY(left < live + expired);
        QCOMPARE(report->revoked, live + expired - left);
        QCOMPARE(fixture.audited().back().counts.value(u"revoked").toInteger(-1), live + expired - left);
        QCOMPARE(fixture.audited().back().counts.value(u"unknown").toInteger(-1), 0);
    }

    void rowsWithoutAKeyEndNoStep()
    {
        RevokeFixture fixture;
        fill(fixture);
        constexpr int keyless = 20; // more than a step has; SQLite takes them for a text primary key, and first
        for (int i = 0; i < keyless; ++i)
            fixture.run("INSERT INTO session VALUES (NULL,'u1',1000000000000)");
        const auto report = pruned(fixture);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, expired + keyless);
        QCOMPARE(fixture.rows(), live);
    }

    void anEmptyKeyIsRefusedWhereItEndsAStep()
    {
        RevokeFixture fixture;
        fill(fixture);
        fixture.run("INSERT INTO session VALUES ('','u1',99999999999999)");
        const auto report = pruned(fixture, options(1));
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::WriteRefused);
        QCOMPARE(report->revoked, 0);
        QCOMPARE(fixture.rows(), live + expired + 1);
        QVERIFY(pruned(fixture).has_value()); // larger steps do not end there
        QCOMPARE(fixture.rows(), live + 1);
    }

    void cancelStopsBetweenSteps()
    {
        RevokeFixture fixture;
        fill(fixture);
        fixture.onProgress = [&](const RevocationProgress &) { fixture.stop.request_stop(); };
        const auto report = pruned(fixture);
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QVERIFY(report->revoked > 0 && report->revoked < expired);
        QCOMPARE(fixture.rows(), live + expired - int(report->revoked));
        QVERIFY(!report->resumable && fixture.operations().empty());
    }

    void whatIsNotKnownCountsNowhereAsDone_data()
    {
        QTest::addColumn<bool>("isKnown");
        QTest::newRow("the link broke before a step") << true;
        QTest::newRow("it broke while one was committed") << false;
    }
    void whatIsNotKnownCountsNowhereAsDone()
    {
        QFETCH(bool, isKnown);
        RevokeFixture fixture;
        fill(fixture);
        std::vector<int> left; // before each step
        fixture.store->beforePrune = [&](int number) -> std::optional<Error> {
            left.push_back(fixture.rows());
            return isKnown && number >= 3 ? std::optional(Error(ErrorCode::ConnectionLost)) : std::nullopt;
        };
        if (!isKnown)
            fixture.store->afterPrune = failsAt(2, Error(ErrorCode::ConnectionLost));
        const auto cut = pruned(fixture);
        QVERIFY(cut && cut->resumable);
        const qint64 done = live + expired - (isKnown ? left.at(2) : left.at(1));
        const qint64 inDoubt = isKnown ? 0 : left.at(1) - fixture.rows();
        QVERIFY(done > 0 && (isKnown || inDoubt > 0));
        QCOMPARE(cut->revoked, done);
        QCOMPARE(fixture.operations().front().done, done);
        // A resumption that gets nowhere says the same.
        fixture.store->beforePrune = [](int) { return std::optional(Error(ErrorCode::ConnectionLost)); };
        const auto again = resumed(fixture, cut->auditId);
        QVERIFY(again && again->resumable);
        QCOMPARE(again->revoked, done);
        const auto entries = fixture.audited();
        QCOMPARE(entries.at(2).counts.value(u"doneBefore").toInteger(), done);
        QCOMPARE(entries.at(3).counts.value(u"revoked").toInteger(), done);
        QCOMPARE(entries.at(3).counts.value(u"unknown").toInteger(-1), inDoubt);
        QCOMPARE(fixture.operations().front().done, done);
        QVERIFY(discardOperation(cut->auditId, fixture.place(), *fixture.log, fixture.call()).has_value());
        const audit::AuditEntry last = fixture.audited().back();
        QCOMPARE(last.action, QStringLiteral("operations.discard"));
        QCOMPARE(last.counts.value(u"revoked").toInteger(), done);
        QCOMPARE(last.counts.value(u"unknown").toInteger(-1), inDoubt);
        QVERIFY(fixture.operations().empty());
    }

    void tooManyAreRefused()
    {
        RevokeFixture fixture;
        fill(fixture);
        const auto plan = planPrune(options(), *fixture.deployment, *fixture.store, expired - 1, fixture.call());
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::TooManyMatched);
    }

    void batchesFollowTheirTime_data()
    {
        QTest::addColumn<int>("took"); // ms
        QTest::addColumn<qint64>("size");
        QTest::newRow("as wanted") << 20 << qint64(1'000);
        QTest::newRow("fast: at most twice as large") << 1 << qint64(2'000);
        QTest::newRow("slow") << 40 << qint64(500);
        QTest::newRow("very slow: a quarter at once") << 5'000 << qint64(250);
    }
    void batchesFollowTheirTime()
    {
        QFETCH(int, took);
        QFETCH(qint64, size);
        BatchPace pace({std::chrono::milliseconds(20), 0.1}, 1'000, 10'000);
        const auto pause = pace.took(std::chrono::milliseconds(took));
        QCOMPARE(pace.size(), size);
        QCOMPARE(std::chrono::duration_cast<std::chrono::milliseconds>(pause).count(), std::min(9L * took, 5'000L));
    }

    void batchesStayInTheirBounds()
    {
        BatchPace pace({std::chrono::milliseconds(20), 1}, 50, 60);
        QCOMPARE(pace.took(std::chrono::milliseconds(1)).count(), 0);
        QCOMPARE(pace.size(), 60);
        for (int i = 0; i < 20; ++i) {
            QVERIFY(pace.wasBlocked().has_value());
            QVERIFY(pace.size() >= 1);
        }
        QCOMPARE(pace.size(), 1);
        QVERIFY(!pace.wasBlocked()); // enough is enough
    }
};

QTEST_GUILESS_MAIN(PrunerTest)
#include "tst_Pruner.moc"
