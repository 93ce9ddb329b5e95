#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "tests/support/CtlProcess.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using namespace std::chrono_literals;
using test::CtlProcess;
using test::CtlResult;
using test::Reply;
using test::ScriptedServer;
using test::words;

namespace {

/// A server whose answers take about @p delay, half as long again now and then.
ScriptedServer slowServer(std::chrono::milliseconds delay)
{
    return ScriptedServer([delay](const ScriptedServer::Request &request) {
        Reply reply = Reply::http(200, "ok", "text/plain", "Server-Timing: db;dur=0.5\r\n");
        reply.delay = request.index % 7 == 0 ? delay * 3 / 2 : delay;
        return reply;
    });
}

} // namespace

/// `latency report` and `latency compare`: what becomes of saved runs.
class CtlReportTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const ScriptedServer slow = slowServer(120ms);
        const ScriptedServer fast = slowServer(4ms);
        m_slow = save(slow, QStringLiteral("slow.json"));
        m_fast = save(fast, QStringLiteral("fast.json"));
        QVERIFY(!m_slow.isEmpty() && !m_fast.isEmpty());
    }

    void everyForm_data()
    {
        QTest::addColumn<QString>("form");
        QTest::addColumn<QByteArray>("begins");
        QTest::addColumn<QByteArray>("contains");
        QTest::newRow("html") << "html" << QByteArray("<!doctype html>") << QByteArray("<svg ");
        QTest::newRow("csv") << "csv" << QByteArray("route,mode,cache,")
                             << QByteArray("\n/shop,route,,none,reused,40,40,");
        QTest::newRow("hdr") << "hdr" << QByteArray("#[") << QByteArray("\nTag=/shop%20route,");
        QTest::newRow("hgrm") << "hgrm" << QByteArray("#[Cell: /shop route") << QByteArray("1.000000000000         40");
        QTest::newRow("openmetrics") << "openmetrics" << QByteArray("# TYPE rollcall_session_seconds histogram")
                                     << QByteArray("le=\"+Inf\"} 40\n");
        QTest::newRow("markdown") << "markdown" << QByteArray("# Session latency")
                                  << QByteArray("| /shop route | 40 | ");
    }
    void everyForm()
    {
        QFETCH(QString, form);
        QFETCH(QByteArray, begins);
        QFETCH(QByteArray, contains);
        // As it is, whatever --format says.
        const CtlResult shown = m_ctl.run(QStringList{QStringLiteral("latency"), QStringLiteral("report"), m_slow,
                                                      QStringLiteral("--as"), form, QStringLiteral("--format=json")});
        QVERIFY2(shown.exitCode == 0 && shown.out.startsWith(begins) && shown.out.contains(contains),
                 shown.all().left(2000).constData());
        const QString path = m_ctl.folder() + QStringLiteral("/report.") + form;
        const CtlResult written =
            m_ctl.run(QStringList{QStringLiteral("latency"), QStringLiteral("report"), QStringLiteral("--as=") + form,
                                  QStringLiteral("--out"), path, m_slow});
        QVERIFY2(written.exitCode == 0 && written.out.isEmpty(), written.all().left(2000).constData());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), shown.out);
    }
    void samplesAreRows()
    {
        const CtlResult result = m_ctl.run(words("latency report --as csv --samples") << m_slow);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.out.count('\n'), 1 + 40 + 2); // head, samples, warm-up
        QVERIFY(result.out.startsWith("block,seq,cell,t_int_ns,"));
        const CtlResult html = m_ctl.run(words("latency report --as html --samples") << m_slow);
        QCOMPARE(html.exitCode, 2);
    }
    void readsFromStandardInput()
    {
        QFile file(m_slow);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const CtlResult result = m_ctl.run(words("latency report - --as markdown"), file.readAll());
        QVERIFY2(result.exitCode == 0 && result.out.startsWith("# Session"), result.all().constData());
    }

    void wrongFilesSayWhy_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("empty") << QByteArray() << QByteArray("not JSON");
        QTest::newRow("k6") << QByteArray("{\"metrics\":{\"http_req_duration\":{}}}")
                            << QByteArray("not a run document");
        QTest::newRow("half") << QByteArray("{\"schema\":\"rollcall-latency/1\"}") << QByteArray("\"meta\"");
    }
    void wrongFilesSayWhy()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, why);
        const QString path = m_ctl.writeFile(QStringLiteral("wrong.json"), content);
        for (const QStringList &command : {words("latency report --format json") << path,
                                           words("latency compare --format json") << m_slow << path}) {
            const CtlResult result = m_ctl.run(command);
            QVERIFY2(result.exitCode == 2 && result.errorCode() == QStringLiteral("FileFormatInvalid"),
                     result.all().constData());
            QVERIFY2(result.err.contains(why) && result.err.contains("wrong.json"), result.err.constData());
        }
        const CtlResult missing = m_ctl.run(words("latency report /nowhere.json"));
        QVERIFY2(missing.exitCode == 2 && missing.errorCode() == QStringLiteral("FileUnreadable"),
                 missing.all().constData());
        QCOMPARE(m_ctl.run(words("latency compare") << m_slow).exitCode, 2);
    }

    void comparesBAgainstA_data()
    {
        QTest::addColumn<bool>("swapped");
        QTest::addColumn<QString>("verdict");
        QTest::newRow("B is faster") << false << "faster";
        QTest::newRow("B is slower") << true << "slower";
    }
    void comparesBAgainstA()
    {
        QFETCH(bool, swapped);
        const QStringList files = swapped ? QStringList{m_fast, m_slow} : QStringList{m_slow, m_fast};
        const CtlResult result = m_ctl.run(words("latency compare") + files);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonArray cells = result.json().value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 1);
        const QJsonObject cell = cells.first().toObject();
        QCOMPARE(cell.value(QStringLiteral("route")).toString(), QStringLiteral("/shop"));
        QTEST(cell.value(QStringLiteral("verdict")).toString(), "verdict");
        const QJsonObject p50 = cell.value(QStringLiteral("p50")).toObject();
        const double ratio = p50.value(QStringLiteral("ratio")).toDouble();
        QVERIFY(p50.value(QStringLiteral("lo")).toDouble() <= ratio &&
                p50.value(QStringLiteral("hi")).toDouble() >= ratio);
        QVERIFY2(swapped ? ratio > 1.5 : ratio < 0.7, qPrintable(QString::number(ratio)));
        QVERIFY(cell.value(QStringLiteral("p99")).isNull()); // 40 samples bear no p99
    }
    void aRunDoesNotDifferFromItself()
    {
        const CtlResult json = m_ctl.run(words("latency compare") << m_slow << m_slow);
        const QJsonObject cell = json.json().value(QStringLiteral("cells")).toArray().first().toObject();
        QCOMPARE(cell.value(QStringLiteral("p50")).toObject().value(QStringLiteral("ratio")).toDouble(), 1.0);
        // On a busy machine the interval may be wide: then it says so, but no difference.
        const QString verdict = cell.value(QStringLiteral("verdict")).toString();
        QVERIFY2(verdict == QStringLiteral("same") || verdict == QStringLiteral("unclear"), json.all().constData());
        const CtlResult table = m_ctl.run(words("latency compare --format table") << m_slow << m_slow);
        QVERIFY2(table.exitCode == 0 && table.out.contains("1.000 ("), table.all().constData());
    }

    void otherToolsStandBeside()
    {
        const QString wrk = test::sourceFile(QStringLiteral("tests/data/foreign/wrk.txt"));
        const CtlResult result = m_ctl.run(words("latency import") << wrk << QStringLiteral("--beside") << m_slow);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonArray series = result.json().value(QStringLiteral("series")).toArray();
        QCOMPARE(series.size(), 2);
        QCOMPARE(series.at(0).toObject().value(QStringLiteral("tool")).toString(), QStringLiteral("wrk"));
        QCOMPARE(series.at(1).toObject().value(QStringLiteral("name")).toString(), QStringLiteral("/shop route"));
        QVERIFY(result.err.contains("Closed loop"));
        const CtlResult wrong = m_ctl.run(words("latency import") << m_slow);
        QVERIFY2(wrong.exitCode == 2 && wrong.errorCode() == QStringLiteral("FileFormatInvalid"),
                 wrong.all().constData());
    }

    void aRunWithoutSuccessIsNoSuccess_data()
    {
        QTest::addColumn<QStringList>("guards");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("a guard stopped it") << words("--guards on --rate 20") << 5;
        QTest::newRow("to the end") << words("--guards off --concurrency 2") << 1;
    }
    void aRunWithoutSuccessIsNoSuccess()
    {
        QFETCH(QStringList, guards);
        const ScriptedServer broken([](const ScriptedServer::Request &) { return Reply::http(500, "oops"); });
        const CtlResult result =
            m_ctl.run(words("latency run --route / --modes route --cookie none --samples 12 --warmup 0 --base-url")
                      << broken.url(QString()).toString() << guards);
        QTEST(result.exitCode, "exitCode");
        QVERIFY2(result.err.contains("no request succeeded (http_5xx)"), result.err.constData());
        QCOMPARE(result.json().value(QStringLiteral("schema")).toString(), QStringLiteral("rollcall-latency/1"));
        QCOMPARE(result.json().contains(QStringLiteral("error")), result.exitCode == 5);
    }

private:
    /// Measures @p server and saves the run; its path, empty where that failed.
    QString save(const ScriptedServer &server, const QString &name)
    {
        const QString path = m_ctl.folder() + QLatin1Char('/') + name;
        const CtlResult result = m_ctl.run(words("latency run --route /shop --modes route --cookie none --samples 40 "
                                                 "--warmup 2 --concurrency 1 --guards off --base-url")
                                           << server.url(QString()).toString() << QStringLiteral("--out") << path);
        if (result.exitCode != 0)
            qWarning("%s", result.all().constData());
        return result.exitCode == 0 ? path : QString();
    }

    CtlProcess m_ctl;
    QString m_slow;
    QString m_fast;
};

QTEST_GUILESS_MAIN(CtlReportTest)
#include "tst_CtlReport.moc"
