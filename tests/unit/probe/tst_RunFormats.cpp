#include <QtTest>

#include "core/probe/HdrWriter.h"
#include "core/probe/OpenMetricsWriter.h"
#include "tests/unit/probe/SavedRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;

/// What other tools read of a run: OpenMetrics, HdrHistogram logs and percentile texts.
class RunFormatsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(RunFormatsTest)
#include "tst_RunFormats.moc"
