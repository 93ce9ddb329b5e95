#include <QtTest>

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
        const ShareCurve curve = shareCurve(cell, limits);
        QCOMPARE(curve.total, 450);
        QCOMPARE(curve.within, (std::vector<qint64>{0, 200, 200, 450}));
        QCOMPARE(curve.share(3), 1.0);
        const ShareCurve none = shareCurve(CellResult(), limits);
        QCOMPARE(none.total, 0);
        QCOMPARE(none.share(2), 0.0);
    }
};

QTEST_GUILESS_MAIN(RunSliceTest)
#include "tst_RunSlice.moc"
