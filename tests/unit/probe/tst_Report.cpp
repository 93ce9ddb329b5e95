#include <QtTest>

#include <QJsonDocument>
#include <QXmlStreamReader>

#include <cmath>
#include <limits>

#include "core/probe/BlockBoxes.h"
#include "core/probe/CsvWriter.h"
#include "core/probe/HdrWriter.h"
#include "core/probe/Histogram.h"
#include "core/probe/HtmlReport.h"
#include "core/probe/MarkdownWriter.h"
#include "core/probe/OpenMetricsWriter.h"
#include "core/probe/Random.h"
#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"
#include "core/probe/RunComparison.h"
#include "core/probe/SampleLog.h"
#include "core/probe/ShiftFunction.h"

using namespace rollcall::probe;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;

namespace {

const QString hostile = QStringLiteral("/a%5Fb?<script>alert(1)</script>|`x`\"'&%1%2");

Sample sampleOf(int cell, int block, qint64 ns, Outcome outcome = Outcome::Ok)
{
    Sample sample;
    sample.cell = cell;
    sample.block = block;
    sample.intendedNs = block * qint64(1'000'000);
    sample.startNs = sample.intendedNs + 500;
    sample.endNs = sample.startNs + ns;
    sample.outcome = outcome;
    sample.status = outcome == Outcome::Ok ? 200 : 500;
    sample.phases.wait = ns / 2;
    sample.phases.receive = ns / 4;
    sample.phases.server = ns / 5;
    return sample;
}

/// A run of proxy and local on @p route, proxy about ten times as long, with one timeout.
RunDocument documentOf(const QString &route, int blocks = 400, double factor = 1)
{
    RunDocument document;
    document.meta = {{QStringLiteral("tool"), QStringLiteral("rollcall <test>")},
                     {QStringLiteral("startedAt"), QStringLiteral("2026-05-01T12:00:00.000Z")},
                     {QStringLiteral("elapsedNs"), 5e9}};
    document.plan = {{QStringLiteral("seed"), 5}, {QStringLiteral("timeoutMs"), 10'000}};
    const std::vector<CellId> ids{{route, ProbeMode::Proxy, {}}, {route, ProbeMode::Local, {}}};
    Random random(3);
    for (int block = 0; block < blocks; ++block) {
        const double noise = 1 + random.uniform();
        document.samples.push_back(sampleOf(0, block, static_cast<qint64>(10e6 * noise * factor)));
        document.samples.push_back(
            sampleOf(1, block, static_cast<qint64>(1e6 * noise * (0.9 + 0.2 * random.uniform()))));
    }
    document.samples.push_back(sampleOf(0, blocks, 77, Outcome::Timeout));
    document.samples.front().warmup = true;
    const auto byCell = measuredByCell(document.samples, ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        document.cells.push_back(summarise(ids[i], byCell[i], 10'000'000'000, 1));
        document.cells.back().cookie = QStringLiteral("none");
        document.cells.back().connection = QStringLiteral("reused");
    }
    document.comparisons.push_back(*compareMedians(ids[0], byCell[0], ids[1], byCell[1], true, 5));
    document.budgets.push_back(
        {*parseBudget(QStringLiteral("proxy.p50<100ms")), route, 15'000'000, Verdict::Within, {}});
    return document;
}

RunDocument reread(const RunDocument &document)
{
    const auto read = RunDocument::fromJson(document.toJson(), QStringLiteral("run.json"));
    if (!read)
        qWarning() << read.error().param(ErrorParam::Detail);
    return read.value_or(RunDocument{});
}

} // namespace

/// What becomes of a saved run: reports, files for other tools, comparisons; and documents that are wrong.
class ReportTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void samplesSurviveTheDocument()
    {
        const RunDocument document = documentOf(QStringLiteral("/a"));
        const RunDocument read = reread(document);
        QCOMPARE(read.samples.size(), document.samples.size());
        QCOMPARE(read.toJson(), document.toJson());
        QCOMPARE(samplesAsCsv(read), samplesAsCsv(document));
        const Sample &last = read.samples.back();
        QVERIFY(last.outcome == Outcome::Timeout && last.status == 500 && last.serviceNs() == 77);
        QVERIFY(read.samples.front().warmup && !last.warmup);
        QCOMPARE(*read.samples.front().phases.server, *document.samples.front().phases.server);
    }
    void stagesAndFirstsSurviveTheDocument()
    {
        RunDocument document = documentOf(QStringLiteral("/a"));
        Sample &local = document.samples[3];
        local.first = true;
        local.phases.execute = 700;
        local.phases.fetch = 20;
        local.phases.decode = 0; // none is not nothing
        document.cells[1].firsts = 1;
        document.cells[1].phases.connect = 12'000'000;
        document.cells[1].phases.execute = 700;
        const RunDocument read = reread(document);
        QCOMPARE(read.samples.size(), document.samples.size());
        QCOMPARE(read.toJson(), document.toJson());
        QVERIFY(read.samples[3].first && !read.samples[2].first);
        QVERIFY(read.samples[3].phases.execute == 700 && read.samples[3].phases.fetch == 20);
        QVERIFY(read.samples[3].phases.decode == 0 && !read.samples[2].phases.decode);
        QVERIFY(read.cells[1] == document.cells[1]);
        QVERIFY(samplesAsCsv(read).contains(",1,700,20,0\n"));
        const QByteArray html = asHtml(read);
        QVERIFY(html.contains("id=\"stages\"") && html.contains("12.0 ms"));
        QVERIFY(asMarkdown(read).contains("Stages of a look-up"));
        QVERIFY(!asHtml(documentOf(QStringLiteral("/a"))).contains("id=\"stages\""));
    }
    void differencesAreJudgedTogether()
    {
        // Each alone would be one; all ten are read together, and one of them is only just told.
        std::vector<Comparison> comparisons(10);
        for (std::size_t i = 0; i < comparisons.size(); ++i) {
            comparisons[i].lo = 1.01;
            comparisons[i].hi = 1.3;
            comparisons[i].p = i == 0 ? 0.0001 : 0.03;
        }
        comparisons.push_back({}); // without an interval there is no p either
        QVERIFY(comparisons[0].differs() && comparisons[1].differs());
        judgeTogether(comparisons);
        QVERIFY(comparisons[0].differs() && std::abs(*comparisons[0].p - 0.001) < 1e-12);
        QVERIFY(!comparisons[1].differs() && std::abs(*comparisons[1].p - 0.27) < 1e-12);
        QVERIFY(!comparisons[10].p && !comparisons[10].differs());
        RunDocument document = documentOf(QStringLiteral("/a"));
        document.comparisons = {comparisons[1]};
        document.comparisons.front().a.route = QStringLiteral("/a");
        const RunDocument read = reread(document);
        QVERIFY(read.comparisons.front() == document.comparisons.front());
        QVERIFY(asMarkdown(read).contains("judged together"));
    }
    void runsAreJudgedTogether()
    {
        // One cell that is a little slower, once alone and once among many that are the same.
        RunDocument a = documentOf(QStringLiteral("/a"));
        a.cells.resize(1);
        a.samples.clear();
        Distribution &before = a.cells.front().response;
        before.quantiles[0] = 100'000'000;
        before.intervals[0] = Interval{94'000'000, 106'000'000};
        RunDocument b = a;
        b.cells.front().response.quantiles[0] = 110'000'000;
        b.cells.front().response.intervals[0] = Interval{104'000'000, 116'000'000};
        QCOMPARE(compareRuns(a, b).cells.front().verdict, RunVerdict::Slower);
        for (int i = 0; i < 9; ++i) {
            a.cells.push_back(a.cells.front());
            a.cells.back().id.route = QStringLiteral("/%1").arg(i);
            b.cells.push_back(a.cells.back());
        }
        const RunComparison comparison = compareRuns(a, b);
        QCOMPARE(comparison.cells.size(), 10U);
        QCOMPARE(comparison.cells.front().verdict, RunVerdict::Unclear);
        QVERIFY(comparison.cells.front().note.contains(QStringLiteral("together")));
    }
    void aLevelThatWandersIsNoBasisForSmallDifferences()
    {
        // Both runs swing by a third between their parts: what lies between the two says little.
        const auto swinging = [](double factor) {
            RunDocument document = documentOf(QStringLiteral("/a"), 400, factor);
            for (Sample &sample : document.samples) {
                if (sample.outcome == Outcome::Ok && sample.block / 50 % 2 == 1)
                    sample.endNs = sample.startNs + sample.serviceNs() * 4 / 3;
            }
            return document; // its figures are those of before: their intervals do not know
        };
        QCOMPARE(compareRuns(documentOf(QStringLiteral("/a")), documentOf(QStringLiteral("/a"), 400, 1.33))
                     .cells.front()
                     .verdict,
                 RunVerdict::Slower);
        const RunCellComparison proxy = compareRuns(swinging(1), swinging(1.33)).cells.front();
        QCOMPARE(proxy.verdict, RunVerdict::Unclear);
        QVERIFY(*proxy.p50->lo < 1);
    }
    void noSamplesAreNull()
    {
        QVERIFY(samplesToJson({}).isNull());
        const std::vector<Sample> many(mostLoggedSamples + 1);
        QVERIFY(samplesToJson(many).isNull());
        RunDocument document = documentOf(QStringLiteral("/a"));
        document.samples.clear();
        QVERIFY(reread(document).samples.empty());
        QVERIFY(asHtml(document).contains("no single samples"));
    }

    void wrongDocumentsSayWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("detail");
        const RunDocument document = documentOf(QStringLiteral("/a"));
        const auto with = [&](const std::function<void(QJsonObject &)> &change) {
            QJsonObject object = document.toObject();
            change(object);
            return QJsonDocument(object).toJson();
        };
        const auto withCell = [&](const QString &key, const QJsonValue &value) {
            return with([&](QJsonObject &object) {
                QJsonArray cells = object.value(QStringLiteral("cells")).toArray();
                QJsonObject cell = cells.at(0).toObject();
                cell.insert(key, value);
                cells.replace(0, cell);
                object.insert(QStringLiteral("cells"), cells);
            });
        };
        const auto withSamples = [&](const QString &key, const QJsonValue &value) {
            return with([&](QJsonObject &object) {
                QJsonObject samples = object.value(QStringLiteral("samples")).toObject();
                samples.insert(key, value);
                object.insert(QStringLiteral("samples"), samples);
            });
        };
        QTest::newRow("empty") << QByteArray() << QStringLiteral("not JSON");
        QTest::newRow("cut") << document.toJson().left(500) << QStringLiteral("not JSON");
        QTest::newRow("a list") << QByteArray("[]") << QStringLiteral("not a JSON object");
        QTest::newRow("another") << QByteArray("{\"metrics\":{}}") << QStringLiteral("not a run document");
        QTest::newRow("a later version") << with([](QJsonObject &object) {
            object.insert(QStringLiteral("schema"), QStringLiteral("rollcall-latency/2"));
        }) << QStringLiteral("this version reads rollcall-latency/1");
        QTest::newRow("no cells") << with([](QJsonObject &object) { object.remove(QStringLiteral("cells")); })
                                  << QStringLiteral("\"cells\"");
        QTest::newRow("count of text") << withCell(QStringLiteral("count"), QStringLiteral("x"))
                                       << QStringLiteral("cells[0].count");
        QTest::newRow("mode") << withCell(QStringLiteral("mode"), QStringLiteral("x"))
                              << QStringLiteral("cells[0].mode");
        QTest::newRow("cache") << withCell(QStringLiteral("cache"), QStringLiteral("hit"))
                               << QStringLiteral("does not fit its mode");
        QTest::newRow("more ok than all")
            << withCell(QStringLiteral("ok"), 100'000) << QStringLiteral("contradict each other");
        QTest::newRow("twice") << withCell(QStringLiteral("mode"), QStringLiteral("local"))
                               << QStringLiteral("is there twice");
        QTest::newRow("histogram") << withCell(QStringLiteral("hist"),
                                               QJsonObject{{QStringLiteral("counts"), QStringLiteral("%%")}})
                                   << QStringLiteral("\"hist\" cannot be read");
        QTest::newRow("histogram of another")
            << withCell(QStringLiteral("hist"), QJsonObject{{QStringLiteral("counts"), QStringLiteral("Ag==")}})
            << QStringLiteral("does not hold as many");
        QTest::newRow("revocations") << with([](QJsonObject &object) {
            object.insert(QStringLiteral("revocations"), QJsonObject{{QStringLiteral("cacheTtlMs"), 5}});
        }) << QStringLiteral("revocations.intervalMs");
        QTest::newRow("revocations of a negative time") << with([](QJsonObject &object) {
            Revocations revocations{5, 5, {{RevokedBy::Nothing, ProbeMode::Proxy, 1, {{-1, true}}}}};
            object.insert(QStringLiteral("revocations"), revocations.toJson());
        }) << QStringLiteral("revocations.cells[0].watched[0].ms");
        const auto withTrials = [&](const std::vector<RevocationCell> &cells) {
            return with([&](QJsonObject &object) {
                object.insert(QStringLiteral("revocations"), Revocations{5, 5, cells}.toJson());
            });
        };
        const auto trials = [](RevokedBy by, int count) {
            return RevocationCell{by, ProbeMode::Proxy, count,
                                  std::vector<Watched>(static_cast<std::size_t>(count), {1, true})};
        };
        QTest::newRow("revocations, more than are ever tried")
            << withTrials({trials(RevokedBy::Nothing, 1'001)}) << QStringLiteral("revocations.cells[0].watched");
        QTest::newRow("revocations, one way twice")
            << withTrials({trials(RevokedBy::Nothing, 1), trials(RevokedBy::Row, 1), trials(RevokedBy::Nothing, 2)})
            << QStringLiteral("revocations.cells[2].mode");
        const auto withTrial = [&](const QString &key, const QJsonValue &value) {
            return with([&](QJsonObject &object) {
                QJsonObject cell = Revocations{5, 5, {trials(RevokedBy::Row, 1)}}
                                       .toJson()
                                       .value(QStringLiteral("cells"))
                                       .toArray()
                                       .first()
                                       .toObject();
                cell.insert(key, value);
                object.insert(QStringLiteral("revocations"), QJsonObject{{QStringLiteral("cacheTtlMs"), 5},
                                                                         {QStringLiteral("intervalMs"), 5},
                                                                         {QStringLiteral("cells"), QJsonArray{cell}}});
            });
        };
        QTest::newRow("revocations by what is not known")
            << withTrial(QStringLiteral("strategy"), QStringLiteral("<b>any</b>"))
            << QStringLiteral("revocations.cells[0].strategy");
        QTest::newRow("revocations, more carried through than watched")
            << withTrial(QStringLiteral("trials"), 2) << QStringLiteral("revocations.cells[0].trials");
        QTest::newRow("revocations, trials beyond an int")
            << withTrial(QStringLiteral("trials"), qint64{1} << 32) << QStringLiteral("revocations.cells[0].trials");
        QTest::newRow("revocations, fewer than none")
            << withTrial(QStringLiteral("trials"), -1) << QStringLiteral("revocations.cells[0].trials");
        QTest::newRow("revocations that outlive everything")
            << withTrials({{RevokedBy::Row, ProbeMode::Proxy, 1, {{1e308, true}}}})
            << QStringLiteral("revocations.cells[0].watched[0].ms");
        QTest::newRow("samples, count") << withSamples(QStringLiteral("count"), -1) << QStringLiteral("no number");
        QTest::newRow("samples, too few") << withSamples(QStringLiteral("count"), 3) << QStringLiteral("3 samples");
        QTest::newRow("samples, columns")
            << withSamples(QStringLiteral("columns"), QJsonArray{}) << QStringLiteral("columns");
        QTest::newRow("samples, no base64")
            << withSamples(QStringLiteral("data"), QStringLiteral("%%")) << QStringLiteral("base64");
        QTest::newRow("samples, no stream")
            << withSamples(QStringLiteral("data"), QStringLiteral("AAAA")) << QStringLiteral("deflated");
        QTest::newRow("samples of a bomb")
            << withSamples(QStringLiteral("data"),
                           QString::fromLatin1(qCompress(QByteArray(50'000'000, 'a')).mid(4).toBase64()))
            << QStringLiteral("deflated");
        QByteArray negative = qCompress(QByteArray(801 * 15, '\x01'));
        QTest::newRow("samples of no cell")
            << withSamples(QStringLiteral("data"), QString::fromLatin1(negative.mid(4).toBase64()))
            << QStringLiteral("out of range");
        RunDocument far = document;
        far.samples.resize(2);
        far.samples[0].warmup = false;
        far.samples[1].block = std::numeric_limits<int>::max();
        QTest::newRow("samples of a block that no run reaches")
            << far.toJson() << QStringLiteral("sample 2 is said to be of block 2147483647");
    }
    void wrongDocumentsSayWhatIsWrong()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, detail);
        const auto read = RunDocument::fromJson(json, QStringLiteral("run.json"));
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().code, ErrorCode::FileFormatInvalid);
        QVERIFY2(read.error().param(ErrorParam::Detail).contains(detail),
                 qPrintable(read.error().param(ErrorParam::Detail)));
    }

    void htmlIsWholeAndEscaped()
    {
        const QByteArray html = asHtml(documentOf(hostile));
        QVERIFY(!html.contains("<script"));
        QVERIFY(html.contains("&lt;script&gt;"));
        for (const char *fetching : {"http://", "https://", "url(", "src=", "@import", "<link", "javascript:"})
            QVERIFY2(!html.contains(fetching), fetching);
        // Routes, percentiles, boxes, shift, time (two cells), phases: local has no phases.
        QCOMPARE(html.count("<svg "), 7);
        QVERIFY(html.contains("prefers-color-scheme"));
        QVERIFY(html.contains("Within budget"));
        QVERIFY(html.contains("≥ 10.0 s"));
        QVERIFY(html.contains("plan.seed"));
        // Well formed but for the void elements of HTML: every tag is closed, every attribute quoted.
        QByteArray body = html.mid(html.indexOf("<main>"));
        body.truncate(body.indexOf("</body>"));
        QXmlStreamReader reader(body);
        while (!reader.atEnd())
            reader.readNext();
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    }
    void partsOfTheRunHaveABoxEach()
    {
        const QString route = QStringLiteral("/a");
        RunDocument document = documentOf(route);
        for (Sample &sample : document.samples) {
            if (sample.cell == 1 && sample.block >= 200)
                sample.endNs = sample.startNs + 3 * sample.serviceNs(); // the second half of local is another level
        }
        const ReportChart chart = blocksChart(document, route);
        // 400 measured times bear five parts with whiskers, of two modes each.
        QCOMPARE(chart.rows.size(), 10U);
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"box m-local\"")), 5);
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"box m-proxy\"")), 5);
        QCOMPARE(chart.rows.front().first(), QStringLiteral("1–80"));
        for (const QStringList &row : chart.rows) {
            QCOMPARE(row.size(), chart.head.size());
            QVERIFY2(!row.join(QString()).contains(QStringLiteral("needs")), qPrintable(row.join(u' ')));
        }
        QVERIFY2(chart.sentence.contains(QStringLiteral("/a local 1.5")) &&
                     chart.sentence.contains(QRegularExpression(QStringLiteral("local 1\\.\\d+ ms to 4\\.\\d+ ms"))),
                 qPrintable(chart.sentence));
        // Of few times no more is shown than they bear, and a whisker that ends among timeouts stays open.
        const ReportChart few = blocksChart(documentOf(route, 30), route);
        QVERIFY(few.sentence.contains(QStringLiteral("samples enough")));
        QVERIFY(few.rows.front().contains(QStringLiteral("needs n 72")));
        for (Sample &sample : document.samples) {
            if (sample.cell == 0 && sample.block % 10 == 0)
                sample.outcome = Outcome::Timeout;
        }
        const ReportChart open = blocksChart(document, route);
        QVERIFY2(open.sentence.contains(QStringLiteral("open where")), qPrintable(open.sentence));
        QVERIFY2(open.rows.front().last() == QStringLiteral("≥ 10.0 s"), qPrintable(open.rows.front().join(u' ')));
        document.samples.clear();
        QVERIFY(blocksChart(document, route).svg.isEmpty() && !blocksChart(document, route).sentence.isEmpty());
    }
    void tipsKeepRoutesAsTheyAre()
    {
        const QString route = QStringLiteral("/a%2Fb%1");
        const ReportChart chart = blocksChart(documentOf(route), route);
        const QRegularExpression tip(QStringLiteral("<title>/a%2Fb%1 local: median 1\\.\\d\\d ms, n 80</title>"));
        QCOMPARE(chart.svg.count(tip), 5);
        QVERIFY2(chart.sentence.contains(QStringLiteral("Medians over 5 parts of the run: /a%2Fb%1 proxy ")),
                 qPrintable(chart.sentence));
    }
    void blocksHoweverFarApartHaveBoxes()
    {
        // Not from a document, which is refused: as the report and the window's chart share them, they stand alone.
        RunDocument document = documentOf(QStringLiteral("/a"), 10);
        document.samples.back().block = std::numeric_limits<int>::max();
        const BlockBoxes boxes = blockBoxes(document, QStringLiteral("/a"));
        QVERIFY(!boxes.groups.empty());
        QCOMPARE(boxes.groups.front().first, 0);
        QCOMPARE(boxes.groups.back().last, std::numeric_limits<int>::max());
        QCOMPARE(boxes.groups.front().boxes[1].n, 10);
        QCOMPARE(boxes.groups.back().boxes[0].n, 1);
    }
    void revokedSessionsFadeBesideTheRun()
    {
        RunDocument document = documentOf(QStringLiteral("/a"));
        QVERIFY(!asHtml(document).contains("id=\"revocations\""));
        Revocations revocations{1'000, 50, {}};
        RevocationCell cached{RevokedBy::Row, ProbeMode::CachedMemory, 18, {}};
        for (int i = 0; i < 20; ++i)
            cached.watched.push_back({50.0 * i, i < 18});
        RevocationCell jwt{RevokedBy::Nothing, ProbeMode::Proxy, 3, {{2'000, false}, {2'000, false}, {2'000, false}}};
        const RevocationCell rule{RevokedBy::Rule, ProbeMode::Proxy, 1, {{1'500, true}}};
        revocations.cells = {cached, rule, jwt};
        document.revocations = revocations;
        const ReportChart chart = revocationChart(revocations);
        QVERIFY2(chart.sentence.contains(QStringLiteral("cached-memory (database): half of the sessions are refused "
                                                        "after 450 ms, 95 of 100 after ≥ 950 ms (n 20, of which 18 "
                                                        "have ended); against the model")),
                 qPrintable(chart.sentence));
        QVERIFY2(chart.sentence.contains(QRegularExpression(QStringLiteral(
                     "median −5.3.% \\(95 % CI [−+]\\d.* to \\+\\d.*\\), p95 ≥ \\+0.3.% \\(95 % CI .* or more\\)\\."))),
                 qPrintable(chart.sentence));
        QVERIFY2(
            chart.sentence.contains(QStringLiteral("proxy (jwt): half of the sessions are refused after ≥ 2.00 s")),
            qPrintable(chart.sentence));
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"curve m-proxy\"")), 2); // and its legend
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"curve m-proxy again-1\"")), 2);
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"band m-cached-memory\"")), 1);
        QVERIFY(chart.svg.contains(QStringLiteral("TTL 1.00 s")));
        // Its table: the method's times, each step, the end; of the other nothing after 2 s.
        const auto rowsOf = [&chart](const char *name) {
            return std::ranges::count(chart.rows, QString::fromLatin1(name),
                                      [](const QStringList &row) { return row[0]; });
        };
        QCOMPARE(rowsOf("cached-memory (database)"), 18 + 4); // with 950 ms, 1 s, 2 s and 5 s
        QCOMPARE(rowsOf("proxy (jwt)"), 4);
        QCOMPARE(rowsOf("proxy (jwt-not-before)"), 5); // with 1.5 s
        // Asked only four times in a time to live, nothing is said of the model but why.
        revocations.intervalMs = 250;
        const QString rarely = revocationChart(revocations).sentence;
        QVERIFY2(rarely.contains(QStringLiteral("; asked every 250 ms, too rarely to be held against the model of a "
                                                "cache: its own steps would show unless they are of 50.0 ms at most")),
                 qPrintable(rarely));
        QVERIFY(!rarely.contains(QStringLiteral("against the model of a cache that is asked as often")));
        QCOMPARE(chart.rows.back().mid(1, 2),
                 (QStringList{QStringLiteral("5.00 s"), QStringLiteral("not watched so long")}));
        const QByteArray html = asHtml(reread(document));
        QVERIFY(html.contains("id=\"revocations\"") && html.contains("svg .curve.m-cached-memory{"));
        QVERIFY(asMarkdown(document).contains("## Revocations"));
    }
    void waysOfRevokingAreToldApartWithinAMode()
    {
        const std::vector<Watched> refused(5, {500, true});
        const std::vector<Watched> accepted(5, {2'000, false});
        const Revocations revocations{1'000,
                                      10,
                                      {{RevokedBy::Nothing, ProbeMode::Proxy, 5, accepted},
                                       {RevokedBy::Nothing, ProbeMode::Local, 0, {}},
                                       {RevokedBy::Rule, ProbeMode::Proxy, 5, refused}}};
        const ReportChart chart = revocationChart(revocations);
        for (const char *name : {">proxy (jwt)</text>", ">proxy (jwt-not-before)</text>"})
            QVERIFY2(chart.svg.contains(QLatin1String(name)), qPrintable(chart.svg));
        // Each as a line and in the legend; the second's mark is hollow.
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"curve m-proxy\"")), 2);
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"curve m-proxy again-1\"")), 2);
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"fill m-proxy\"")), 1);
        QCOMPARE(chart.svg.count(QStringLiteral("class=\"fill m-proxy hollow\"")), 1);
        QVERIFY(asHtml(documentOf(QStringLiteral("/a"))).contains("svg .curve.again-1{stroke-dasharray:"));
        // What nothing is known of is said and not drawn.
        QVERIFY(!chart.svg.contains(QStringLiteral("m-local")));
        QVERIFY2(chart.sentence.contains(QStringLiteral("local (jwt): nothing is known")), qPrintable(chart.sentence));
        const ReportChart none = revocationChart({1'000, 10, {revocations.cells[1]}});
        QVERIFY(none.svg.isEmpty() && none.rows.empty() && none.sentence.contains(QStringLiteral("nothing is known")));
    }
    void aModeHasOneMarkAndTheTableHasAllCells()
    {
        RunDocument document = documentOf(QStringLiteral("/a"));
        const auto drawn = [&document] {
            return std::pair(dumbbellChart(document).svg,
                             percentileChart(document, document.cells.front().id.route).svg);
        };
        const auto before = drawn();
        const qsizetype rows = static_cast<qsizetype>(dumbbellChart(document).rows.size());
        CellResult cold = document.cells.front();
        cold.id.cold = true;
        cold.connection = QStringLiteral("cold");
        CellResult stranger = document.cells.front();
        stranger.id.cookie = CookieState::Garbage;
        document.cells.push_back(cold);
        document.cells.push_back(stranger);
        QCOMPARE(drawn(), before);
        QCOMPARE(static_cast<qsizetype>(dumbbellChart(document).rows.size()), rows + 2);
        QVERIFY(std::any_of(document.cells.begin(), document.cells.end(), [](const CellResult &cell) {
            return cellName(cell.id).endsWith(QStringLiteral(", cold"));
        }));
    }

    void sentencesKeepRoutesAsTheyAre()
    {
        const QString all = verdictSentences(documentOf(hostile)).join(QLatin1Char('\n'));
        QVERIFY2(all.contains(hostile), qPrintable(all));
        QVERIFY2(all.contains(QStringLiteral("faster than proxy")), qPrintable(all));
        QVERIFY2(all.contains(QStringLiteral("1 of ")), qPrintable(all));
    }
    void indicationsAndPopulationsAreSaid()
    {
        const QString route = QStringLiteral("/a");
        RunDocument document = documentOf(route);
        const auto said = [&document](const char *words) {
            return verdictSentences(document).join(QLatin1Char('\n')).contains(QLatin1String(words));
        };
        QVERIFY(!said("populations") && !said("indicative")); // the timeout alone is none
        QVERIFY(verdictSentences(documentOf(route, 15)).join(QLatin1Char('\n')).contains(QLatin1String("indicative")));
        QVERIFY(document.cells[0].response.effective.has_value());
        QVERIFY(asHtml(document).contains("indicative")); // its p99: 400 samples are fewer than 500
        QVERIFY(asMarkdown(document).contains(", indicative"));
        QVERIFY(!asHtml(documentOf(route, 900)).contains("<br/>indicative"));

        std::vector<Sample> samples;
        for (int block = 0; block < 480; ++block)
            samples.push_back(sampleOf(0, block, block % 24 == 7 ? 1'900'000'000 : 38'000'000));
        // Timeouts are neither of them, however many.
        for (int block = 480; block < 520; ++block) {
            samples.push_back(sampleOf(0, block, 10'000'000'000));
            samples.back().outcome = Outcome::Timeout;
        }
        document.cells[0] = summarise(document.cells[0].id, samples, 10'000'000'000, 1);
        const QString all = verdictSentences(document).join(QLatin1Char('\n'));
        QVERIFY2(all.contains(QStringLiteral("/a proxy has two populations: 96\u00a0% around 38.0 ms, 4.2\u00a0% (20) "
                                             "around 1.90 s.")),
                 qPrintable(all));
        // And it survives being saved.
        const RunDocument read = reread(document);
        QVERIFY(read.cells[0].response == document.cells[0].response);
        QCOMPARE(read.cells[0].response.slow->count, 20);
        const QByteArray html = asHtml(document);
        QVERIFY(html.contains("two populations"));
        // What an earlier version wrote has neither.
        QJsonObject old = document.toObject();
        QJsonArray cells = old.value(QStringLiteral("cells")).toArray();
        for (qsizetype i = 0; i < cells.size(); ++i) {
            QJsonObject cell = cells.at(i).toObject();
            for (const QString &kind : {QStringLiteral("response"), QStringLiteral("service")}) {
                QJsonObject times = cell.value(kind).toObject();
                times.remove(QStringLiteral("effective"));
                times.remove(QStringLiteral("slow"));
                cell.insert(kind, times);
            }
            cells[i] = cell;
        }
        old.insert(QStringLiteral("cells"), cells);
        const auto earlier = RunDocument::fromJson(QJsonDocument(old).toJson(), QStringLiteral("old.json"));
        QVERIFY(earlier && !earlier->cells[0].response.effective && !earlier->cells[0].response.slow);
    }
    void markdownCannotBeBrokenOutOf()
    {
        const QByteArray text = asMarkdown(documentOf(hostile));
        QVERIFY(!text.contains("<script") && !text.contains("|`x`"));
        // The rows of the cells' table have the columns of its head.
        const QList<QByteArray> lines = text.split('\n');
        const auto head = std::find_if(lines.begin(), lines.end(),
                                       [](const QByteArray &line) { return line.startsWith("| cell | count"); });
        QVERIFY(head != lines.end());
        QCOMPARE((head + 2)->count('|'), head->count('|'));
        QVERIFY(text.contains("≥ 10.0 s"));
    }
    void openMetricsAddUp()
    {
        const QByteArray text = asOpenMetrics(documentOf(QStringLiteral("/a\"\\\n")));
        QVERIFY(text.endsWith("# EOF\n"));
        QVERIFY(text.contains("route=\"/a\\\"\\\\\\n\""));
        QVERIFY(text.contains("_bucket{route=\"/a\\\"\\\\\\n\",mode=\"local\",cookie=\"none\",le=\"0.005\"} 400"));
        QVERIFY(text.contains("mode=\"proxy\",cookie=\"none\",le=\"+Inf\"} 400")); // 399 ok and a timeout
        QVERIFY(text.contains("rollcall_failed_requests{"));
        quint64 before = 0;
        for (const QByteArray &line : text.split('\n')) {
            if (!line.contains("mode=\"proxy\"") || !line.startsWith("rollcall_session_seconds_bucket"))
                continue;
            const quint64 count = line.mid(line.lastIndexOf(' ')).trimmed().toULongLong();
            QVERIFY2(count >= before, line.constData());
            before = count;
        }
    }
    void hdrLogHoldsEveryCell()
    {
        RunDocument document = documentOf(QStringLiteral("/a,b c"));
        document.meta.insert(QStringLiteral("pausedNs"), 1e9);
        const QList<QByteArray> lines = asHdrLog(document).trimmed().split('\n');
        QCOMPARE(lines.size(), 6); // three comments, the legend, two cells
        for (int i : {4, 5}) {
            const QList<QByteArray> fields = lines.at(i).split(',');
            QCOMPARE(fields.size(), 5);
            QVERIFY(fields.at(0).startsWith("Tag=/a%2Cb%20c%20"));
            QCOMPARE(fields.at(1), QByteArray("1777636800.000"));
            QCOMPARE(fields.at(2), QByteArray("4.000")); // in which the values came: without the pause
            QVERIFY(fields.at(4).startsWith("HISTFAAA"));
        }
    }
    void percentileTextEndsWithItsTotals()
    {
        const QByteArray text = asPercentileText(documentOf(QStringLiteral("/a")));
        QCOMPARE(text.count("       Value     Percentile TotalCount 1/(1-Percentile)\n"), 2);
        QCOMPARE(text.count("1.000000000000        400\n"), 2);
        QVERIFY(text.contains("Total count    =          400]"));
    }

    /// Halves go up as hdr-histogram-js writes them (Intl.NumberFormat), also where the number is a little less.
    void percentileTextRoundsAsItsReadersDo()
    {
        const auto meanOf = [](qint64 one, qint64 other) {
            RunDocument document = documentOf(QStringLiteral("/a"), 20);
            std::vector<Sample> samples{sampleOf(0, 0, one - 500), sampleOf(0, 1, other - 500)};
            document.cells = {summarise({QStringLiteral("/a"), ProbeMode::Proxy, {}}, samples, 0, 1)};
            const QByteArray text = asPercentileText(document);
            const qsizetype at = text.indexOf("#[Mean    =") + 11;
            return text.sliced(at, text.indexOf(',', at) - at).trimmed();
        };
        QCOMPARE(meanOf(1124, 1125), QByteArray("1.125"));
        QCOMPARE(meanOf(1002, 1003), QByteArray("1.003"));
        QCOMPARE(meanOf(1998, 2001), QByteArray("2.000"));
        QCOMPARE(meanOf(999, 1001), QByteArray("1.000"));
    }

    void runsAreCompared_data()
    {
        QTest::addColumn<double>("factor");
        QTest::addColumn<int>("blocks");
        QTest::addColumn<RunVerdict>("verdict");
        QTest::newRow("the same") << 1.0 << 400 << RunVerdict::Same;
        QTest::newRow("twice as long") << 2.0 << 400 << RunVerdict::Slower;
        QTest::newRow("half") << 0.5 << 400 << RunVerdict::Faster;
        QTest::newRow("a third more") << 1.33 << 400 << RunVerdict::Slower;
        QTest::newRow("too few") << 1.0 << 4 << RunVerdict::Unclear;
        QTest::newRow("too wide") << 1.3 << 20 << RunVerdict::Unclear;
    }
    void runsAreCompared()
    {
        QFETCH(double, factor);
        QFETCH(int, blocks);
        const RunDocument a = documentOf(QStringLiteral("/a"));
        const RunDocument b = documentOf(QStringLiteral("/a"), blocks, factor);
        const RunComparison comparison = compareRuns(a, b);
        QCOMPARE(comparison.cells.size(), 2U);
        const RunCellComparison &proxy = comparison.cells.front();
        QTEST(proxy.verdict, "verdict");
        QCOMPARE(proxy.note.isEmpty(), proxy.verdict != RunVerdict::Unclear);
        QVERIFY(proxy.p50.has_value());
        QVERIFY2(blocks < 400 || std::abs(proxy.p50->ratio / factor - 1) < 0.05,
                 qPrintable(QString::number(proxy.p50->ratio)));
    }
    void runsWithoutBasisAreUnclear()
    {
        const RunDocument a = documentOf(QStringLiteral("/a"));
        RunDocument stopped = documentOf(QStringLiteral("/a"), 400, 3);
        stopped.stopReason = StopReason::Guard;
        QCOMPARE(compareRuns(a, stopped).cells.front().verdict, RunVerdict::Unclear);
        RunDocument failing = documentOf(QStringLiteral("/a"), 400, 0.3);
        failing.cells.front().count += 100; // of 500 a fifth failed: fast, but no answer
        QCOMPARE(compareRuns(a, failing).cells.front().verdict, RunVerdict::Unclear);
        const RunComparison other = compareRuns(a, documentOf(QStringLiteral("/b")));
        QVERIFY(other.cells.empty() && other.onlyInA.size() == 2 && other.onlyInB.size() == 2);
    }
    void ratioJoinsBothIntervals()
    {
        const RatioInterval ratio = ratioOf(100, Interval{50, 200}, 300, Interval{150, 600});
        QCOMPARE(ratio.ratio, 3.0);
        const double half = std::exp(std::hypot(std::log(2), std::log(2)));
        QVERIFY(std::abs(*ratio.lo - 3 / half) < 1e-9 && std::abs(*ratio.hi - 3 * half) < 1e-9);
        QVERIFY(!ratioOf(100, {}, 300, Interval{150, 600}).lo.has_value());
    }

    void shiftFollowsAKnownChange()
    {
        // B is A but for its upper fifth, which takes three times as long.
        std::vector<Sample> a;
        std::vector<Sample> b;
        Random random(11);
        for (int block = 0; block < 800; ++block) {
            const auto time = static_cast<qint64>(1e6 * (1 + random.uniform()));
            a.push_back(sampleOf(0, block, time < 1'800'000 ? time : 3 * time));
            b.push_back(sampleOf(1, block, time));
        }
        const auto points = shiftFunction(a, b, false, 1);
        QCOMPARE(points.size(), 12U);
        for (const ShiftPoint &point : points) {
            const double wanted = point.p > 0.8 ? 3 : 1;
            if (point.p != 0.8)
                QVERIFY2(std::abs(point.ratio - wanted) < 0.05, qPrintable(QString::number(point.p)));
            QVERIFY(*point.lo <= point.ratio && *point.hi >= point.ratio);
        }
        QVERIFY(shiftFunction(a, {}, false, 1).empty());
        QVERIFY(!shiftFunction(std::span(a).first(5), std::span(b).first(5), false, 1).front().lo.has_value());
    }
};

QTEST_GUILESS_MAIN(ReportTest)
#include "tst_Report.moc"
