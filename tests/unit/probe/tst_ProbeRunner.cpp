#include <QtTest>

#include <QTcpServer>

#include <algorithm>
#include <thread>

#include "core/http/HttpConnection.h"
#include "core/probe/ProbeThread.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall::probe;
using rollcall::base::Call;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;
using std::chrono::milliseconds;

namespace {

constexpr auto sessionJson = R"({"user":{"name":"A"},"expires":"2099-01-01T00:00:00.000Z"})";

Reply session()
{
    return Reply::http(200, sessionJson);
}

/// A plan towards a server of our own: guards off, one cell.
RunPlan planOf(const QString &modes, int samples)
{
    RunPlan plan;
    plan.routes = {QStringLiteral("/a")};
    plan.modes = *parseModes(modes);
    plan.samples = samples;
    plan.warmup = 0;
    plan.guards = false;
    plan.seed = 1;
    plan.timeout = milliseconds(5'000);
    return plan;
}

RunSetup setupOf(const RunPlan &plan, const QUrl &origin, bool cookie = true)
{
    RunSetup setup = RunSetup::from(plan, true);
    setup.origin = origin;
    setup.http.timeout = plan.timeout;
    for (RunCell &cell : setup.cells) {
        cell.request.url = origin;
        cell.cookieSent = cookie;
        if (cookie)
            cell.request.headers.emplace_back("Cookie", "next-auth.session-token=canary");
    }
    return setup;
}

struct Ran
{
    RunRecord::State state;
    std::vector<Sample> samples;
};

Ran run(const RunSetup &setup, const Call &call = Call::within(milliseconds(20'000)), LocalProbe *local = nullptr)
{
    Ran ran;
    ran.state = runProbe(setup, local, call, ran.samples, {});
    return ran;
}

qsizetype countWhere(const std::vector<Sample> &samples, const std::function<bool(const Sample &)> &predicate)
{
    return std::count_if(samples.begin(), samples.end(), predicate);
}

/// Answers after two milliseconds of work on a thread of its own.
class BusyLocal final : public LocalProbe
{
public:
    void measure(const CellId &cell, Done done) override
    {
        Q_UNUSED(cell)
        m_thread = std::jthread([done = std::move(done)] {
            Sample sample;
            sample.startNs = rollcall::http::steadyNs();
            sample.intendedNs = sample.startNs;
            do
                sample.endNs = rollcall::http::steadyNs();
            while (sample.endNs < sample.startNs + 2'000'000);
            done(sample);
        });
    }
    void freshen(std::function<void()> done) override
    {
        ++freshened;
        m_thread = std::jthread([this, done = std::move(done)] {
            std::this_thread::sleep_for(freshenFor);
            done();
        });
    }
    void cancel() override {}
    int freshened = 0;
    milliseconds freshenFor{0};
    [[nodiscard]] std::optional<qint64> connectNs() const override { return std::nullopt; }
    [[nodiscard]] int batchOf(const CellId &cell) const override
    {
        Q_UNUSED(cell)
        return 1;
    }

private:
    std::jthread m_thread;
};

} // namespace

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
        const auto bySerice = countWhere(ran.samples, [](const Sample &s) { return s.serviceNs() > slow; });
        const auto byResponse = countWhere(ran.samples, [](const Sample &s) { return s.responseNs() > slow; });
        QVERIFY2(bySerice <= 3, qPrintable(QString::number(bySerice)));
        QVERIFY2(byResponse >= 15, qPrintable(QString::number(byResponse)));
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
        std::atomic<qint64> stoppedAt = 0;
        const std::stop_callback note(stop.get_token(), [&stoppedAt] { stoppedAt = rollcall::http::steadyNs(); });
        const Ran ran = run(setupOf(plan, server.url()), Call{Call::Clock::time_point::max(), stop.get_token()});
        const qint64 took = rollcall::http::steadyNs() - stoppedAt;
        QVERIFY2(took < 250'000'000, qPrintable(QString::number(took)));
        QCOMPARE(ran.state.stopReason, StopReason::Cancelled);
        QCOMPARE(ran.samples.size(), 4U);
        QCOMPARE(ran.samples.back().outcome, Outcome::AbortedByUser);
    }

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
            reply.delay = milliseconds(40); // beside which what a busy machine adds is little
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 1);
        plan.samples.reset();
        if (closed)
            plan.concurrency = 2;
        else
            plan.rate = 50;
        const RunSetup setup = setupOf(plan, server.url());
        QVERIFY(setup.stopByInterval && setup.measuredBlocks > 500);
        const Ran ran = run(setup);
        QCOMPARE(ran.state.stopReason, StopReason::Interval);
        const auto ok = countWhere(ran.samples, [](const Sample &s) { return s.outcome == Outcome::Ok; });
        QVERIFY2(ok >= 20 && ok < 300, qPrintable(QString::number(ok)));
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
        QVERIFY(ran.samples.size() > 1);
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

    void coldCellsConnectEachTimeAndKeptOnesDoNot()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 12);
        plan.cold = true;
        plan.concurrency = 2;
        const RunSetup setup = setupOf(plan, server.url());
        QCOMPARE(setup.cells.size(), 2U);
        QVERIFY(!setup.cells[0].id.cold && setup.cells[1].id.cold);
        const Ran ran = run(setup);
        QCOMPARE(ran.samples.size(), 24U);
        for (const Sample &sample : ran.samples) {
            QCOMPARE(sample.outcome, Outcome::Ok);
            if (sample.cell == 1)
                QVERIFY(!sample.reused && sample.phases.tcp.has_value());
        }
        QVERIFY2(server.connections() >= 13 && server.connections() <= 14,
                 qPrintable(QString::number(server.connections())));
        QVERIFY(countWhere(ran.samples, [](const Sample &s) { return s.cell == 0 && s.reused; }) >= 10);
    }

    void cookieStatesAreCellsOfOneRun()
    {
        // Strangers are turned away; who has the session is let in.
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            return request.header("cookie").contains("canary")
                       ? session()
                       : Reply::http(302, "", "text/plain", "Location: /sign-in\r\n");
        });
        RunPlan plan = planOf(QStringLiteral("route"), 6);
        plan.concurrency = 1;
        plan.cookieStates = *parseCookieStates(QStringLiteral("valid,none,garbage"));
        RunSetup setup = setupOf(plan, server.url());
        QCOMPARE(setup.cells.size(), 3U);
        for (RunCell &cell : setup.cells) {
            cell.cookieSent = cell.id.cookie == CookieState::Plan;
            if (cell.id.cookie == CookieState::None)
                cell.request.headers.clear();
            if (cell.id.cookie == CookieState::Garbage)
                cell.request.headers = {{"Cookie", "next-auth.session-token=nonsense"}};
        }
        const Ran ran = run(setup);
        QCOMPARE(ran.samples.size(), 18U);
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.outcome == Outcome::Ok; }), 18);
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.cell > 0 && s.status == 302; }), 12);
        QVERIFY(!parseCookieStates(QStringLiteral("valid,valid")) && !parseCookieStates(QStringLiteral("stale")));
    }

    void aStrangerWithASessionIsAnError()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return session(); });
        RunPlan plan = planOf(QStringLiteral("proxy"), 3);
        plan.concurrency = 1;
        plan.cookieStates = {CookieState::Garbage};
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.outcome == Outcome::UnexpectedAuth; }), 3);
    }

    void outcomesAreNamed_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("cookie");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<QString>("outcome");
        const auto row = [](const char *name, const char *mode, bool cookie, int status, const char *body,
                            const char *head, const char *outcome) {
            QTest::newRow(name) << QString::fromUtf8(mode) << cookie << status << QByteArray(body) << QByteArray(head)
                                << QString::fromUtf8(outcome);
        };
        row("session", "proxy", true, 200, sessionJson, "", "ok");
        row("null under a cookie (v5)", "proxy", true, 200, "null", "", "unauthenticated");
        row("{} under a cookie (v4)", "proxy", true, 200, "{}", "", "unauthenticated");
        row("{} without cookie", "proxy", false, 200, "{}", "", "ok");
        row("session without cookie", "proxy", false, 200, sessionJson, "", "unexpected_auth");
        row("HTML", "proxy", true, 200, "<!doctype html>", "", "bad_body");
        row("500", "proxy", true, 500, "oops", "", "http_5xx");
        row("503 with Retry-After", "proxy", true, 503, "", "Retry-After: 3\r\n", "rate_limited");
        row("503 alone", "proxy", true, 503, "", "", "http_5xx");
        row("429", "route", false, 429, "", "", "rate_limited");
        row("401 under a cookie", "route", true, 401, "", "", "unauthenticated");
        row("401 without cookie", "route", false, 401, "", "", "http_4xx");
        row("page", "route", false, 204, "", "", "ok");
        row("redirect", "route", true, 307, "", "Location: /sign-in\r\n", "redirect");
        row("floor may be missing", "floor", false, 404, "", "", "ok");
        row("route may not", "route", false, 404, "", "", "http_4xx");
    }
    void outcomesAreNamed()
    {
        QFETCH(QString, mode);
        QFETCH(bool, cookie);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, head);
        const ScriptedServer server(
            [=](const ScriptedServer::Request &) { return Reply::http(status, body, "text/plain", head); });
        RunPlan plan = planOf(mode, 1);
        plan.concurrency = 1;
        const Ran ran = run(setupOf(plan, server.url(), cookie));
        QCOMPARE(ran.samples.size(), 1U);
        QTEST(outcomeName(ran.samples.front().outcome), "outcome");
    }

    void refusedConnectionsAreSamples()
    {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const QUrl url(QStringLiteral("http://127.0.0.1:%1/").arg(closed.serverPort()));
        closed.close();
        RunPlan plan = planOf(QStringLiteral("proxy"), 3);
        plan.concurrency = 1;
        const Ran ran = run(setupOf(plan, url));
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return s.outcome == Outcome::ConnectRefused; }), 3);
    }
    void hangingAnswersAreCensoredSamples()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply;
            reply.hang = true;
            return reply;
        });
        RunPlan plan = planOf(QStringLiteral("proxy"), 2);
        plan.concurrency = 1;
        plan.timeout = milliseconds(100);
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(countWhere(ran.samples, [](const Sample &s) { return isCensored(s.outcome); }), 2);
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
    void leavingTheHostStopsTheRun()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) {
            return Reply::http(302, "", "text/plain", "Location: https://elsewhere.example/\r\n");
        });
        RunPlan plan = planOf(QStringLiteral("route"), 500);
        plan.guards = true;
        plan.rate = 20;
        const Ran ran = run(setupOf(plan, server.url()));
        QCOMPARE(ran.state.stopReason, StopReason::Guard);
        QCOMPARE(ran.state.events.front().rule, QStringLiteral("scope"));
        QCOMPARE(ran.samples.size(), 1U);
    }
    void cookiesAreNotSentInClear()
    {
        RunPlan plan = planOf(QStringLiteral("proxy"), 5);
        plan.concurrency = 1;
        const Ran ran = run(setupOf(plan, QUrl(QStringLiteral("http://shop.example.com/"))));
        QVERIFY(ran.state.error.has_value());
        QCOMPARE(ran.state.error->code, rollcall::base::ErrorCode::InsecureTransport);
        QVERIFY(ran.samples.empty());
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
