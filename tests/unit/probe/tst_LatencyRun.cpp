#include <QtTest>

#include "core/probe/LatencyRun.h"
#include "tests/support/AuditBox.h"
#include "tests/unit/probe/DemoRuns.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::ErrorCode;
using probe::CachePath;
using probe::ProbeMode;
using probe::RunPlan;

/// Whole runs on the demo's two deployments, with everything real but the people.
class LatencyRunTest final : public QObject, private test::DemoRuns
{
    Q_OBJECT

private:
    RunPlan plan(const QString &modes, int samples = 20) const
    {
        RunPlan plan;
        plan.routes = m_demo->info().routes.mid(0, 3);
        plan.modes = *probe::parseModes(modes);
        plan.samples = samples;
        plan.warmup = 1;
        plan.concurrency = 1;
        plan.guards = false;
        plan.mayWrite = true;
        plan.seed = 7;
        return plan;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = startDemo(200);
        QVERIFY(m_demo);
    }
    void cleanupTestCase() { m_demo.reset(); }

    void threeModesOnThreeRoutesWithoutError_data()
    {
        QTest::addColumn<bool>("rows");
        QTest::newRow("database") << true;
        QTest::newRow("JWT") << false;
    }
    void threeModesOnThreeRoutesWithoutError()
    {
        QFETCH(bool, rows);
        const auto deployment = open(rows);
        QVERIFY(deployment != nullptr);
        test::AuditBox box;
        const qint64 before = rows ? rowsOf(*deployment) : 0;
        int progress = 0;
        auto run = probe::runLatency(plan(QStringLiteral("local,proxy,cached,floor")), deployment, &box.log,
                                     Call::within(60s), [&progress](const probe::RunProgress &) { ++progress; });
        QVERIFY2(run.has_value(), run ? "" : qPrintable(base::errorName(run.error().code)));
        QCOMPARE(run->document.cells.size(), 15U);
        for (const probe::CellResult &cell : run->document.cells) {
            const QString name = cell.id.route + probe::probeModeName(cell.id.mode);
            QVERIFY2(cell.errors.empty(),
                     qPrintable(name + (cell.errors.empty() ? QString() : cell.errors.begin()->first)));
            QCOMPARE(cell.count, 20);
            QCOMPARE(cell.ok, 20);
            QCOMPARE(cell.cookie, cell.id.mode == ProbeMode::Floor ? QStringLiteral("none") : QStringLiteral("canary"));
        }
        for (const probe::Sample &sample : run->document.samples) {
            const bool lookup =
                rows && run->document.cells[static_cast<std::size_t>(sample.cell)].id.mode == ProbeMode::Local;
            QCOMPARE(sample.phases.execute.has_value(), lookup);
            if (lookup) {
                QVERIFY(*sample.phases.execute > 0 && *sample.phases.fetch >= 0 && *sample.phases.decode > 0);
                QCOMPARE(*sample.phases.execute + *sample.phases.fetch + *sample.phases.decode, sample.serviceNs());
            }
        }
        const auto *local = run->document.cell({m_demo->info().routes.first(), ProbeMode::Local, {}});
        QVERIFY(local != nullptr);
        QCOMPARE(local->phases.execute.has_value(), rows);
        QCOMPARE(local->phases.connect.value_or(0) > 0, rows);
        QCOMPARE(run->document.comparisons.size(), 9U);
        const QJsonObject &meta = run->document.meta;
        for (const char *name :
             {"governor", "virtualised", "clockSource", "timerSlackNs", "allowedCores", "build", "utcOffsetMinutes",
              "maxAgeSeconds", "updateAgeSeconds", "orderDigest", "addressDigest", "server"})
            QVERIFY2(meta.contains(QLatin1String(name)), name);
        QCOMPARE(meta.value(QStringLiteral("maxAgeSeconds")).toInteger(), deployment->auth()->lifetime().count());
        QCOMPARE(meta.value(QStringLiteral("orderDigest")).toString().size(), 16);
        QCOMPARE(meta.value(QStringLiteral("addressDigest")).toString().size(), 16);
        QVERIFY(meta.value(QStringLiteral("server")).toObject().value(QStringLiteral("tls")).isNull()); // no https
        const QJsonObject canary = run->document.meta.value(QStringLiteral("canary")).toObject();
        QCOMPARE(canary.value(QStringLiteral("row")).toBool(), rows);
        QCOMPARE(canary.value(QStringLiteral("removed")).toBool(), rows);
        QVERIFY(!run->cleanup);
        const auto entries = box.log.list(0, 100);
        QVERIFY(entries.has_value());
        QCOMPARE(entries->size(), rows ? 4U : 0U); // intent and outcome of minting and of removing
        if (rows)
            QCOMPARE(rowsOf(*deployment), before);
    }

