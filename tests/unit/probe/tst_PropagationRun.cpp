#include <QtTest>

#include "core/probe/PropagationRun.h"
#include "core/store/UserDirectory.h"
#include "tests/support/AuditBox.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/unit/probe/DemoRuns.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::ErrorCode;
using probe::ProbeMode;
using probe::PropagationCell;
using probe::PropagationPlan;
using probe::PropagationVerdict;

/// Revocations of canaries on the demo's two deployments, with everything real but the people. How long a session was
/// accepted is bounded from below, and above by the horizon alone: a busy machine asks late, and sees each end later
/// than it was.
class PropagationRunTest final : public QObject, private test::DemoRuns
{
    Q_OBJECT

private:
    static PropagationPlan plan(std::vector<ProbeMode> modes, int trials = 4)
    {
        PropagationPlan plan;
        plan.modes = std::move(modes);
        plan.trials = trials;
        plan.interval = 10ms;
        plan.cacheTtl = 400ms;
        plan.age = 50ms;
        plan.settle = 0ms;
        plan.mayWrite = true;
        plan.seed = 5;
        return plan;
    }

    qint64 canariesOf(const deployment::Deployment &deployment)
    {
        auto store = deployment.openStore(store::Access::ReadOnly, Call::within(10s));
        auto canaries = (*store)->users()->canaries(Call::within(10s));
        return canaries ? static_cast<qint64>(canaries->size()) : -1;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = startDemo(100);
        QVERIFY(m_demo);
    }
    void cleanupTestCase() { m_demo.reset(); }

