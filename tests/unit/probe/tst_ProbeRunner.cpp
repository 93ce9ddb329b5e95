#include <QtTest>

#include <algorithm>
#include <thread>

#include "tests/unit/probe/ProbeRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;
using rollcall::base::Call;
using std::chrono::milliseconds;

/// How a run measures: its designs, how it ends, and that its samples are whole.
class ProbeRunnerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closedRunMeasuresEverySample()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy,route"), 25);
        plan.concurrency = 2;
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 50U);
        for (const Sample &sample : ran.samples) {
            QCOMPARE(sample.outcome, Outcome::Ok);
            QCOMPARE(sample.responseNs(), sample.serviceNs());
            QVERIFY(sample.serviceNs() > 0);
            QVERIFY(sample.phases.wait.has_value() && sample.phases.receive.has_value());
            QVERIFY(sample.reused && !sample.phases.tcp.has_value()); // connected before the run
        }
        QCOMPARE(server.connections(), 2);
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.first; }), 2);
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.cell == 0; }), 25);
    }

    void openRunCountsTheWaitBehindAStall()
    {
        // One answer out of sixty takes 300 ms. Requests that were due meanwhile had to wait: whoever counts from the
        // actual start alone sees one slow answer, a user would have seen some thirty.
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            Reply reply = session();
            if (request.index == 15)
                reply.delay = milliseconds(300);
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 60);
        plan.rate = 100;
        plan.arrival = Arrival::Constant;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 1;
        const Ran ran = run(setup);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 60U);
        constexpr qint64 slow = 100'000'000;
        const auto waited =
            countWhere(ran.samples, [](const Sample &s) { return s.responseNs() - s.serviceNs() > slow; });
        QVERIFY2(waited >= 15, qPrintable(QString::number(waited)));
        // The schedule did not react to the stall.
        std::vector<qint64> intended;
        for (const Sample &sample : ran.samples)
            intended.push_back(sample.intendedNs);
        std::sort(intended.begin(), intended.end());
        for (std::size_t i = 1; i < intended.size(); ++i)
            QCOMPARE(intended[i] - intended[i - 1], 10'000'000);
    }

    void overloadIsSaidNotHidden()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = session();
            reply.delay = milliseconds(200);
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1'000);
        plan.rate = 50;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 1;
        QCOMPARE(run(setup).state.stopReason, StopReason::Saturated);
    }

    /// How soon: tst_OffSwitch.
    void stopTakesEffectAtOnce()
    {
        std::stop_source stop;
        const ScriptedServer server([&stop](const ScriptedServer::Request &request) {
            Reply reply = session();
            if (request.index == 3) {
                reply.hang = true;
                reply.bytes.clear();
                stop.request_stop(); // while an exchange is under way
            }
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1'000);
        plan.concurrency = 1;
        const Ran ran = run(setupOf(plan, server.url()), Call{Call::Clock::time_point::max(), stop.get_token()});
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QCOMPARE(ran.samples.size(), 4U);
        QCOMPARE(ran.samples.back().outcome, Outcome::AbortedByUser); // it did not wait for the answer or its timeout
    }

    void samplesAreReadWholeWhileOthersAreAdded()
    {
        constexpr int all = 150'000; // several chunks, more than room is made for
        RunRecord record(100);
        // All that a sample can have, by turns: most have few phases, and some have none of those that most have.
        const auto sampleAt = [](int i) {
            Sample sample;
            sample.cell = i % 5;
            sample.block = i;
            sample.intendedNs = 1'000 + i;
            sample.startNs = sample.intendedNs + i % 11;
            sample.endNs = sample.startNs + i;
            if (i % 7 != 0)
                sample.phases.wait = i / 2;
            if (i % 13 != 0)
                sample.phases.receive = 0;
            for (const auto &[part, every] : {std::pair(&SamplePhases::dns, 3),
                                              {&SamplePhases::tcp, 5},
                                              {&SamplePhases::tls, 6},
                                              {&SamplePhases::server, 10},
                                              {&SamplePhases::execute, 9},
                                              {&SamplePhases::fetch, 14},
                                              {&SamplePhases::decode, 15}}) {
                if (i % (10 * every) == 0)
                    sample.phases.*part = i + every;
            }
            sample.bytes = i * qint64{20'000};
            sample.status = i % 600;
            sample.outcome = static_cast<Outcome>(i % static_cast<int>(outcomeCount));
            sample.reused = i % 2 == 0;
            sample.first = i % 3 == 0;
            sample.warmup = i % 4 == 0;
            sample.setCookie = i % 5 == 0;
            return sample;
        };
        std::thread writer([&] {
            for (int i = 0; i < all; ++i)
                record.add(sampleAt(i));
        });
        std::vector<Sample> known;
        while (known.size() < all) {
            record.keepAhead();
            record.copyNew(known);
        }
        writer.join();
        QCOMPARE(known.size(), std::size_t{all});
        for (int i = 0; i < all; ++i)
            QVERIFY(known[static_cast<std::size_t>(i)] == sampleAt(i));
    }

    void narrowIntervalsEndTheRun_data()
    {
        QTest::addColumn<bool>("closed");
        QTest::newRow("closed") << true; // never without an exchange under way
        QTest::newRow("open") << false;
    }
    void narrowIntervalsEndTheRun()
    {
        QFETCH(bool, closed);
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = session();
            reply.delay = milliseconds(150); // beside which what a busy machine adds is little
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        if (closed)
            plan.concurrency = 4;
        else
            plan.rate = 20;
        const RunSetup setup = setupOf(plan, server.url());
        QVERIFY(setup.stopByInterval && setup.measuredBlocks > 500);
        const Ran ran = run(setup, Call());
        QCOMPARE(ran.state.stopReason, StopReason::Interval);
        const auto ok = countWhere(ran.samples, [](const Sample &s) { return s.outcome == Outcome::Ok; });
        QVERIFY2(ok >= 20 && ok < setup.measuredBlocks, qPrintable(QString::number(ok)));
        QVERIFY(countWhere(ran.samples, [](const Sample &s) { return s.outcome == Outcome::AbortedByUser; }) == 0);
    }

    void durationEndsTheRun()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        plan.duration = milliseconds(300);
        plan.concurrency = 1;
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(ran.state.stopReason, StopReason::Duration);
        QVERIFY(ran.state.endNs - ran.state.beginNs >= 300'000'000);
        QVERIFY(!ran.samples.empty());
    }

    void warmupIsKeptAndMarked()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 5);
        plan.warmup = 2;
        plan.concurrency = 1;
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(ran.samples.size(), 7U);
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.warmup; }), 2);
    }

    void localSamplesNeverOverlapNetworkOnes_data()
    {
        QTest::addColumn<bool>("closed");
        QTest::newRow("open") << false;
        QTest::newRow("closed") << true;
    }
    void localSamplesNeverOverlapNetworkOnes()
    {
        QFETCH(bool, closed);
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = session();
            reply.delay = milliseconds(5);
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("local,proxy,route"), 20);
        if (closed)
            plan.concurrency = 2;
        else
            plan.rate = 60;
        BusyLocal local;
        const Ran ran = run(setupOf(plan, server.url()), Call::within(milliseconds(20'000)), &local);
        QCOMPARE(ran.samples.size(), 60U);
        for (const Sample &inner : ran.samples) {
            if (inner.cell != 0)
                continue;
            for (const Sample &outer : ran.samples) {
                if (outer.cell != 0)
                    QVERIFY(outer.endNs <= inner.startNs || outer.startNs >= inner.endNs);
            }
        }
    }
};

QTEST_GUILESS_MAIN(ProbeRunnerTest)
#include "tst_ProbeRunner.moc"
