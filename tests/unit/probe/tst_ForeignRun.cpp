#include <QtTest>

#include "core/probe/ForeignRun.h"
#include "core/probe/HdrReader.h"
#include "core/probe/HdrWriter.h"
#include "core/probe/Histogram.h"
#include "tests/support/TestPaths.h"

using namespace rollcall::probe;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;

namespace {

QByteArray contentOf(const QString &name)
{
    QFile file(rollcall::test::sourceFile(QStringLiteral("tests/data/foreign/") + name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

RunDocument documentOf()
{
    RunDocument document;
    for (const char *route : {"/a", "/b,c d"}) {
        CellResult cell;
        cell.id = {QLatin1String(route), ProbeMode::Proxy, {}};
        Histogram histogram;
        for (qint64 i = 1; i <= 1000; ++i)
            histogram.record(i * i * 997);
        cell.histogram = histogram.encoded();
        cell.response.max = histogram.max();
        document.cells.push_back(cell);
    }
    return document;
}

} // namespace

/// What other load generators wrote.
class ForeignRunTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void toolsAreRead_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("tool");
        QTest::addColumn<qint64>("count");
        QTest::addColumn<qint64>("failed");
        QTest::addColumn<qint64>("p50");
        QTest::addColumn<qint64>("p99");
        QTest::addColumn<qint64>("max");
        const auto row = [](const char *file, const char *tool, qint64 count, qint64 failed, qint64 p50, qint64 p99,
                            qint64 max) {
            QTest::newRow(file) << QString::fromLatin1(file) << QString::fromLatin1(tool) << count << failed << p50
                                << p99 << max;
        };
        row("wrk2.txt", "wrk2", 59'802, 3, 1'150'000, 2'500'000, 9'020'000);
        row("k6-export.json", "k6", 600, 6, 11'750'000, 40'000'000, 98'500'000);
        row("k6-summary.json", "k6", 600, 6, 11'750'000, 40'000'000, 98'500'000);
        row("vegeta.json", "vegeta", 600, 6, 11'750'000, 40'000'000, 98'500'000);
        row("oha.json", "oha", 600, 3, 11'750'000, 40'000'000, 98'500'000);
        row("autocannon.json", "autocannon", 600, 6, 12'000'000, 40'000'000, 98'000'000);
        row("hgrm.txt", "hgrm", 600, -1, 11'751'000, 40'031'000, 98'559'000);
    }
    void toolsAreRead()
    {
        QFETCH(QString, file);
        const auto run = readForeignRun(contentOf(file), file);
        QVERIFY2(run.has_value(), run ? "" : qPrintable(run.error().param(ErrorParam::Detail)));
        QTEST(foreignToolName(run->tool), "tool");
        QCOMPARE(run->series.size(), 1U);
        const ForeignSeries &series = run->series.front();
        QTEST(series.count.value_or(-1), "count");
        QTEST(series.failed.value_or(-1), "failed");
        QTEST(series.quantiles[0].value_or(-1), "p50");
        QTEST(series.quantiles[3].value_or(-1), "p99");
        QTEST(series.max.value_or(-1), "max");
        QVERIFY(!run->caveats.isEmpty());
    }
    void whatWrkReallyPrints()
    {
        const auto run = readForeignRun(contentOf(QStringLiteral("wrk.txt")), QStringLiteral("wrk.txt"));
        QVERIFY(run.has_value());
        QCOMPARE(run->tool, ForeignTool::Wrk);
        const ForeignSeries &series = run->series.front();
        QVERIFY(*series.count > 100 && *series.perSecond > 50 && *series.failed == 0);
        QVERIFY(*series.quantiles[0] >= 1'000'000 && *series.quantiles[0] <= *series.quantiles[1]);
        QVERIFY(*series.quantiles[1] <= *series.quantiles[3] && *series.quantiles[3] <= *series.max);
        QVERIFY(!series.quantiles[2].has_value()); // wrk prints no p95
    }

    void ownFilesAreReadBack()
    {
        const RunDocument document = documentOf();
        const auto log = readHdrLog(asHdrLog(document), QStringLiteral("x.hlog"));
        QVERIFY2(log.has_value(), log ? "" : qPrintable(log.error().param(ErrorParam::Detail)));
        QCOMPARE(log->size(), 2U);
        const auto wanted = Histogram::decode(document.cells.front().histogram);
        QVERIFY(log->at(QStringLiteral("/b,c d proxy")) == *wanted);
        const auto text = readForeignRun(asPercentileText(document), QStringLiteral("x.hgrm"));
        QVERIFY(text && text->series.size() == 2 && text->caveats.isEmpty());
        QCOMPARE(*text->series[1].count, 1000);
        const qint64 median = wanted->quantile(0.5);
        QVERIFY(std::abs(*text->series[1].quantiles[0] - median) <= median / 100);
    }

    void wrongFilesSayWhy_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("why");
        const QByteArray log = asHdrLog(documentOf());
        QTest::newRow("empty") << QByteArray() << QStringLiteral("none of wrk");
        QTest::newRow("prose") << QByteArray("Hello\n") << QStringLiteral("none of wrk");
        QTest::newRow("cut JSON") << QByteArray("{\"metrics\":") << QStringLiteral("begins like JSON");
        QTest::newRow("other JSON") << QByteArray("{\"a\":1}") << QStringLiteral("none of k6");
        QTest::newRow("k6 without latency") << QByteArray("{\"metrics\":{\"http_req_duration\":{\"med\":\"x\"}}}")
                                            << QStringLiteral("holds no latency");
        QTest::newRow("wrk without latency") << QByteArray("Requests/sec: 5\n") << QStringLiteral("holds no latency");
        QTest::newRow("table without rows")
            << QByteArray("Value Percentile TotalCount 1/(1-Percentile)\n") << QStringLiteral("has no rows");
        QTest::newRow("log, cut") << log.left(log.size() - 40) << QStringLiteral("histogram");
        QTest::newRow("log, other version")
            << QByteArray(log).replace("HISTFAAA", "HISTEAAA") << QStringLiteral("version 2");
        QTest::newRow("log, fields") << QByteArray("1,2,HISTFAAA\n") << QStringLiteral("four fields");
    }
    void wrongFilesSayWhy()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, why);
        const auto run = readForeignRun(content, QStringLiteral("x"));
        QVERIFY(!run.has_value());
        QCOMPARE(run.error().code, ErrorCode::FileFormatInvalid);
        QVERIFY2(run.error().param(ErrorParam::Detail).contains(why),
                 qPrintable(run.error().param(ErrorParam::Detail)));
    }
};

QTEST_GUILESS_MAIN(ForeignRunTest)
#include "tst_ForeignRun.moc"
