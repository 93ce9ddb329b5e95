#include <QtTest>

#include <algorithm>
#include <thread>

#include "core/http/HttpConnection.h"
#include "tests/unit/probe/ProbeRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;
using rollcall::base::Call;
using std::chrono::milliseconds;

namespace {

/// Asks a run for a pause once it has some samples, and to go on when the test says so. Its server answers slowly from
/// then until the pause was asked for, so that no run is over before whoever watches it comes to ask.
class PausedOnce final
{
public:
    static constexpr int samplesBefore = 20;
    /// Looked at while the run stands still: whether it may go on.
    using MayGoOn = std::function<bool(const RunRecord::State &state, qint64 pausedNs)>;

    explicit PausedOnce(MayGoOn mayGoOn) : m_mayGoOn(std::move(mayGoOn)) {}

    /// For the server's script.
    [[nodiscard]] Reply answer(const ScriptedServer::Request &request) const
    {
        Reply reply = session();
        reply.delay = milliseconds(request.index > samplesBefore && !m_asked ? 50 : 1);
        return reply;
    }

    /// The run itself.
    Ran run(const RunSetup &setup, LocalProbe *local = nullptr)
    {
        Ran ran;
        const auto onState = [this](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (state.samples >= samplesBefore && !m_asked)
                m_asked = m_wanted = true;
            if (state.paused && pausedAtNs == 0)
                pausedAtNs = now;
            if (pausedAtNs == 0 || wentOnAtNs > 0 || !m_mayGoOn(state, now - pausedAtNs))
                return;
            wentOnAtNs = now;
            pausedThenNs = state.pausedNs(now);
            m_wanted = false;
        };
        ran.state = runProbe(setup, local, Call::within(milliseconds(20'000)), ran.samples, onState, &m_wanted);
        return ran;
    }

    qint64 pausedAtNs = 0;   ///< when the run said that it stands still; steady clock
    qint64 wentOnAtNs = 0;   ///< when it was asked to go on
    qint64 pausedThenNs = 0; ///< how long it had stood still then, by its own words

private:
    MayGoOn m_mayGoOn;
    std::atomic<bool> m_asked = false;
    std::atomic<bool> m_wanted = false;
};

/// The gaps between the intended starts that are not @p usualNs, in order.
std::vector<qint64> otherGaps(const std::vector<Sample> &samples, qint64 usualNs)
{
    std::vector<qint64> intended;
    for (const Sample &sample : samples)
        intended.push_back(sample.intendedNs);
    std::sort(intended.begin(), intended.end());
    std::vector<qint64> gaps;
    for (std::size_t i = 1; i < intended.size(); ++i) {
        if (const qint64 gap = intended[i] - intended[i - 1]; gap != usualNs)
            gaps.push_back(gap);
    }
    return gaps;
}

/// How long a pause lasted.
qint64 lengthOf(const TimeRange &pause)
{
    return pause.toNs - pause.fromNs;
}

} // namespace

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
        PausedOnce once([](const RunRecord::State &, qint64 pausedNs) { return pausedNs > 700'000'000; });
        const ScriptedServer server([&once](const auto &request) { return once.answer(request); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        plan.duration = milliseconds(1'500);
        plan.arrival = Arrival::Constant;
        if (closed)
            plan.concurrency = 1;
        else
            plan.rate = 100;
        const qint64 begin = rollcall::http::steadyNs();
        const Ran ran = once.run(setupOf(plan, server.url()));
        const qint64 length = rollcall::http::steadyNs() - begin;
        QVERIFY(once.pausedAtNs > 0 && once.wentOnAtNs > 0);
        QCOMPARE(ran.state.stopReason, StopReason::Duration);
        // One that was under way then may end a moment later.
        QCOMPARE(
            countWhere(ran.samples,
                       [&](const Sample &s) { return s.startNs > once.pausedAtNs && s.startNs < once.wentOnAtNs; }),
            0);
        QVERIFY(countWhere(ran.samples, [&](const Sample &s) { return s.startNs >= once.wentOnAtNs; }) > 0);
        QCOMPARE(ran.state.pauses.size(), 1U);
        // What was due meanwhile waited for nobody's answer: it is due later by the pause, all else as it was.
        if (!closed)
            QCOMPARE(otherGaps(ran.samples, 10'000'000),
                     std::vector<qint64>{10'000'000 + lengthOf(ran.state.pauses.front())});
        QVERIFY2(length > 2'100'000'000, "the time measured is that asked for, without the pause");
        QCOMPARE(ran.state.events.size(), 1U);
        QCOMPARE(ran.state.events.front().rule, QStringLiteral("user-pause"));
        QVERIFY2(once.pausedThenNs >= 700'000'000, qPrintable(QString::number(once.pausedThenNs))); // while it lasts
        QVERIFY(ran.state.pausedNs(ran.state.endNs) >= once.pausedThenNs);
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
        ScriptedServer *idle = nullptr;
        PausedOnce once([&idle](const RunRecord::State &state, qint64) {
            return state.inFlight == 0 && idle->hangUp(0) && idle->hangUp(1);
        });
        ScriptedServer server([&once](const auto &request) { return once.answer(request); });
        idle = &server;
        RunPlan plan = planOf(QStringLiteral("proxy"), 120);
        plan.rate = 100;
        if (closed)
            plan.concurrency = 2;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 2;
        setup.limits.closedRate = closed ? 100 : 0;
        const Ran ran = once.run(setup);
        QVERIFY(once.wentOnAtNs > 0);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 120U);
        for (const Sample &sample : ran.samples)
            QVERIFY(sample.outcome == Outcome::Ok && sample.reused && !sample.phases.tcp.has_value());
        QCOMPARE(server.connections(), 4);
    }

    /// The database link of local cells as well, and before anything is measured again.
    void localLinksAreSeenToBeforeAPauseEnds()
    {
        PausedOnce once([](const RunRecord::State &, qint64) { return true; });
        const ScriptedServer server([&once](const auto &request) { return once.answer(request); });
        RunPlan plan = planOf(QStringLiteral("local,proxy"), 60);
        plan.rate = 100;
        BusyLocal local;
        local.freshenFor = milliseconds(300);
        const Ran ran = once.run(setupOf(plan, server.url()), &local);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(local.freshened, 1);
        QCOMPARE(ran.state.pauses.size(), 1U);
        const TimeRange &paused = ran.state.pauses.front();
        QVERIFY(lengthOf(paused) >= 300'000'000);
        const auto startedIn = [&](int cell) {
            return countWhere(ran.samples, [&paused, cell](const Sample &s) {
                return s.cell == cell && s.startNs > paused.fromNs && s.startNs < paused.toNs;
            });
        };
        QCOMPARE(startedIn(1), 0);
        QVERIFY2(startedIn(0) <= 1, "but what its thread had been given before"); // and began when it got to run
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
        std::atomic<bool> isPaused = false;
        const ScriptedServer server([&](const ScriptedServer::Request &request) {
            if (request.index != 15)
                return session();
            stalledAt = rollcall::http::steadyNs();
            const auto patience = Call::Clock::now() + std::chrono::seconds(20);
            while (!isPaused && Call::Clock::now() < patience)
                std::this_thread::sleep_for(milliseconds(1));
            return session();
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 110);
        plan.rate = 100;
        plan.arrival = Arrival::Constant;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.inFlight = 1;
        std::atomic<bool> pause = false;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            isPaused = isPaused || state.paused;
            // Once some thirty wait; until the stall is over.
            pause = stalledAt > 0 && rollcall::http::steadyNs() - stalledAt > 300'000'000 && state.samples < 16;
        };
        ran.state = runProbe(setup, nullptr, Call::within(milliseconds(20'000)), ran.samples, onState, &pause);
        QVERIFY(isPaused);
        QCOMPARE(ran.state.stopReason, StopReason::Samples);
        QCOMPARE(ran.samples.size(), 110U);
        const auto waited = countWhere(ran.samples, [](const Sample &s) { return s.startNs - s.intendedNs > slow; });
        QVERIFY2(waited >= 15, qPrintable(QString::number(waited)));
        // Whoever was sent before the pause keeps its time, all others come later by its length.
        QCOMPARE(ran.state.pauses.size(), 1U);
        QCOMPARE(otherGaps(ran.samples, 10'000'000),
                 std::vector<qint64>{10'000'000 + lengthOf(ran.state.pauses.front())});
    }

    /// It is the sum that is bounded: the canary lives through it once.
    void tooMuchPauseEndsTheRun()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1'000'000);
        plan.rate = 200;
        RunSetup setup = setupOf(plan, server.url());
        setup.mostPaused = milliseconds(2'000);
        std::atomic<bool> pause = false;
        qint64 pausedAt = 0;
        qint64 samples = 0; // when the first pause ended
        Ran ran;
        // The first for the greater part of that, the second until the run itself ends it.
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            const qint64 now = rollcall::http::steadyNs();
            if (state.paused && pausedAt == 0)
                pausedAt = now;
            if (pausedAt > 0 && samples == 0 && now - pausedAt > 1'200'000'000)
                samples = state.samples;
            pause = samples == 0 ? state.samples > 5 : state.samples > samples + 5;
        };
        ran.state = runProbe(setup, nullptr, Call::within(milliseconds(20'000)), ran.samples, onState, &pause);
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QCOMPARE(ran.state.pauses.size(), 2U);
        QCOMPARE(ran.state.events.size(), 2U);
        qint64 paused = 0;
        for (const TimeRange &range : ran.state.pauses) {
            QVERIFY2(lengthOf(range) < 2'000'000'000, "one alone is not too long");
            paused += lengthOf(range);
        }
        QVERIFY2(paused >= 2'000'000'000, qPrintable(QString::number(paused)));
    }

    /// An answer that comes in a pause does not end a run whose time is not over.
    void aRunsTimeDoesNotEndInAPause()
    {
        constexpr milliseconds length(1'000);
        std::atomic<bool> isPaused = false;
        const ScriptedServer server([&](const ScriptedServer::Request &) {
            Reply reply = session();
            reply.delay = length; // none is answered before the run's time is over
            const auto patience = Call::Clock::now() + std::chrono::seconds(20);
            while (!isPaused && Call::Clock::now() < patience)
                std::this_thread::sleep_for(milliseconds(1));
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        plan.duration = length;
        plan.concurrency = 1;
        std::atomic<bool> pause = false;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            isPaused = isPaused || state.paused;
            pause = state.inFlight > 0 && state.samples == 0;
        };
        ran.state = runProbe(setupOf(plan, server.url()), nullptr, Call::within(milliseconds(20'000)), ran.samples,
                             onState, &pause);
        QCOMPARE(ran.state.stopReason, StopReason::Duration);
        QCOMPARE(ran.samples.size(), 2U);
        QCOMPARE(ran.state.pauses.size(), 1U);
    }

    /// How soon: tst_OffSwitch.
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
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QCOMPARE(ran.state.pauses.size(), 1U); // on record, though nobody ended it
        QCOMPARE(ran.state.events.size(), 1U);
        QCOMPARE(countWhere(ran.samples, [stoppedAt](const Sample &s) { return s.startNs > stoppedAt; }), 0);
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
        // Nobody waited for what we chose not to send: it is due after the pause, and what follows twice as slowly.
        const std::vector<qint64> gaps = otherGaps(ran.samples, 50'000'000);
        QVERIFY(gaps.size() >= 10 && gaps.size() < 25);
        QVERIFY2(gaps.front() >= 1'000'000'000, qPrintable(QString::number(gaps.front())));
        QCOMPARE(std::count(gaps.begin() + 1, gaps.end(), 100'000'000), std::ssize(gaps) - 1);
    }

    /// Nothing follows in it that would tell: neither how few are left nor that there are none.
    void inAGuardsPauseTheLastAnswersAreTold()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = Reply::http(429, "", "text/plain", "Retry-After: 60\r\n");
            reply.delay = milliseconds(50); // all are asked by then
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 200);
        plan.guards = true;
        plan.concurrency = 4;
        RunSetup setup = setupOf(plan, server.url());
        setup.limits.closedRate = 0;
        std::stop_source stop;
        Call call = Call::within(milliseconds(20'000));
        call.stop = stop.get_token();
        bool isTold = false;
        Ran ran;
        const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
            isTold = isTold || (state.guardPauseUntilNs > 0 && state.inFlight == 0);
            if (isTold)
                stop.request_stop();
        };
        ran.state = runProbe(setup, nullptr, call, ran.samples, onState);
        QVERIFY(isTold);
        QCOMPARE(ran.samples.size(), 4U);
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
        Ran ran;
        const auto onState = [&stop](const RunRecord::State &state, const RunRecord &) {
            if (!state.events.empty())
                stop.request_stop(); // in the pause
        };
        ran.state = runProbe(setupOf(plan, server.url()), nullptr,
                             Call{Call::Clock::time_point::max(), stop.get_token()}, ran.samples, onState);
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QCOMPARE(ran.state.events.front().rule, QStringLiteral("pause"));
        QVERIFY(ran.samples.size() <= 2U);
        QVERIFY2(ran.state.endNs - ran.state.beginNs < 60'000'000'000, "it sat the pause out");
    }
};

QTEST_GUILESS_MAIN(ProbeRunnerPausesTest)
#include "tst_ProbeRunnerPauses.moc"
