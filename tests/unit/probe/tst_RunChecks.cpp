#include <QtTest>

#include <cmath>

#include "core/probe/Guard.h"
#include "core/probe/ProbeThread.h"
#include "core/probe/Random.h"
#include "core/probe/RunChecks.h"
#include "core/probe/RunPlan.h"
#include "core/probe/SelfCalibration.h"
#include "core/probe/SteadyState.h"
#include "core/probe/Verdicts.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall::probe;
using rollcall::base::Call;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;

namespace {

/// @p n values around 0, the first @p slow of them higher by @p by.
std::vector<double> series(std::size_t n, std::size_t slow, double by, quint64 seed)
{
    Random random(seed);
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i)
        values[i] = 0.2 * (random.uniform() - 0.5) + (i < slow ? by : 0);
    return values;
}

Sample sampleOf(int cell, int block, qint64 ns, qint64 startNs = 0)
{
    Sample sample;
    sample.cell = cell;
    sample.block = block;
    sample.startNs = sample.intendedNs = startNs > 0 ? startNs : block * qint64(50'000'000);
    sample.endNs = sample.startNs + ns;
    return sample;
}

RunSetup setupOf(const char *modes)
{
    RunPlan plan;
    plan.routes = {QStringLiteral("/a")};
    plan.modes = *parseModes(QLatin1String(modes));
    plan.samples = 40;
    plan.concurrency = 1;
    plan.guards = false;
    return RunSetup::from(plan, true, true);
}

} // namespace