    void rowsEndAtOnceAndCachesLater()
    {
        const auto deployment = open(true);
        QVERIFY(deployment != nullptr);
        test::AuditBox box;
        const qint64 before = rowsOf(*deployment);
        int told = 0;
        const auto outcome = probe::runPropagation(
            plan({ProbeMode::Local, ProbeMode::Proxy, ProbeMode::CachedMemory}, 8), deployment, &box.log,
            Call::within(60s), [&told](const probe::PropagationProgress &progress) {
                ++told;
                QVERIFY(progress.total == 24 && progress.done <= 24 && progress.cells.size() == 3);
            });
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(base::errorName(outcome.error().code)));
        QCOMPARE(outcome->cells.size(), 3U);
        QVERIFY(told > 0);
        for (const PropagationCell &cell : outcome->cells) {
            QCOMPARE(cell.arm.by, probe::RevokedBy::Row);
            QCOMPARE(cell.figures.trials, 8);
            QCOMPARE(cell.figures.refused, 8);
            QCOMPARE(cell.figures.failed, 0);
        }
        const auto &direct = outcome->cells[0].figures;
        const auto &cached = outcome->cells[2].figures;
        constexpr int horizonMs = 10'000; // where the plan names none
        QVERIFY(direct.longest->ended && direct.longest->ms <= horizonMs);
        QCOMPARE(direct.staleAccepts, 0); // what is asked after the row is gone is refused
        // Eight phases of 400 ms: that all of them lie in the first eighth happens once in a million runs.
        QVERIFY2(cached.longest->ended && cached.longest->ms > 50 && cached.longest->ms <= horizonMs,
                 qPrintable(QString::number(cached.longest->ms)));
        QVERIFY(cached.staleAccepts > 0);
        QVERIFY(cached.verdict == PropagationVerdict::WithinTtl || cached.verdict == PropagationVerdict::Late);
        QCOMPARE(rowsOf(*deployment), before);
        QCOMPARE(canariesOf(*deployment), 0);
        const auto entries = box.log.list(0, 100);
        QVERIFY(entries.has_value());
        QCOMPARE(entries->size(), 2U);
        QCOMPARE(entries->back().operation, outcome->auditId);
        QCOMPARE(entries->back().counts.value(QStringLiteral("rows")).toInt(), 24);
        QCOMPARE(entries->back().counts.value(QStringLiteral("revoked")).toInt(), 24);
        QCOMPARE(entries->back().counts.value(QStringLiteral("left")).toInt(), 0);
    }

    void jwtIsNotRevokedWithoutARule()
    {
        const auto deployment = open(false);
        PropagationPlan jwt = plan({ProbeMode::Local, ProbeMode::Proxy});
        jwt.mayWrite = false;
        jwt.horizon = 300ms;
        const auto outcome = probe::runPropagation(jwt, deployment, nullptr, Call::within(60s));
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->cells.size(), 2U);
        for (const PropagationCell &cell : outcome->cells) {
            QCOMPARE(cell.arm.by, probe::RevokedBy::Nothing);
            QCOMPARE(cell.figures.trials, 4);
            QCOMPARE(cell.figures.refused, 0);
            // Accepted until the horizon, and when asked then.
            for (const auto &time : {cell.figures.p50, cell.figures.longest})
                QVERIFY(time && !time->ended && time->ms >= 300);
            QCOMPARE(cell.figures.verdict, PropagationVerdict::NotRevoked);
        }
        QVERIFY(!outcome->notes.isEmpty());
        QVERIFY(outcome->auditId.isEmpty());
    }

    void aRuleEndsJwtWhereItIsRead()
    {
        const test::SqliteDatabase rules;
        const auto deployment = open(false, rules.url());
        QVERIFY(deployment != nullptr);
        test::AuditBox box;
        PropagationPlan jwt = plan({ProbeMode::Local, ProbeMode::Proxy, ProbeMode::Cached});
        jwt.horizon = 900ms;
        const auto outcome = probe::runPropagation(jwt, deployment, &box.log, Call::within(60s));
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(base::errorName(outcome.error().code)));
        QCOMPARE(outcome->cells.size(), 6U);
        for (const PropagationCell &cell : outcome->cells) {
            const bool byRule = cell.arm.by == probe::RevokedBy::Rule;
            const bool isRead = byRule && cell.arm.mode != ProbeMode::Proxy; // the demo has no callback
            QCOMPARE(cell.figures.trials, 4);
            QCOMPARE(cell.figures.refused, isRead ? 4 : 0);
        }
        QCOMPARE(rules.count(QStringLiteral("rollcall_not_before")), 0);
        QCOMPARE(box.log.list(0, 10)->back().counts.value(QStringLiteral("rules")).toInt(), 12);
    }

    void withoutConsentNothingIsWritten()
    {
        const auto deployment = open(true);
        test::AuditBox box;
        const qint64 before = rowsOf(*deployment);
        PropagationPlan refused = plan({ProbeMode::Local});
        refused.mayWrite = false;
        const auto outcome = probe::runPropagation(refused, deployment, &box.log, Call::within(20s));
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::WriteRefused);
        QCOMPARE(rowsOf(*deployment), before);
        QVERIFY(box.log.list(0, 10)->empty());
    }

    void aStoppedExperimentLeavesNothing()
    {
        const auto deployment = open(true);
        test::AuditBox box;
        const qint64 before = rowsOf(*deployment);
        std::stop_source stop;
        PropagationPlan longer = plan({ProbeMode::Proxy}, 20);
        longer.settle = 60s;
        const auto outcome =
            probe::runPropagation(longer, deployment, &box.log, Call{Call::Clock::time_point::max(), stop.get_token()},
                                  [&stop](const probe::PropagationProgress &progress) {
                                      if (progress.elapsed > 300ms)
                                          stop.request_stop();
                                  });
        QVERIFY(outcome.has_value());
        QVERIFY(outcome->cancelled);
        QCOMPARE(rowsOf(*deployment), before);
        QCOMPARE(canariesOf(*deployment), 0);
        QCOMPARE(box.log.list(0, 10)->size(), 2U);
    }

    void aDeploymentThatGoesAwayEndsItAndLeavesNothing()
    {
        auto other = startDemo(20);
        QVERIFY(other);
        m_demo.swap(other);
        const auto deployment = open(true);
        test::AuditBox box;
        const qint64 before = rowsOf(*deployment);
        PropagationPlan longer = plan({ProbeMode::Proxy}, 10);
        longer.settle = 60s;
        bool stopped = false;
        // Without a limit: the breaker alone may end it, however long its pause takes here.
        const auto outcome =
            probe::runPropagation(longer, deployment, &box.log, Call(), [&](const probe::PropagationProgress &) {
                if (!stopped)
                    m_demo->stop();
                stopped = true;
            });
        QVERIFY(outcome.has_value());
        QVERIFY2(outcome->guard && outcome->guard->rule == QStringLiteral("error-breaker"),
                 "the breaker did not stop it");
        QCOMPARE(rowsOf(*deployment), before);
        QCOMPARE(canariesOf(*deployment), 0);
        m_demo.swap(other);
    }
};

QTEST_GUILESS_MAIN(PropagationRunTest)
#include "tst_PropagationRun.moc"
