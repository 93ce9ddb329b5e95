#include <QtTest>

#include <atomic>
#include <limits>
#include <thread>

#include "core/http/HttpConnection.h"
#include "core/probe/ProbeThread.h"
#include "core/probe/Random.h"
#include "core/probe/RunPlan.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall::probe;
using namespace std::chrono_literals;
using rollcall::base::Call;
using rollcall::http::steadyNs;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;

namespace {

constexpr qint64 limitNs = 250'000'000;

/// What a run did after Stop was pressed.
struct AfterStop
{
    qint64 lastByteNs = 0; ///< when the last request came that it had sent; negative: before
    qint64 endNs = 0;

    [[nodiscard]] bool isInTime() const { return lastByteNs <= limitNs && endNs <= limitNs; }
};

/// A deployment of which some answers are slow and some never end, and the runs that are stopped on it.
class Stopped final
{
public:
    /// The answers to the @p limitedFrom -th request of a run and to all after it ask for a minute's patience.
    explicit Stopped(int limitedFrom = std::numeric_limits<int>::max())
        : m_server([this, limitedFrom](const ScriptedServer::Request &) {
              m_lastArrival = steadyNs();
              const int number = ++m_requests;
              if (number - m_before >= limitedFrom)
                  return Reply::http(429, "", "text/plain", "Retry-After: 60\r\n");
              Reply reply = Reply::http(200, "ok");
              if (number % 40 == 0)
                  reply.hang = true; // an answer that never ends must not hold the switch
              else if (number % 7 == 0)
                  reply.delay = 30ms;
              return reply;
          })
    {}

    /// For the @p number -th run: every second one is open.
    [[nodiscard]] RunSetup setup(int number, bool guards) const
    {
        RunPlan plan;
        plan.routes = {QStringLiteral("/")};
        plan.modes = *parseModes(QStringLiteral("route"));
        plan.duration = 60s;
        plan.guards = guards;
        if (number % 2 == 0)
            plan.concurrency = 8;
        else
            plan.rate = guards ? 20 : 400;
        RunSetup setup = RunSetup::from(plan, true);
        setup.origin = m_server.url();
        setup.cells.front().request.url = m_server.url();
        return setup;
    }

    /// How many requests of the run came.
    [[nodiscard]] int requests() const { return m_requests - m_before; }
    /// Presses it.
    void press()
    {
        m_stoppedAt = steadyNs();
        m_stop.request_stop();
    }
    [[nodiscard]] bool isPressed() const { return m_stoppedAt > 0; }

    /// The run, which press() ends.
    AfterStop run(const RunSetup &setup, const OnState &onState = {}, const std::atomic<bool> *pauseWanted = nullptr)
    {
        Call call;
        call.stop = m_stop.get_token();
        samples.clear();
        state = runProbe(setup, nullptr, call, samples, onState, pauseWanted);
        AfterStop after;
        after.endNs = steadyNs() - m_stoppedAt;
        // What is still to arrive has until the next run to do so; that run's own requests come later.
        std::this_thread::sleep_for(300ms);
        after.lastByteNs = m_lastArrival - m_stoppedAt;
        return after;
    }
    /// Before each run.
    void begin()
    {
        m_before = m_requests.load();
        m_stoppedAt = 0;
        m_stop = std::stop_source();
    }

    RunRecord::State state;      ///< of the last run
    std::vector<Sample> samples; ///< likewise

private:
    std::atomic<qint64> m_lastArrival = 0;
    std::atomic<int> m_requests = 0;
    std::atomic<int> m_before = 0; ///< of other runs
    std::atomic<qint64> m_stoppedAt = 0;
    std::stop_source m_stop;
    const ScriptedServer m_server;
};

} // namespace

/// The off-switch: after Stop no byte is sent later than 250 ms, whatever the run is doing. ROLLCALL_OFF_SWITCH_RUNS:
/// how many times it is pressed.
class OffSwitchTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lastByteWithin250Milliseconds()
    {
        const int runs = qEnvironmentVariable("ROLLCALL_OFF_SWITCH_RUNS", QStringLiteral("12")).toInt();
        Stopped stopped;
        Random random(1);
        qint64 latest = 0;
        qint64 longest = 0;
        int kept = 0;
        for (int i = 0; i < runs; ++i) {
            stopped.begin();
            std::thread presser([&] {
                // Pressed while answers come in: a busy machine takes its time until the first.
                const auto patience = std::chrono::steady_clock::now() + 20s;
                while (stopped.requests() < 20 && std::chrono::steady_clock::now() < patience)
                    std::this_thread::sleep_for(1ms);
                std::this_thread::sleep_for(std::chrono::milliseconds(30 + random.below(120)));
                stopped.press();
            });
            const AfterStop after = stopped.run(stopped.setup(i, false));
            presser.join();
            QCOMPARE(stopped.state.stopReason, StopReason::Cancelled);
            QVERIFY(!stopped.samples.empty());
            latest = std::max(latest, after.lastByteNs);
            longest = std::max(longest, after.endNs);
            kept += after.isInTime() ? 1 : 0;
        }
        std::printf("off-switch: %d of %d within 250 ms; last byte at most %.1f ms after Stop, the run ended after at "
                    "most %.1f ms\n",
                    kept, runs, static_cast<double>(latest) / 1e6, static_cast<double>(longest) / 1e6);
        QCOMPARE(kept, runs);
    }

    void inAPauseToo_data()
    {
        QTest::addColumn<bool>("byGuard");
        QTest::newRow("of whoever watches") << false;
        QTest::newRow("of a guard") << true;
    }
    void inAPauseToo()
    {
        QFETCH(const bool, byGuard);
        Stopped stopped(byGuard ? 5 : std::numeric_limits<int>::max());
        for (int i = 0; i < 4; ++i) {
            stopped.begin();
            std::atomic<bool> pause = false;
            const auto onState = [&](const RunRecord::State &state, const RunRecord &) {
                pause = !byGuard && state.samples > 5;
                const bool isPaused = byGuard ? steadyNs() < state.guardPauseUntilNs : state.paused;
                if (isPaused && !stopped.isPressed())
                    stopped.press();
            };
            const AfterStop after = stopped.run(stopped.setup(i, byGuard), onState, &pause);
            QCOMPARE(stopped.state.stopReason, StopReason::Cancelled);
            QVERIFY(!stopped.state.events.empty());
            QCOMPARE(stopped.state.events.front().rule,
                     byGuard ? QStringLiteral("pause") : QStringLiteral("user-pause"));
            QVERIFY2(after.isInTime(), qPrintable(QStringLiteral("last byte after %1 ms, run over after %2 ms")
                                                      .arg(after.lastByteNs / 1'000'000)
                                                      .arg(after.endNs / 1'000'000)));
        }
    }
};

QTEST_GUILESS_MAIN(OffSwitchTest)
#include "tst_OffSwitch.moc"
