#include <QtTest>

#include "RevokeFixture.h"
#include "core/base/ErrorText.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/OpenedOperation.h"
#include "core/revoke/PlanFile.h"
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

/// Keeps what another vault keeps, unless it is to fail.
class FailingVault final : public base::SecretVault
{
public:
    explicit FailingVault(base::SecretVault &inner) : m_inner(inner) {}

    base::Result<std::optional<base::SecretBytes>> read(const QString &name, const base::Call &call) override
    {
        return m_inner.read(name, call);
    }
    base::Status write(const QString &name, const base::SecretBytes &secret, const base::Call &call) override
    {
        if (failures > 0) {
            failures -= 1;
            return base::fail(base::Error(ErrorCode::KeychainFailed));
        }
        return m_inner.write(name, secret, call);
    }
    base::Status remove(const QString &name, const base::Call &call) override { return m_inner.remove(name, call); }
    QString description() const override { return m_inner.description(); }

    int failures = 0; ///< of the next writes

private:
    base::SecretVault &m_inner;
};

/// Has @p plan begin with @p approval as it stands where its process is killed before the first batch: journal and
/// intent. @p isOlder: by a build that did not say when the plan was frozen.
QString begun(RevokeFixture &fixture, const RevocationPlan &plan, const Approval &approval, bool isOlder = false)
{
    auto operation =
        beginOperation({revocationKind(), plan.digest, {}, qint64(plan.rows.size())}, planBytes(plan, inTwos(approval)),
                       *fixture.deployment, fixture.place(), fixture.call());
    if (!operation)
        qFatal("the operation cannot begin");
    audit::AuditEntry entry;
    entry.operation = operation->journal.head().id;
    entry.phase = audit::Phase::Intent;
    entry.action = QStringLiteral("sessions.revoke");
    entry.planDigest = plan.digest;
    entry.counts = {{QStringLiteral("matched"), qint64(plan.rows.size())},
                    {QStringLiteral("approver"), approval.approver()}};
    if (!isOlder)
        entry.counts.insert(QStringLiteral("planFrozenAt"), base::toIso(plan.frozenAt));
    const QString id = entry.operation;
    if (!fixture.log->append(std::move(entry), fixture.call()))
        qFatal("the intent cannot be written");
    return id;
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
        QTRY_VERIFY(fixture.clock.now() > plan.frozenAt);
        const RevocationPlan anew = fixture.plan(3);
        QCOMPARE(anew.digest, plan.digest);
        const auto again = fixture.carryOut(anew, inTwos(*approved(fixture, anew)));
        QVERIFY(again && !again->error);
        QCOMPARE(fixture.rows(), 2);
    }

    void theSameRowsApprovedTwiceAreTwoPlans()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan first = fixture.plan(3);
        QTRY_VERIFY(fixture.clock.now() > first.frozenAt);
        const RevocationPlan second = fixture.plan(3);
        QCOMPARE(second.digest, first.digest);
        fixture.run("CREATE TABLE kept AS SELECT * FROM Session");
        // The one that was frozen last is carried out first: neither comes in the other's way.
        for (const RevocationPlan *plan : {&second, &first}) {
            const auto approval = approved(fixture, *plan);
            QVERIFY(approval.has_value());
            const auto done = fixture.carryOut(*plan, inTwos(*approval));
            QVERIFY(done && !done->error);
            QCOMPARE(fixture.rows(), 2);
            fixture.run("INSERT OR IGNORE INTO Session SELECT * FROM kept");
            const auto again = fixture.carryOut(*plan, inTwos(*approval));
            QVERIFY(!again);
            QCOMPARE(again.error().param(base::ErrorParam::Name), done->auditId);
        }
    }

    void aPlanOfTheFutureIsRefused()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        RevocationPlan plan = fixture.plan(3);
        plan.frozenAt += std::chrono::hours(1);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        const auto refused = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PlanStale);
        QVERIFY(base::describe(refused.error()).message.contains(base::toIso(plan.frozenAt)));
        QCOMPARE(fixture.rows(), 5);
        // Another machine's clock may be a little ahead.
        plan.frozenAt = fixture.clock.now() + std::chrono::seconds(30);
        const auto near = approved(fixture, plan);
        const auto done = fixture.carryOut(plan, inTwos(*near));
        QVERIFY(done && !done->error);
        fixture.run("INSERT INTO Session SELECT 'another', userId, expires FROM Session LIMIT 1");
        const auto again = fixture.carryOut(plan, inTwos(*near));
        QVERIFY(!again);
        QCOMPARE(again.error().param(base::ErrorParam::Name), done->auditId);
    }

    void anEntryThatDoesNotSayWhichPlanCountsByItsTime()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        const QString id = begun(fixture, plan, *approval, true);
        const auto refused = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(!refused);
        QCOMPARE(refused.error().param(base::ErrorParam::Name), id);
        QTRY_VERIFY(fixture.clock.now() > fixture.audited().back().at);
        const RevocationPlan anew = fixture.plan(3);
        const auto done = fixture.carryOut(anew, inTwos(*approved(fixture, anew)));
        QVERIFY(done && !done->error);
    }

    void oneThatWasDiscardedBeforeItsFirstBatchIsUnused()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        const QString id = begun(fixture, plan, *approval);
        const auto refused = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(!refused);
        QCOMPARE(refused.error().param(base::ErrorParam::Name), id);
        const base::ErrorText text = base::describe(refused.error());
        // It is not known to have done anything, and is not said to have.
        QVERIFY2(text.message.contains(QStringLiteral("not on record")) &&
                     !text.message.contains(QStringLiteral("carried out")),
                 qPrintable(text.message));
        QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()));
        const auto done = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(done && !done->error);
        QCOMPARE(fixture.rows(), 2);
    }

    void oneWhoseIntentStandsThoughItsWritingFailedIsUnused()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        QVERIFY(fixture.carryOut(fixture.plan(1), inTwos(*approved(fixture, fixture.plan(1))))); // the keys are made
        QCOMPARE(fixture.rows(), 4);
        FailingVault vault(*fixture.vault);
        fixture.log = std::make_unique<audit::AuditLog>(QFileInfo(fixture.log->path()).path(), &vault, fixture.clock);
        const std::size_t before = fixture.audited().size();
        const RevocationPlan plan = fixture.plan(3);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        // The mark is written last: of the intent, and of what is put after it.
        for (const int failures : {1, 2}) {
            vault.failures = failures;
            const auto failed = fixture.carryOut(plan, inTwos(*approval));
            QVERIFY(!failed);
            QCOMPARE(failed.error().code, ErrorCode::KeychainFailed);
            QCOMPARE(vault.failures, 0);
            QCOMPARE(fixture.rows(), 4);
            QVERIFY(fixture.operations().empty());
        }
        const auto entries = fixture.audited();
        QCOMPARE(entries.size(), before + 4);
        QCOMPARE(entries.back().phase, audit::Phase::Outcome);
        QCOMPARE(entries.back().counts.value(QStringLiteral("revoked")), QJsonValue(0));
        QCOMPARE(entries.back().counts.value(QStringLiteral("error")), QJsonValue(QStringLiteral("KeychainFailed")));
        const auto done = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(done && !done->error);
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

    void cancellingMidwayUsesItUpAndSaysSo()
    {
        RevokeFixture fixture;
        demand(fixture, true);
        const RevocationPlan plan = fixture.plan(5);
        const auto approval = approved(fixture, plan);
        QVERIFY(approval.has_value());
        int stopAt = 1;
        fixture.store->beforeDelete = [&fixture, &stopAt](int batch) -> std::optional<base::Error> {
            if (batch < stopAt)
                return std::nullopt;
            fixture.stop.request_stop();
            return base::Error(ErrorCode::Cancelled);
        };
        // Before a row went nothing is used up.
        const auto unbegun = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(unbegun && unbegun->error);
        QVERIFY(!base::describe(*unbegun->error).remedy.contains(QStringLiteral("new approval")));
        fixture.stop = std::stop_source();
        stopAt = 3; // by number since the store was opened: the first was above
        const auto cancelled = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(cancelled && cancelled->error);
        QCOMPARE(cancelled->error->code, ErrorCode::Cancelled);
        QCOMPARE(fixture.rows(), 3);
        QVERIFY2(base::describe(*cancelled->error).remedy.contains(QStringLiteral("new approval")),
                 qPrintable(base::describe(*cancelled->error).remedy));
        fixture.stop = std::stop_source();
        fixture.store->beforeDelete = {};
        const auto refused = fixture.carryOut(plan, inTwos(*approval));
        QVERIFY(!refused);
        QCOMPARE(refused.error().param(base::ErrorParam::Name), cancelled->auditId);
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
