#include <QtTest>

#include <QTcpServer>

#include "tests/unit/probe/ProbeRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;
using rollcall::base::Call;
using std::chrono::milliseconds;

/// What requests of a run carry, and what becomes of the answers.
class ProbeRunnerAnswersTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(ProbeRunnerAnswersTest)
#include "tst_ProbeRunnerAnswers.moc"
