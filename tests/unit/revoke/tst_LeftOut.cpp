#include <QtTest>

#include "RevokeFixture.h"
#include "core/revoke/Restorer.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::ErrorCode;
using test::RevokeFixture;

namespace {

constexpr int planned = 5;

/// Revokes all sessions, has that of user 1 come back by another hand, and puts the rest back, a row a batch.
base::Result<RestoreReport> restored(RevokeFixture &fixture)
{
    const auto onProgress = std::exchange(fixture.onProgress, {}); // of the restore alone
    fixture.run("CREATE TABLE kept AS SELECT * FROM session WHERE userId = 'u1'");
    const auto revoked = fixture.carryOut(fixture.plan(planned), {});
    if (!revoked)
        return base::fail(revoked.error());
    fixture.run("INSERT INTO session SELECT * FROM kept");
    const auto plan = planRestore(revoked->auditId, *fixture.deployment, *fixture.log, fixture.place(), fixture.call());
    if (!plan)
        return base::fail(plan.error());
    RestoreOptions options;
    options.batchSize = 1;
    return carryOut(*plan, options, *fixture.deployment, *fixture.store, *fixture.log, fixture.place(), fixture.call(),
                    onProgress);
}

bool isNoted(const RestoreReport &report, const QString &words)
{
    return std::ranges::any_of(report.log, [&words](const Done &done) { return done.what.contains(words); });
}

} // namespace

/// Which rows a restore left out is named, but nothing waits for it.
class LeftOutTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isNamed()
    {
        RevokeFixture fixture;
        const auto report = restored(fixture);
        QVERIFY(report && !report->error);
        QCOMPARE(report->restored, planned - 1);
        QCOMPARE(report->thereAgain, 1);
        QCOMPARE(report->leftOut.size(), std::size_t{1});
        QCOMPARE(report->leftOut.front().userId, QStringLiteral("u1"));
        QCOMPARE(report->leftOut.front().why, store::RestoreOutcome::ThereAgain);
        QVERIFY(!isNoted(*report, QStringLiteral("Which rows")));
    }

    void whoStopsItDoesNotWaitForNames()
    {
        RevokeFixture fixture;
        fixture.onProgress = [&fixture](const RevocationProgress &progress) {
            if (progress.done > 0)
                fixture.stop.request_stop();
        };
        const auto report = restored(fixture);
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QVERIFY(report->skipped() > 0 && report->restored < planned - 1);
        QVERIFY(report->leftOut.empty());
        QVERIFY(isNoted(*report, QStringLiteral("Which rows were left out is named of the first 0 alone")));
        // On record it is all the same.
        QCOMPARE(fixture.audited().back().counts.value(QStringLiteral("skipped")).toInteger(), report->skipped());
    }
};

QTEST_GUILESS_MAIN(LeftOutTest)
#include "tst_LeftOut.moc"