    void aHitCostsLessThanTheMissBesideIt()
    {
        const auto deployment = open(true);
        test::AuditBox box;
        auto run = probe::runLatency(plan(QStringLiteral("cached"), 40), deployment, &box.log, Call::within(60s));
        QVERIFY(run.has_value());
        const QString route = m_demo->info().routes.first();
        const auto *hit = run->document.cell({route, ProbeMode::Cached, CachePath::Hit});
        const auto *miss = run->document.cell({route, ProbeMode::Cached, CachePath::Miss});
        QVERIFY(hit != nullptr && miss != nullptr);
        QVERIFY(*hit->service.quantiles[0] < *miss->service.quantiles[0]);
    }

    void withoutConsentNoRowIsWritten()
    {
        const auto deployment = open(true);
        test::AuditBox box;
        const qint64 before = rowsOf(*deployment);
        RunPlan refused = plan(QStringLiteral("proxy"));
        refused.mayWrite = false;
        const auto run = probe::runLatency(refused, deployment, &box.log, Call::within(20s));
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::WriteRefused);
        QCOMPARE(rowsOf(*deployment), before);
        QVERIFY(box.log.list(0, 10)->empty());
    }

    void aStoppedRunCleansUpAndTells()
    {
        const auto deployment = open(true);
        test::AuditBox box;
        const qint64 before = rowsOf(*deployment);
        std::stop_source stop;
        const auto run = probe::runLatency(plan(QStringLiteral("local,proxy"), 20'000), deployment, &box.log,
                                           Call{Call::Clock::time_point::max(), stop.get_token()},
                                           [&stop](const probe::RunProgress &progress) {
                                               if (progress.done > 50)
                                                   stop.request_stop();
                                           });
        QVERIFY(run.has_value());
        QCOMPARE(run->document.stopReason, probe::StopReason::Cancelled);
        QVERIFY(
            run->document.meta.value(QStringLiteral("canary")).toObject().value(QStringLiteral("removed")).toBool());
        QCOMPARE(rowsOf(*deployment), before);
        QCOMPARE(box.log.list(0, 100)->size(), 4U);
        for (const probe::CellResult &cell : run->document.cells)
            QCOMPARE(cell.ok, cell.count); // the request cut off is no failure of the deployment
    }

    void anUnreachableDeploymentIsAnErrorBeforeAnyRow()
    {
        auto other = startDemo(20);
        QVERIFY(other);
        m_demo.swap(other);
        const auto deployment = open(true);
        m_demo->stop();
        test::AuditBox box;
        const auto run = probe::runLatency(plan(QStringLiteral("proxy")), deployment, &box.log, Call::within(20s));
        m_demo.swap(other);
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::ConnectRefused);
        QVERIFY(box.log.list(0, 10)->empty());
    }

    void routesWithoutCookieNeedNothing()
    {
        const auto deployment = open(false);
        RunPlan bare = plan(QStringLiteral("route"));
        bare.routes = {QStringLiteral("/")};
        bare.cookie = probe::CookieChoice::None;
        const auto run = probe::runLatency(bare, deployment, nullptr, Call::within(20s));
        QVERIFY(run.has_value());
        QVERIFY(run->document.cells.front().count == 20);
        QVERIFY(run->document.meta.value(QStringLiteral("canary")).isNull());
    }
};

QTEST_GUILESS_MAIN(LatencyRunTest)
#include "tst_LatencyRun.moc"
