#include <QtTest>

#include <algorithm>
#include <thread>

#include "core/http/HttpConnection.h"
#include "tests/unit/probe/ProbeRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;
using rollcall::base::Call;
using std::chrono::milliseconds;

/// Runs that stand still: by whoever watches, and by the guards.
class ProbeRunnerPausesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPauseAsksNothingAndCountsForNothing_data()
    {
        QTest::addColumn<bool>("closed");
        QTest::newRow("open") << false;
        QTest::newRow("closed") << true;
    }
    void aPauseAsksNothingAndCountsForNothing()
    {
        QFETCH(const bool, closed);
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = session();
            reply.delay = milliseconds(1);
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        plan.duration = std::chrono::milliseconds(1'500);
        if (closed)
            plan.concurrency = 1;
        else
            plan.rate = 100;
        std::atomic<bool> pause = false;
        qint64 pausedAt = 0; // when the run said so
        qint64 wentOnAt = 0;
        qint64 pausedThen = 0;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (state.samples > 20 && pausedAt == 0)
                pause = true;
            if (state.paused && pausedAt == 0)
                pausedAt = now;
            if (pausedAt > 0 && wentOnAt == 0 && now - pausedAt > 700'000'000) {
                wentOnAt = now;
                pausedThen = state.pausedNs(now);
                pause = false;
            }
        };
        const qint64 begin = rollcall::http::steadyNs();
        ran.state = runProbe(setupOf(plan, server.url()), nullptr, Call::within(milliseconds(20'000)), ran.samples,
                             onState, &pause);
        const qint64 length = rollcall::http::steadyNs() - begin;
        QVERIFY(pausedAt > 0 && wentOnAt > 0);
        QCOMPARE(ran.state.stopReason, StopReason::Duration);
        // One that was under way then may end a moment later.
        QCOMPARE(countWhere(ran.samples, [&](const Sample &s) { return s.startNs > pausedAt && s.startNs < wentOnAt; }),
                 0);
        QVERIFY(countWhere(ran.samples, [&](const Sample &s) { return s.startNs >= wentOnAt; }) > 10);
        // What was due meanwhile waited for nobody's answer: no response time has the pause in it.
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.responseNs() > 500'000'000; }), 0);
        QVERIFY2(length > 2'100'000'000, "the time measured is that asked for, without the pause");
        QCOMPARE(ran.state.events.size(), 1U);
        QCOMPARE(ran.state.events.front().rule, QStringLiteral("user-pause"));
        QVERIFY2(pausedThen >= 700'000'000, qPrintable(QString::number(pausedThen))); // known while it lasts
        QVERIFY(ran.state.pausedNs(ran.state.endNs) >= pausedThen);
        QVERIFY(length - ran.state.pausedNs(ran.state.endNs) >= 1'500'000'000);
    }

    void connectionsClosedInAPauseAreMadeBeforeItEnds_data()
    {
        QTest::addColumn<bool>("closed");
        QTest::newRow("open") << false;
        QTest::newRow("closed") << true;
    }

    /// Servers close what is idle for a few seconds: connecting anew is no part of what a kept connection takes.
    void connectionsClosedInAPauseAreMadeBeforeItEnds()
    {
        QFETCH(const bool, closed);
        ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 120);
        plan.rate = 100;
        if (closed)
            plan.concurrency = 2;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 2;
        setup.limits.closedRate = closed ? 100 : 0;
        std::atomic<bool> pause = false;
        qint64 pausedAt = 0;
        bool hasClosed = false;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (state.samples > 20 && pausedAt == 0)
                pause = true;
            if (state.paused && pausedAt == 0)
                pausedAt = now;
            if (pausedAt > 0 && !hasClosed && now - pausedAt > 150'000'000) {
                hasClosed = server.hangUp(0) && server.hangUp(1);
                pause = !hasClosed;
            }
        };
        ran.state = runProbe(setup, nullptr, Call::within(milliseconds(20'000)), ran.samples, onState, &pause);
        QVERIFY(hasClosed);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 120U);
        for (const Sample &sample : ran.samples)
            QVERIFY(sample.outcome == Outcome::Ok && sample.reused && !sample.phases.tcp.has_value());
        QCOMPARE(server.connections(), 4);
    }

    /// The database link of local cells as well, and before anything is measured again.
    void localLinksAreSeenToBeforeAPauseEnds()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("local,proxy"), 60);
        plan.rate = 100;
        BusyLocal local;
        local.freshenFor = milliseconds(300);
        std::atomic<bool> pause = false;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            pause = state.samples > 10 && !state.paused && state.pauses.empty();
        };
        ran.state = runProbe(setupOf(plan, server.url()), &local, Call::within(milliseconds(20'000)), ran.samples,
                             onState, &pause);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(local.freshened, 1);
        QCOMPARE(ran.state.pauses.size(), 1U);
        const TimeRange &paused = ran.state.pauses.front();
        QVERIFY(paused.toNs - paused.fromNs >= 300'000'000);
        QCOMPARE(countWhere(ran.samples,
                            [&](const Sample &s) { return s.startNs > paused.fromNs && s.startNs < paused.toNs; }),
                 0);
    }

    /// The same where a guard paused the run.
    void connectionsClosedInAGuardsPauseAreMadeBeforeItEnds()
    {
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            Reply reply = request.index == 10 ? Reply::http(429, "", "text/plain", "Retry-After: 1\r\n") : session();
            reply.close = request.index == 10;
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 30);
        plan.guards = true;
        plan.rate = 20;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 1;
        const Ran ran = run(setup);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 30U);
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return !s.reused || s.phases.tcp.has_value(); }), 0);
        QCOMPARE(server.connections(), 2);
    }

    /// What waited for the deployment when the pause began has waited, and the schedule is the one that was drawn.
    void aPauseTakesNoWaitBack()
    {
        constexpr qint64 slow = 100'000'000;
        std::atomic<qint64> stalledAt = 0;
        const ScriptedServer server([&stalledAt](const ScriptedServer::Request &request) {
            Reply reply = session();
            if (request.index == 15) {
                stalledAt = rollcall::http::steadyNs();
                reply.delay = milliseconds(700);
            }
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 110);
        plan.rate = 100;
        plan.arrival = Arrival::Constant;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 1;
        std::atomic<bool> pause = false;
        qint64 pausedAt = 0;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (state.paused && pausedAt == 0)
                pausedAt = now;
            // Once some thirty wait; until the stall is over.
            pause = stalledAt > 0 && now - stalledAt > 300'000'000 && (pausedAt == 0 || now - pausedAt < 900'000'000);
        };
        ran.state = runProbe(setup, nullptr, Call::within(milliseconds(20'000)), ran.samples, onState, &pause);
        QVERIFY(pausedAt > 0);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 110U);
        QVERIFY(countWhere(ran.samples, [](const Sample &s) { return s.serviceNs() > slow; }) <= 3);
        const auto waited = countWhere(ran.samples, [](const Sample &s) { return s.responseNs() > slow; });
        QVERIFY2(waited >= 15, qPrintable(QString::number(waited)));
        std::vector<qint64> intended;
        for (const Sample &sample : ran.samples)
            intended.push_back(sample.intendedNs);
        std::sort(intended.begin(), intended.end());
        std::vector<qint64> gaps;
        for (std::size_t i = 1; i < intended.size(); ++i) {
            if (const qint64 gap = intended[i] - intended[i - 1]; gap != 10'000'000)
                gaps.push_back(gap);
        }
        // Whoever was sent before the pause keeps its time, all others come later by its length.
        QCOMPARE(gaps.size(), 1U);
        QCOMPARE(ran.state.pauses.size(), 1U);
        QCOMPARE(gaps.front(), 10'000'000 + ran.state.pauses.front().toNs - ran.state.pauses.front().fromNs);
    }

    /// It is the sum that is bounded: the canary lives through it once.
    void tooMuchPauseEndsTheRun()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1'000'000);
        plan.rate = 200;
        RunSetup setup = setupOf(plan, server.url());
        setup.mostPaused = milliseconds(1'000);
        std::atomic<bool> pause = false;
        qint64 since = 0; // of the present pause
        int pauses = 0;
        qint64 samples = 0;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (!state.paused && !pause && state.samples > samples + 5) {
                pause = true;
                ++pauses;
            }
            if (state.paused && since == 0)
                since = now;
            if (since > 0 && now - since > 350'000'000) {
                pause = false;
                since = 0;
                samples = state.samples;
            }
        };
        ran.state = runProbe(setup, nullptr, Call::within(milliseconds(20'000)), ran.samples, onState, &pause);
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QVERIFY2(pauses >= 2 && pauses <= 3, qPrintable(QString::number(pauses))); // none alone is too long
        QCOMPARE(ran.state.events.size(), static_cast<std::size_t>(pauses));
        qint64 paused = 0;
        for (const TimeRange &range : ran.state.pauses)
            paused += range.toNs - range.fromNs;
        QVERIFY2(paused >= 1'000'000'000 && paused < 1'300'000'000, qPrintable(QString::number(paused)));
    }

    /// An answer that comes in a pause does not end a run whose time is not over.
    void aRunsTimeDoesNotEndInAPause()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = session();
            reply.delay = milliseconds(600); // longer than the run, the pause being asked for meanwhile
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        plan.duration = milliseconds(500);
        plan.concurrency = 1;
        std::atomic<bool> pause = false;
        qint64 pausedAt = 0;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (state.paused && pausedAt == 0)
                pausedAt = now;
            pause = pausedAt == 0 ? state.inFlight > 0 : now - pausedAt < 900'000'000;
        };
        ran.state = runProbe(setupOf(plan, server.url()), nullptr, Call::within(milliseconds(20'000)), ran.samples,
                             onState, &pause);
        QCOMPARE(ran.state.stopReason, StopReason::Duration);
        QCOMPARE(ran.samples.size(), 2U);
        QCOMPARE(ran.state.pauses.size(), 1U);
    }

    void aPausedRunStopsAtOnce()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1'000'000);
        plan.rate = 200;
        std::atomic<bool> pause = false;
        std::stop_source stop;
        Call call;
        call.stop = stop.get_token();
        qint64 stoppedAt = 0;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            pause = state.samples > 5;
            if (state.paused && stoppedAt == 0) {
                stoppedAt = rollcall::http::steadyNs();
                stop.request_stop();
            }
        };
        ran.state = runProbe(setupOf(plan, server.url()), nullptr, call, ran.samples, onState, &pause);
        const qint64 took = rollcall::http::steadyNs() - stoppedAt;
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QCOMPARE(ran.state.pauses.size(), 1U); // on record, though nobody ended it
        QCOMPARE(ran.state.events.size(), 1U);
        QVERIFY2(took < 250'000'000, qPrintable(QString::number(took)));
    }

    void errorBreakerPausesRetriesOnceAndStops_data()
    {
        QTest::addColumn<bool>("closed");
        QTest::newRow("open") << false;
        QTest::newRow("closed") << true;
    }
    void errorBreakerPausesRetriesOnceAndStops()
    {
        QFETCH(bool, closed);
        const ScriptedServer server([](const ScriptedServer::Request &) { return Reply::http(500, "oops"); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 500);
        plan.guards = true;
        if (closed)
            plan.concurrency = 1;
        else
            plan.rate = 20;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.closedRate = 20;
        setup.limits.pause = milliseconds(400);
        const Ran ran = run(setup);
        QCOMPARE(ran.state.stopReason, StopReason::Guard);
        QCOMPARE(ran.state.events.size(), 2U);
        QCOMPARE(ran.state.events.front().rule, QStringLiteral("pause"));
        QCOMPARE(ran.state.events.back().rule, QStringLiteral("error-breaker"));
        const auto beforePause = countWhere(ran.samples, [&](const Sample &s) {
            return s.startNs - ran.state.beginNs < ran.state.events.front().atNs;
        });
        QVERIFY(beforePause >= 5 && beforePause < 8);
        // One request, no sooner than after the pause.
        QCOMPARE(countWhere(ran.samples, [](const Sample &) { return true; }), beforePause + 1);
        QVERIFY(ran.samples.back().startNs - ran.state.beginNs >= ran.state.events.front().atNs + 400'000'000);
    }

    void afterRetryAfterTheRunGoesOnAtHalfTheRate()
    {
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            return request.index == 10 ? Reply::http(429, "", "text/plain", "Retry-After: 1\r\n") : session();
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 30);
        plan.guards = true;
        plan.rate = 20;
        plan.arrival = Arrival::Constant;
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.state.events.size(), 1U);
        QCOMPARE(ran.state.events.front().rule, QStringLiteral("pause"));
        QCOMPARE(ran.samples.size(), 30U);
        const auto gap = [&ran](std::size_t i) { return ran.samples[i].intendedNs - ran.samples[i - 1].intendedNs; };
        QCOMPARE(gap(5), 50'000'000);
        QCOMPARE(gap(25), 100'000'000);
        QVERIFY2(gap(11) >= 900'000'000, qPrintable(QString::number(gap(11))));
        // Nobody waited for what we chose not to send.
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.responseNs() > 500'000'000; }), 0);
    }

    void aSecondRefusalStopsTheRun()
    {
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            return request.index % 5 == 4 ? Reply::http(429, "", "text/plain", "Retry-After: 0\r\n") : session();
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 200);
        plan.guards = true;
        plan.rate = 20;
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(ran.state.stopReason, StopReason::Guard);
        QCOMPARE(ran.state.events.back().rule, QStringLiteral("rate-limited"));
        QVERIFY2(ran.samples.size() >= 10 && ran.samples.size() <= 12, qPrintable(QString::number(ran.samples.size())));
    }

    void thePauseDoesNotHoldTheOffSwitch()
    {
        const ScriptedServer server(
            [](const ScriptedServer::Request &) { return Reply::http(429, "", "text/plain", "Retry-After: 60\r\n"); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 200);
        plan.guards = true;
        plan.rate = 20;
        std::stop_source stop;
        std::jthread presser([&stop] {
            std::this_thread::sleep_for(milliseconds(300));
            stop.request_stop();
        });
        const Ran ran = run(setupOf(plan, server.url()), Call{Call::Clock::time_point::max(), stop.get_token()});
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QVERIFY(ran.samples.size() <= 2U);
        QVERIFY(ran.state.endNs - ran.state.beginNs < 1'000'000'000);
    }
};

QTEST_GUILESS_MAIN(ProbeRunnerPausesTest)
#include "tst_ProbeRunnerPauses.moc"
