#include <QtTest>

#include <algorithm>

#include "core/probe/RunSlice.h"
#include "core/probe/ShareCurve.h"

using namespace rollcall::probe;

namespace {

constexpr qint64 second = 1'000'000'000;

/// A run of ten seconds, a request each 10 ms to two cells by turns: 1 ms in the first half, 5 ms in the second; the
/// first second is warm-up, and each twentieth second-cell answer a 500.
RunDocument levelChange()
{
    RunDocument document;
    document.plan.insert(QStringLiteral("timeoutMs"), 2000);
    document.cells.resize(2);
    document.cells[0].id = {QStringLiteral("/a"), ProbeMode::Proxy, {}};
    document.cells[1].id = {QStringLiteral("/a"), ProbeMode::Route, {}};
    document.cells[1].batch = 3;
    document.cells[1].cookie = QStringLiteral("none");
    document.cells[1].connection = QStringLiteral("cold");
    for (int i = 0; i < 1000; ++i) {
        Sample sample;
        sample.cell = i % 2;
        sample.block = i / 2;
        sample.intendedNs = i * second / 100;
        sample.startNs = sample.intendedNs;
        sample.endNs = sample.startNs + (i < 500 ? 1 : 5) * 1'000'000;
        sample.warmup = i < 100;
        if (i % 40 == 39)
            sample.outcome = Outcome::Http5xx;
        document.samples.push_back(sample);
    }
    return document;
}

} // namespace

/// A part of a run's time, and the share of its answers within a time.
class RunSliceTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void figuresAreOfThatTimeAlone()
    {
        const RunDocument whole = sliceOf(levelChange(), {0, 10 * second});
        QCOMPARE(whole.cells[0].count, 450); // without the warm-up
        QCOMPARE(*whole.cells[0].response.max, 5'000'000);

        const RunDocument late = sliceOf(levelChange(), {5 * second, 7 * second});
        QCOMPARE(late.samples.size(), 200U);
        QCOMPARE(late.cells[0].count, 100);
        QCOMPARE(*late.cells[0].response.quantiles[0], 5'000'000);
        QCOMPARE(*late.cells[0].response.min, 5'000'000);
        QCOMPARE(late.cells[1].count, 100);
        QCOMPARE(late.cells[1].ok, 95);
        QCOMPARE(late.cells[1].errors.at(QStringLiteral("http_5xx")), 5);
        QCOMPARE(late.cells[1].cookie, QStringLiteral("none"));
        QCOMPARE(late.cells[1].connection, QStringLiteral("cold"));
        QCOMPARE(late.cells[1].batch, 3);
        QVERIFY(late.comparisons.empty());
    }

    void bordersBelongToOneSideOnly()
    {
        const RunDocument first = sliceOf(levelChange(), {0, 5 * second});
        const RunDocument second_ = sliceOf(levelChange(), {5 * second, 10 * second});
        QCOMPARE(first.samples.size() + second_.samples.size(), 1000U);
        QCOMPARE(*first.cells[0].response.max, 1'000'000);
        QCOMPARE(*second_.cells[0].response.min, 5'000'000);
    }

    void whatWasNotMeasuredThenHasNoFigures()
    {
        const RunDocument nothing = sliceOf(levelChange(), {20 * second, 30 * second});
        QCOMPARE(nothing.cells.size(), 2U);
        QCOMPARE(nothing.cells[0].count, 0);
        QVERIFY(!nothing.cells[0].response.quantiles[0]);
    }

    void sharesWithinATime()
    {
        const CellResult cell = sliceOf(levelChange(), {1 * second, 10 * second}).cells[0];
        const double limits[] = {1e3, 1.1e6, 4e6, 6e6};
        const ShareCurve curve = shareCurve(cell, 2 * second, limits);
        QCOMPARE(curve.total, 450);
        QCOMPARE(curve.within, (std::vector<qint64>{0, 200, 200, 450}));
        QCOMPARE(curve.share(3), 1.0);
        const ShareCurve none = shareCurve(CellResult(), 2 * second, limits);
        QCOMPARE(none.total, 0);
        QCOMPARE(none.share(2), 0.0);
    }

    /// However long one waits, what was never answered is in no share; a wait behind others puts it later only.
    void whatTimedOutIsWithinNoTime()
    {
        RunDocument document = levelChange();
        for (int i = 500; i < 1000; i += 10) { // of the first cell, fifty
            Sample &sample = document.samples[static_cast<std::size_t>(i)];
            sample.outcome = Outcome::Timeout;
            sample.intendedNs -= (i % 20) * 10'000'000; // waited for others up to 100 ms
            sample.endNs = sample.startNs + 2 * second;
        }
        document.samples[998].endNs = document.samples[998].startNs + second; // answered, in time
        document.samples[996].intendedNs -= 3 * second;                       // answered, after a long wait
        const CellResult cell = sliceOf(document, {1 * second, 10 * second}).cells[0];
        QCOMPARE(cell.censored, 50);
        const double limits[] = {4e6, 6e6, 1.99e9, 2e9, 2.5e9, 100e9};
        const ShareCurve curve = shareCurve(cell, 2 * second, limits);
        QCOMPARE(curve.total, 450);
        // Beyond the timeout it cannot be told which is which: never too high, and never falling.
        QCOMPARE(curve.within, (std::vector<qint64>{200, 398, 399, 399, 399, 400}));
        QVERIFY(std::ranges::is_sorted(curve.within));
    }

    /// All were answered within what the slowest took, wherever its bucket ends.
    void theSlowestAnswerIsWithinItsOwnTime()
    {
        RunDocument document = levelChange();
        document.samples[998].endNs = document.samples[998].startNs + 999'500'000;
        const CellResult cell = sliceOf(document, {1 * second, 10 * second}).cells[0];
        const double limits[] = {999'400'000, 999'500'000, 1e9};
        QCOMPARE(shareCurve(cell, 2 * second, limits).within, (std::vector<qint64>{449, 450, 450}));
    }
};

QTEST_GUILESS_MAIN(RunSliceTest)
#include "tst_RunSlice.moc"
