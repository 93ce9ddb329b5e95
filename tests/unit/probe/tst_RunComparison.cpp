#include <QtTest>

#include <cmath>
#include <span>

#include "core/probe/MarkdownWriter.h"
#include "core/probe/Random.h"
#include "core/probe/RunComparison.h"
#include "core/probe/ShiftFunction.h"
#include "tests/unit/probe/SavedRuns.h"

using namespace rollcall::probe;
using namespace rollcall::test;

/// Comparisons: of saved runs, of the modes of one, and along the quantiles.
class RunComparisonTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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

QTEST_GUILESS_MAIN(RunComparisonTest)
#include "tst_RunComparison.moc"