/// What a run checks of itself: warm-up, level, control, occupancy, the tool's own cost.
class RunChecksTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void warmupIsFound_data()
    {
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("slow");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("most");
        QTest::newRow("none") << 100 << 0 << 0 << 30;
        QTest::newRow("eight") << 100 << 8 << 8 << 30;
        QTest::newRow("at most half") << 40 << 35 << 0 << 20;
        QTest::newRow("too short to tell") << 19 << 5 << 0 << 0;
    }
    void warmupIsFound()
    {
        QFETCH(int, n);
        QFETCH(int, slow);
        const auto found =
            static_cast<int>(warmupLength(series(static_cast<std::size_t>(n), static_cast<std::size_t>(slow), 1.5, 3)));
        QFETCH(int, least);
        QFETCH(int, most);
        QVERIFY2(found >= least && found <= most, qPrintable(QString::number(found)));
    }
    void aSteadySeriesHasNoLevelChange()
    {
        int found = 0;
        for (quint64 seed = 0; seed < 100; ++seed)
            found += levelChange(series(60, 0, 0, seed), seed) ? 1 : 0;
        QVERIFY2(found <= 4, qPrintable(QString::number(found))); // p < 0.01
    }
    void aLevelChangeIsFoundWhereItIs()
    {
        const auto at = levelChange(series(100, 40, 0.5, 9), 1);
        QVERIFY(at && *at >= 38 && *at <= 42);
        QVERIFY(!levelChange(series(19, 9, 5, 9), 1));
        const auto late = levelChange(series(100'000, 70'000, 0.5, 9), 1); // in no time, for all its length
        QVERIFY(late && *late >= 69'000 && *late <= 71'000);
    }
    void blocksWithoutAllCellsAreLeftOut()
    {
        std::vector<Sample> samples;
        for (int block = 0; block < 10; ++block) {
            samples.push_back(sampleOf(0, block, 1'000'000));
            if (block != 4)
                samples.push_back(sampleOf(1, block, 50'000'000 * (block == 7 ? 2 : 1)));
        }
        const BlockLevels levels = blockLevels(samples, {0, 1}, 1);
        QCOMPARE(levels.blocks, (std::vector<int>{1, 2, 3, 5, 6, 7, 8, 9}));
        QVERIFY(std::abs(levels.levels[5] - std::log(2) / 2) < 1e-9); // one of two cells took twice as long
        QCOMPARE(levels.levels[0], 0.0);
    }

    void theControlDiffersFromItselfOrNot_data()
    {
        QTest::addColumn<double>("factor");
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<bool>("stable");
        QTest::newRow("the same") << 1.0 << qint64(40'000'000) << true;
        QTest::newRow("twice") << 2.0 << qint64(40'000'000) << false;
        QTest::newRow("twice, but within 2 ms") << 2.0 << qint64(500'000) << true;
        QTest::newRow("told apart, but within 10 %") << 1.05 << qint64(40'000'000) << true;
    }
    void theControlDiffersFromItselfOrNot()
    {
        QFETCH(double, factor);
        QFETCH(qint64, ns);
        const RunSetup setup = setupOf("local,proxy");
        QVERIFY(setup.controlOf && setup.cells.size() == 3 && setup.planCells() == 2);
        QCOMPARE(setup.cells[*setup.controlOf].id.mode, ProbeMode::Proxy);
        Random random(5);
        std::vector<Sample> a;
        std::vector<Sample> b;
        for (int block = 0; block < 60; ++block) {
            const double noise = 1 + 0.02 * random.uniform();
            a.push_back(sampleOf(0, block, static_cast<qint64>(static_cast<double>(ns) * noise * factor)));
            b.push_back(
                sampleOf(0, block, static_cast<qint64>(static_cast<double>(ns) * (1 + 0.02 * random.uniform()))));
        }
        const QJsonObject check = controlCheck(a, b, setup).toObject();
        QTEST(check.value(QStringLiteral("stable")).toBool(), "stable");
        RunDocument document;
        document.meta.insert(QStringLiteral("control"), check);
        QTEST(isStable(document), "stable");
    }
    void nothingComparedNothingControlled()
    {
        QVERIFY(!setupOf("route,floor").controlOf);
        QVERIFY(!setupOf("local").controlOf);
        QVERIFY(controlCheck({}, {}, setupOf("local,proxy")).isNull());
    }
    void levelsOfARun()
    {
        const RunSetup setup = setupOf("local,proxy"); // cells: local, proxy, the control
        std::vector<Sample> samples;
        Random random(2);
        for (int block = 0; block < 60; ++block) {
            const qint64 ns = block < 30 ? 20'000'000 : 60'000'000;
            for (const int cell : {1, 2})
                samples.push_back(sampleOf(cell, block, ns + static_cast<qint64>(random.below(2'000'000))));
        }
        const QJsonObject check = levelCheck(samples, setup).toObject();
        QCOMPARE(check.value(QStringLiteral("stable")).toBool(true), false);
        QVERIFY(std::abs(check.value(QStringLiteral("block")).toInt() - 30) <= 2);
        QVERIFY(std::abs(check.value(QStringLiteral("ratio")).toDouble() - 3) < 0.3);
        for (Sample &sample : samples)
            sample.endNs = sample.startNs + 20'000'000 + static_cast<qint64>(random.below(2'000'000));
        QVERIFY(levelCheck(samples, setup).isNull());
    }
    void occupancyIsTheConcurrency()
    {
        std::vector<Sample> samples;
        for (int i = 0; i < 200; ++i) // two links that never rest
            samples.push_back(sampleOf(0, i, 1'000'000, 1 + (i / 2) * qint64(1'000'000)));
        const QJsonObject kept = occupancyCheck(samples, {}, 2).toObject();
        QVERIFY(kept.value(QStringLiteral("kept")).toBool());
        QVERIFY(std::abs(kept.value(QStringLiteral("value")).toDouble() - 1) < 0.02);
        QVERIFY(!occupancyCheck(samples, {}, 3).toObject().value(QStringLiteral("kept")).toBool());
        QVERIFY(occupancyCheck(std::span(samples).first(50), {}, 2).isNull());
    }

    void aPauseIsNoRest_data()
    {
        QTest::addColumn<bool>("wanted");
        QTest::newRow("a pause") << true;
        QTest::newRow("a gap of its own") << false;
    }
    void aPauseIsNoRest()
    {
        QFETCH(const bool, wanted);
        constexpr qint64 ms = 1'000'000;
        std::vector<Sample> samples;
        for (int i = 0; i < 200; ++i) // two links; after half of the run they rest for a tenth of a second
            samples.push_back(sampleOf(0, i, 1 * ms, 1 + (i / 2) * ms + (i < 100 ? 0 : 100 * ms)));
        std::vector<TimeRange> pauses;
        if (wanted) // begun while the last were under way
            pauses.push_back({1 + 50 * ms - ms / 2, 1 + 150 * ms});
        const QJsonObject check = occupancyCheck(samples, pauses, 2).toObject();
        QCOMPARE(check.value(QStringLiteral("kept")).toBool(), wanted);
        QVERIFY(std::abs(check.value(QStringLiteral("value")).toDouble() - (wanted ? 1 : 0.5)) < 0.02);
    }

    void slowerAnswersTripTheLatencyBreaker()
    {
        GuardLimits limits;
        Guard guard(limits, 0);
        for (int i = 0; i < 30; ++i)
            QVERIFY(!guard.afterTime(0, 150'000'000, i));
        int more = 0;
        std::optional<GuardEvent> event;
        while (!event && ++more < 100)
            event = guard.afterTime(0, 900'000'000, 31);
        QVERIFY(event && event->rule == QStringLiteral("latency-breaker"));
        QVERIFY(more >= 1 && more <= 3); // smoothed by 0.2 towards six times the usual
        Guard fast(limits, 0);
        for (int i = 0; i < 100; ++i) // many times slower, but not by 100 ms
            QVERIFY(!fast.afterTime(0, i < 10 ? 1'000'000 : 90'000'000, i));
        limits.breakers = false;
        Guard off(limits, 0);
        for (int i = 0; i < 100; ++i)
            QVERIFY(!off.afterTime(0, i < 10 ? 1'000'000 : qint64(9'000'000'000), i));
    }

    void warmupIsDroppedAndMadeUpFor()
    {
        // The first 25 answers take 30 ms, the others almost nothing.
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            Reply reply = Reply::http(200, "ok");
            if (request.index < 25)
                reply.delay = std::chrono::milliseconds(30);
            return reply;
        });
        RunPlan plan;
        plan.routes = {QStringLiteral("/a")};
        plan.modes = *parseModes(QStringLiteral("route"));
        plan.samples = 60;
        plan.concurrency = 1;
        plan.guards = false;
        RunSetup setup = RunSetup::from(plan, true, true);
        setup.origin = server.url();
        setup.cells.front().request.url = server.url();
        std::vector<Sample> samples;
        const auto state = runProbe(setup, nullptr, Call::within(std::chrono::seconds(30)), samples, {});
        QVERIFY2(state.warmupBlocks >= 25 && state.warmupBlocks <= 31, qPrintable(QString::number(state.warmupBlocks)));
        QCOMPARE(static_cast<int>(samples.size()), 60 + state.warmupBlocks);
    }

    void calibratingTellsWhatProbingCosts()
    {
        const auto calibration = calibrate(Call::within(std::chrono::seconds(20)));
        QVERIFY(calibration.has_value());
        QVERIFY(calibration->overheadP50Ns > 0 && calibration->overheadP99Ns >= calibration->overheadP50Ns);
        QVERIFY(calibration->delayErrorP50Ns > 0);
        QVERIFY(calibration->scheduleLagP50Ns >= 0 && calibration->samples == 460);
        std::stop_source stop;
        stop.request_stop();
        Call stopped;
        stopped.stop = stop.get_token();
        QVERIFY(!calibrate(stopped).has_value());
    }
};

QTEST_GUILESS_MAIN(RunChecksTest)
#include "tst_RunChecks.moc"
