#include <QtTest>

#include <QJsonDocument>

#include "core/probe/CsvWriter.h"
#include "core/probe/DocumentBuilder.h"
#include "core/probe/ProbeThread.h"
#include "core/probe/RunMeta.h"
#include "core/probe/SampleLog.h"
#include "core/probe/Verdicts.h"
#include "core/probe/ZigZag.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/TestPaths.h"
#include "tests/unit/probe/SchemaCheck.h"

using namespace rollcall::probe;
using rollcall::base::Call;
using rollcall::base::ErrorCode;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;

namespace {

struct Run
{
    RunDocument document;
    std::vector<Sample> samples;
};

/// A real run against a server that fails one request in ten.
Run measure()
{
    const ScriptedServer server([](const ScriptedServer::Request &request) {
        return request.index % 10 == 9 ? Reply::http(500, "oops") : Reply::http(200, R"({"user":{}})");
    });
    RunPlan plan;
    plan.routes = {QStringLiteral("/a"), QStringLiteral("/b")};
    plan.modes = *parseModes(QStringLiteral("proxy,route"));
    plan.samples = 40;
    plan.warmup = 1;
    plan.concurrency = 1;
    plan.guards = false;
    plan.seed = 99;
    plan.cookie = CookieChoice::Given;
    plan.cookieHeader = rollcall::base::SecretBytes(QByteArrayView("next-auth.session-token=very-secret"));
    plan.budgets = {*parseBudget(QStringLiteral("proxy.p50<10s")), *parseBudget(QStringLiteral("/b:route.p99<1ms"))};
    RunSetup setup = RunSetup::from(plan, true);
    setup.origin = server.url();
    for (RunCell &cell : setup.cells) {
        cell.request.url = server.url();
        cell.cookieSent = true;
    }
    DocumentBuilder builder(plan, setup);
    const rollcall::base::Instant at{std::chrono::seconds(1'700'000'000)};
    builder.begin(at, QStringLiteral("v4"), QStringLiteral("database"));
    Run run;
    const auto state = runProbe(setup, nullptr, Call::within(std::chrono::seconds(20)), run.samples, {});
    run.document = builder.finished(run.samples, state, at);
    return run;
}

RunDocument documentWith(qint64 lo, qint64 value, qint64 hi, qint64 ok = 1000, qint64 count = 1000)
{
    CellResult cell;
    cell.id = {QStringLiteral("/a"), ProbeMode::Proxy, {}};
    cell.count = count;
    cell.ok = ok;
    cell.response.quantiles[0] = value;
    if (lo > 0)
        cell.response.intervals[0] = Interval{lo, hi};
    RunDocument document;
    document.cells = {cell};
    return document;
}

} // namespace

class RunDocumentTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_run = measure(); }

