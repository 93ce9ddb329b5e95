#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <algorithm>
#include <limits>

#include "core/probe/BlockBoxes.h"
#include "core/probe/HtmlReport.h"
#include "core/probe/MarkdownWriter.h"
#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"
#include "tests/unit/probe/SavedRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;

/// What people read of a run: charts, sentences, HTML and Markdown.
class ReportTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
        // Of an open run; of a closed one it is the service time, from when a request was sent.
        QVERIFY(html.contains("Response times of "));
        RunDocument closed = documentOf(QStringLiteral("/a"));
        closed.plan.insert(QStringLiteral("concurrency"), 1);
        QVERIFY(asHtml(closed).contains("Service times of /a ") && !asHtml(closed).contains("Response times of "));
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
        // Not "requests": what is resolved in this process is among them.
        QVERIFY2(all.contains(QRegularExpression(QStringLiteral("\\b1 of \\d+ measurements failed"))), qPrintable(all));
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
        QVERIFY(asMarkdown(documentOf(QStringLiteral("/[a](b)"))).contains("/&#91;a&#93;(b)")); // no link
        // The rows of the cells' table have the columns of its head.
        const QList<QByteArray> lines = text.split('\n');
        const auto head = std::find_if(lines.begin(), lines.end(),
                                       [](const QByteArray &line) { return line.startsWith("| cell | count"); });
        QVERIFY(head != lines.end());
        QCOMPARE((head + 2)->count('|'), head->count('|'));
        QVERIFY(text.contains("≥ 10.0 s"));
    }
};

QTEST_GUILESS_MAIN(ReportTest)
#include "tst_Report.moc"
