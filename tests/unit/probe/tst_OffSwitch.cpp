#include <QtTest>

#include <atomic>
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

/// The off-switch: after Stop no byte is sent later than 250 ms, whatever the run is doing. ROLLCALL_OFF_SWITCH_RUNS:
/// how many times it is pressed.
class OffSwitchTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lastByteWithin250Milliseconds()
    {
        const int runs = qEnvironmentVariable("ROLLCALL_OFF_SWITCH_RUNS", QStringLiteral("12")).toInt();
        std::atomic<qint64> lastArrival = 0;
        std::atomic<int> requests = 0;
        const ScriptedServer server([&](const ScriptedServer::Request &) {
            lastArrival = steadyNs();
            const int number = ++requests;
            Reply reply = Reply::http(200, "ok");
            if (number % 40 == 0)
                reply.hang = true; // an answer that never ends must not hold the switch
            else if (number % 7 == 0)
                reply.delay = 30ms;
            return reply;
        });
        Random random(1);
        qint64 latest = 0;
        qint64 longest = 0;
        int kept = 0;
        for (int i = 0; i < runs; ++i) {
            RunPlan plan;
            plan.routes = {QStringLiteral("/")};
            plan.modes = *parseModes(QStringLiteral("route"));
            plan.duration = 60s;
            plan.guards = false;
            if (i % 2 == 0)
                plan.concurrency = 8;
            else
                plan.rate = 400;
            RunSetup setup = RunSetup::from(plan, true);
            setup.origin = server.url();
            setup.cells.front().request.url = server.url();
            std::stop_source stop;
            Call call;
            call.stop = stop.get_token();
            std::vector<Sample> samples;
            std::atomic<qint64> stoppedAt = 0;
            const int before = requests;
            std::thread presser([&] {
                // Pressed while answers come in: a busy machine takes its time until the first.
                const auto patience = std::chrono::steady_clock::now() + 20s;
                while (requests < before + 20 && std::chrono::steady_clock::now() < patience)
                    std::this_thread::sleep_for(1ms);
                std::this_thread::sleep_for(std::chrono::milliseconds(30 + random.below(120)));
                stoppedAt = steadyNs();
                stop.request_stop();
            });
            const auto state = runProbe(setup, nullptr, call, samples, {});
            const qint64 ended = steadyNs() - stoppedAt;
            presser.join();
            QCOMPARE(state.stopReason, StopReason::Cancelled);
            QVERIFY(!samples.empty());
            // What is still to arrive has until the next run to do so; that run's own requests come later.
            std::this_thread::sleep_for(300ms);
            const qint64 after = lastArrival - stoppedAt;
            latest = std::max(latest, after);
            longest = std::max(longest, ended);
            kept += after <= 250'000'000 && ended <= 250'000'000 ? 1 : 0;
        }
        std::printf("off-switch: %d of %d within 250 ms; last byte at most %.1f ms after Stop, the run ended after at "
                    "most %.1f ms\n",
                    kept, runs, static_cast<double>(latest) / 1e6, static_cast<double>(longest) / 1e6);
        QCOMPARE(kept, runs);
    }
};

QTEST_GUILESS_MAIN(OffSwitchTest)
#include "tst_OffSwitch.moc"