    void keepsToItsSchema()
    {
        QFile file(rollcall::test::sourceFile(QStringLiteral("resources/schema/rollcall-latency-1.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject schema = QJsonDocument::fromJson(file.readAll()).object();
        const QJsonObject document = m_run.document.toObject();
        QCOMPARE(rollcall::test::schemaFaults(schema, document).join(QLatin1Char('\n')), QString());
        QCOMPARE(document.value(QStringLiteral("cells")).toArray().size(), 4);
        QCOMPARE(document.value(QStringLiteral("budgets")).toArray().size(), 3);
        RunDocument beside = m_run.document;
        beside.revocations = Revocations{
            1'000,
            250,
            {{RevokedBy::Row, ProbeMode::CachedMemory, 1, {{12.5, true}, {80, false}}},
             {RevokedBy::Row, ProbeMode::Proxy, 0, {}}}}; // of the latter nothing is known, and that stays so
        QCOMPARE(rollcall::test::schemaFaults(schema, beside.toObject()).join(QLatin1Char('\n')), QString());
        const auto read = RunDocument::fromJson(beside.toJson(), QStringLiteral("run.json"));
        QVERIFY(read.has_value() && read->revocations == beside.revocations);
        QCOMPARE(read->toJson(), beside.toJson());
        beside.revocations->intervalMs = 0; // what is not read is none of the schema's either
        beside.revocations->cells[0].watched[0].ms = 1e308;
        QCOMPARE(rollcall::test::schemaFaults(schema, beside.toObject()).size(), 2);
        // The check itself sees a wrong document.
        QJsonObject wrong = document;
        wrong.insert(QStringLiteral("stopReason"), QStringLiteral("boredom"));
        wrong.remove(QStringLiteral("guards"));
        QCOMPARE(rollcall::test::schemaFaults(schema, wrong).size(), 2);
    }
    void readsBackByteForByte()
    {
        const QByteArray json = m_run.document.toJson();
        const auto read = RunDocument::fromJson(json, QStringLiteral("run.json"));
        QVERIFY(read.has_value());
        QCOMPARE(read->toJson(), json);
        QVERIFY(json.endsWith("}\n"));
    }
    void digestsTellWhatWasTheSame()
    {
        RunPlan plan;
        plan.routes = {QStringLiteral("/a"), QStringLiteral("/b"), QStringLiteral("/c")};
        plan.modes = *parseModes(QStringLiteral("proxy,route"));
        plan.samples = 40;
        plan.seed = 7;
        const RunSetup setup = RunSetup::from(plan, true);
        QCOMPARE(orderDigest(setup, 40), orderDigest(RunSetup::from(plan, true), 40));
        QVERIFY(orderDigest(setup, 40) != orderDigest(setup, 39));
        plan.seed = 8;
        QVERIFY(orderDigest(setup, 40) != orderDigest(RunSetup::from(plan, true), 40));
        const QHostAddress one(QStringLiteral("192.0.2.1"));
        const QHostAddress two(QStringLiteral("2001:db8::2"));
        const QString host = QStringLiteral("a.example");
        QCOMPARE(addressDigest(host, {one, two}), addressDigest(QStringLiteral("A.example"), {two, one}));
        QVERIFY(addressDigest(host, {one, two}) != addressDigest(host, {one}));
        QVERIFY(addressDigest(host, {one}) != addressDigest(QStringLiteral("b.example"), {one}));
    }
    void holdsNoSecret()
    {
        QVERIFY(!m_run.document.toJson().contains("very-secret"));
        QVERIFY(!samplesAsCsv(m_run.document).contains("very-secret"));
    }
    void countsAddUp()
    {
        qint64 errors = 0;
        for (const CellResult &cell : m_run.document.cells) {
            QCOMPARE(cell.count, 40);
            for (const auto &[kind, number] : cell.errors) {
                QCOMPARE(kind, QStringLiteral("http_5xx"));
                errors += number;
                QCOMPARE(cell.ok + number, cell.count);
            }
            QVERIFY(cell.response == cell.service);
            QVERIFY(cell.response.quantiles[0] && cell.response.intervals[0]);
            QVERIFY(!cell.response.quantiles[3]); // 40 samples know nothing of p99
        }
        QVERIFY(errors >= 15 && errors <= 17);
    }
    void refusesWhatIsNoRunDocument_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("HTML") << QByteArray("<html>");
        QTest::newRow("array") << QByteArray("[]");
        QTest::newRow("other schema") << QByteArray(R"({"schema":"rollcall-latency/2"})");
        QTest::newRow("no cells") << QByteArray(R"({"schema":"rollcall-latency/1","meta":{},"plan":{}})");
        QByteArray broken = measure().document.toJson();
        QTest::newRow("wrong type") << broken.replace("\"count\": 40", "\"count\": \"40\"");
    }
    void refusesWhatIsNoRunDocument()
    {
        QFETCH(QByteArray, json);
        const auto read = RunDocument::fromJson(json, QStringLiteral("run.json"));
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::FileFormatInvalid);
        QCOMPARE(read.error().param(rollcall::base::ErrorParam::Path), QStringLiteral("run.json"));
    }

    void samplesBeyondAnyTimeAreRefused_data()
    {
        QTest::addColumn<qint64>("step");
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("a second") << qint64(1'000'000'000) << false;
        QTest::newRow("each in bounds, their sum not") << (qint64(1) << 61) << true;
        QTest::newRow("backwards") << -(qint64(1) << 61) << true;
    }
    void samplesBeyondAnyTimeAreRefused()
    {
        QFETCH(qint64, step);
        QFETCH(bool, isRefused);
        constexpr int count = 2;
        QByteArray bytes;
        for (int i = 0; i < count; ++i) {
            for (int column = 0; column < 15; ++column)
                appendZigZag(bytes, column == 2 ? step : 0);
        }
        QJsonObject log = samplesToJson(m_run.samples).toObject();
        log.insert(QStringLiteral("count"), count);
        log.insert(QStringLiteral("data"), QString::fromLatin1(qCompress(bytes).mid(4).toBase64()));
        const auto read = samplesFromJson(log, 1);
        QCOMPARE(!read, isRefused);
        if (isRefused)
            QCOMPARE(read.error().code, ErrorCode::FileFormatInvalid);
        else
            QCOMPARE(read->back().intendedNs, count * step);
    }

    void csvHasARowForEachCellAndSample()
    {
        const QList<QByteArray> cells = cellsAsCsv(m_run.document).split('\n');
        QCOMPARE(cells.size(), 6); // head, four, and nothing behind the last line end
        QCOMPARE(cells.at(1).count(','), cells.at(0).count(','));
        QVERIFY(cells.at(1).startsWith("/a,proxy,,given,reused,40,"));
        const QList<QByteArray> samples = samplesAsCsv(m_run.document).split('\n');
        QCOMPARE(samples.size(), 4 * 41 + 2);
        QCOMPARE(samples.at(1).count(','), 19);
    }
    void csvDefusesFormulas()
    {
        RunDocument document;
        CellResult cell;
        cell.id.route = QStringLiteral("=cmd,\"x\"");
        document.cells = {cell};
        QVERIFY(cellsAsCsv(document).contains("\n\"'=cmd,\"\"x\"\"\",local,"));
    }

    void verdicts_data()
    {
        QTest::addColumn<RunDocument>("document");
        QTest::addColumn<QString>("word");
        QTest::newRow("within") << documentWith(80, 90, 100) << QStringLiteral("Within budget");
        QTest::newRow("over") << documentWith(101, 110, 120) << QStringLiteral("Over budget");
        QTest::newRow("close") << documentWith(90, 99, 101) << QStringLiteral("Too close to call");
        QTest::newRow("few") << documentWith(0, 50, 0) << QStringLiteral("Not enough samples");
        QTest::newRow("fast but failing") << documentWith(80, 90, 100, 900) << QStringLiteral("Over budget");
        RunDocument stopped = documentWith(80, 90, 100);
        stopped.stopReason = StopReason::Guard;
        QTest::newRow("stopped") << stopped << QStringLiteral("Stopped for safety");
        stopped.stopReason = StopReason::Saturated;
        QTest::newRow("saturated") << stopped << QStringLiteral("Saturated");
    }
    void verdicts()
    {
        QFETCH(RunDocument, document);
        const auto results = judgeBudgets({*parseBudget(QStringLiteral("proxy.p50<100ns"))}, document);
        QCOMPARE(results.size(), 1U);
        QTEST(verdictWord(results.front().verdict), "word");
    }
    void missedBudgetsAreThree()
    {
        QVERIFY(isMissed(Verdict::Over, false) && isMissed(Verdict::Saturated, false));
        QVERIFY(isMissed(Verdict::StoppedForSafety, false) && !isMissed(Verdict::TooClose, false));
        QVERIFY(isMissed(Verdict::NotEnough, true) && !isMissed(Verdict::Within, true));
    }

private:
    Run m_run;
};

QTEST_GUILESS_MAIN(RunDocumentTest)
#include "tst_RunDocument.moc"
