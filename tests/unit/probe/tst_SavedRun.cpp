#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include <functional>
#include <limits>

#include "core/probe/CsvWriter.h"
#include "core/probe/HtmlReport.h"
#include "core/probe/MarkdownWriter.h"
#include "core/probe/SampleLog.h"
#include "tests/unit/probe/SavedRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;

/// What of a run survives its document, and documents that are wrong.
class SavedRunTest final : public QObject
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
};

QTEST_GUILESS_MAIN(SavedRunTest)
#include "tst_SavedRun.moc"
