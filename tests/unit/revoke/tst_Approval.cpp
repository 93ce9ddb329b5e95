#include <QtTest>

#include "RevokeFixture.h"
#include "core/base/ErrorText.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/SavedPlan.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::ErrorCode;
using test::RevokeFixture;

namespace {

/// @p plan's approval by somebody whom the connection lists.
base::Result<Approval> approved(const RevokeFixture &fixture, const RevocationPlan &plan)
{
    const auto vault = workspace::openKeyFileVault(fixture.folder.filePath(QStringLiteral("others-keys")));
    const auto key = ApproverKey::load(vault.get(), true, fixture.call());
    if (!key)
        return base::fail(key.error());
    PlanSummary summary = summaryOf(plan, *fixture.deployment);
    summary.planner = QStringLiteral("as the plan's file names them");
    const auto bytes = approvalBytes(summary, *key, fixture.clock.now());
    if (!bytes)
        return base::fail(bytes.error());
    return checkApproval(*bytes, summary, {key->name()}, {}, QStringLiteral("approval.json"));
}

/// Opens the fixture's deployment anew, with a profile that demands approvals or does not.
void demand(RevokeFixture &fixture, bool isDemanded)
{
    deployment::ConnectionConfig config = fixture.deployment->config().clone();
    config.profile.needsApproval = isDemanded;
    auto opened = deployment::Deployment::open(std::move(config), {true, false}, fixture.clock, fixture.call());
    if (!opened)
        qFatal("the deployment cannot be opened");
    fixture.deployment = std::move(*opened);
}

RevocationOptions inTwos(std::optional<Approval> approval = {})
{
    RevocationOptions options;
    options.batchSize = 2;
    options.approval = std::move(approval);
    return options;
}

} // namespace

/// A connection that demands a second person's approval: nothing is carried out without it.
class ApprovalTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutItNothingIsTouched()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(3);
        const auto refused = fixture.carryOut(plan, inTwos());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::WriteRefused);
        QVERIFY(base::describe(refused.error()).remedy.contains(QStringLiteral("plan approve")));
        QCOMPARE(fixture.rows(), 5);
        QVERIFY(fixture.operations().empty());
        QVERIFY(fixture.audited().empty());
        QVERIFY(fixture.carryOut(fixture.plan(0), inTwos())); // of nothing none is needed
    }

    void withItThePlanIsCarriedOutAndTheLogNamesWho()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        QCOMPARE(approval->planDigest(), plan.digest);
        const auto report = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(report && !report->error);
        QCOMPARE(fixture.rows(), 2);
        const auto entries = fixture.audited();
        QCOMPARE(entries.size(), 2U);
        for (const audit::AuditEntry &entry : entries)
            QCOMPARE(entry.counts.value(QStringLiteral("approver")).toString(), approval->approver());
    }

    void thatOfAnotherPlanIsNone()
    {
        RevokeFixture fixture;
        for (const bool isDemanded : {true, false}) {
            demand(fixture, isDemanded);
            const auto approval = approved(fixture, fixture.plan(2));
            QVERIFY(approval.has_value());
            const auto refused = fixture.carryOut(fixture.plan(3), inTwos(*approval));
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::PlanStale);
            QCOMPARE(fixture.rows(), 5);
        }
    }

    void anOperationKeepsItsApproval()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        fixture.store->beforeDelete = [](int batch) {
            return batch == 2 ? std::optional(base::Error(ErrorCode::ConnectionLost)) : std::nullopt;
        };
        const RevocationPlan plan = fixture.plan(5);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        const auto report = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(report && report->resumable);
        QCOMPARE(fixture.rows(), 3);
        fixture.store->beforeDelete = {};
        const auto rest = fixture.resume(report->auditId);
        QVERIFY(rest && !rest->error);
        QCOMPARE(fixture.rows(), 0);
        QCOMPARE(fixture.audited().back().counts.value(QStringLiteral("approver")).toString(), approval->approver());
    }

    void countsOnce()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        fixture.run("CREATE TABLE kept AS SELECT * FROM Session");
        const auto putBack = [&fixture] { fixture.run("INSERT OR IGNORE INTO Session SELECT * FROM kept"); };
        const auto report = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(report && !report->error);
        putBack(); // as an undo does
        QCOMPARE(fixture.rows(), 5);
        const auto refused = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::WriteRefused);
        QCOMPARE(refused.error().param(base::ErrorParam::Name), report->auditId);
        QVERIFY(base::describe(refused.error()).message.contains(report->auditId));
        QVERIFY(base::describe(refused.error()).remedy.contains(QStringLiteral("new plan")));
        QCOMPARE(fixture.rows(), 5);
        QVERIFY(fixture.operations().empty());
        // A plan of the very same rows, made later and approved, is another one.
        const base::Instant before = fixture.audited().back().at;
        QTRY_VERIFY(fixture.clock.now() > before);
        const RevocationPlan anew = fixture.plan(3);
        QCOMPARE(anew.digest, plan.digest);
        const auto again = fixture.carryOut(anew, inTwos(*approved(fixture, anew)));
        QVERIFY(again && !again->error);
        QCOMPARE(fixture.rows(), 2);
    }

    void countsOnceThoughTheLogWasPutAside()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        QVERIFY(fixture.carryOut(plan, inTwos(*approval)));
        const QFileInfo log(fixture.log->path());
        QVERIFY(QFile::rename(log.filePath(), log.path() + QStringLiteral("/audit-20261122T175613123Z.ndjson")));
        const auto refused = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(!refused);
        QCOMPARE(refused.error().param(base::ErrorParam::Part), QStringLiteral("used approval"));
    }

    void oneThatNothingWasDeletedWithIsUnused()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        fixture.store->beforeDelete = [](int) { return std::optional(base::Error(ErrorCode::ConnectionLost)); };
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        const auto stopped = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(stopped && stopped->error);
        QCOMPARE(fixture.rows(), 5);
        fixture.store->beforeDelete = {};
        const auto report = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(report && !report->error);
        QCOMPARE(fixture.rows(), 2);
        // What was left unfinished would use it again.
        const auto resumed = fixture.resume(stopped->auditId);
        QVERIFY(!resumed);
        QCOMPARE(resumed.error().param(base::ErrorParam::Name), report->auditId);
    }

    void oneThatBeganWithoutIsNotGoneOnWith()
    {
        RevokeFixture fixture;
        fixture.store->beforeDelete = [](int batch) {
            return batch == 2 ? std::optional(base::Error(ErrorCode::ConnectionLost)) : std::nullopt;
        };
        const auto report = fixture.carryOut(fixture.plan(5), inTwos());
        QVERIFY(report && report->resumable);
        fixture.store->beforeDelete = {};
        demand(fixture, true);
        const auto refused = fixture.resume(report->auditId);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::WriteRefused);
        QCOMPARE(fixture.rows(), 3);
        QCOMPARE(fixture.operations().size(), 1U);
    }
};

QTEST_GUILESS_MAIN(ApprovalTest)
#include "tst_Approval.moc"
