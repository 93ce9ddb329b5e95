#include <QtTest>

#include "ui/charts/TimeGrid.h"

using namespace rollcall;
using charts::TimeGrid;
using charts::timeGrids;

/// The course of time as counts: nothing lost, medians to a step of the grid.
class TimeGridTest final : public QObject
{
    Q_OBJECT

private:
    static constexpr qint64 second = 1'000'000'000;
    static probe::Sample sample(int cell, qint64 startNs, qint64 latencyNs)
    {
        probe::Sample sample;
        sample.cell = cell;
        sample.intendedNs = startNs;
        sample.startNs = startNs;
        sample.endNs = startNs + latencyNs;
        return sample;
    }

private Q_SLOTS:
    void everyAnswerIsCountedOnceInItsLayer()
    {
        std::vector<probe::Sample> samples;
        for (int i = 0; i < 1000; ++i)
            samples.push_back(sample(i % 4, i * second / 100, 1'000'000 + i * 1000));
        samples.push_back(sample(0, second, 5'000'000));
        samples.back().outcome = probe::Outcome::Timeout; // no answer
        const auto grids = timeGrids(samples, {0, -1, 1, 1}, 2, true);
        QCOMPARE(grids[0].total, 250);
        QCOMPARE(grids[1].total, 500);
        qint64 sum = 0;
        for (int column = 0; column < TimeGrid::columns; ++column)
            sum += grids[1].countOf(column);
        QCOMPARE(sum, 500);
    }

    void mediansAndMaximaAreTrueToAStep()
    {
        std::vector<probe::Sample> samples;
        for (int i = 0; i < 2400; ++i) // ten a column: five of 2 ms, five from 40 ms on
            samples.push_back(sample(0, i * second, i % 2 == 0 ? 2'000'000 : 40'000'000 + i % 10));
        const auto grids = timeGrids(samples, {0}, 1, true);
        const double step = std::pow(grids[0].axis.hi / grids[0].axis.lo, 1.0 / TimeGrid::fine);
        for (int column = 0; column < TimeGrid::columns; ++column) {
            QVERIFY(grids[0].countOf(column) >= 9);
            const double median = grids[0].medianOf(column);
            const bool low = median > 2e6 / step / step && median < 2e6 * step * step;
            const bool high = median > 40e6 / step / step && median < 40e6 * step * step;
            QVERIFY2(low || high, qPrintable(QString::number(median)));
            const double most = grids[0].maxOf(column);
            QVERIFY2(most > 40e6 / step && most < 40e6 * step * step, qPrintable(QString::number(most)));
        }
    }

    void timeRunsFromTheFirstColumnToTheLast()
    {
        // Answers become slower by the column, so that whoever mixes columns up mixes medians up.
        std::vector<probe::Sample> samples;
        for (int i = 0; i < TimeGrid::columns; ++i)
            samples.push_back(sample(0, i * second, 1'000'000 + i * qint64(100'000)));
        const auto grids = timeGrids(samples, {0}, 1, true);
        QCOMPARE(grids[0].fromNs, 0);
        QCOMPARE(grids[0].lengthNs, (TimeGrid::columns - 1) * second);
        for (int column = 0; column < TimeGrid::columns; ++column)
            QCOMPARE(grids[0].countOf(column), 1);
        QVERIFY(grids[0].medianOf(0) < 1.1e6);
        QVERIFY(grids[0].medianOf(TimeGrid::columns - 1) > 0.9 * (1e6 + 1e5 * (TimeGrid::columns - 1)));
    }

    void rowsAddUpToTheirColumn()
    {
        std::vector<probe::Sample> samples;
        for (int i = 0; i < 500; ++i)
            samples.push_back(sample(0, i % 7 * second, 1'000'000 + i * qint64(37'000)));
        const auto grids = timeGrids(samples, {0}, 1, true);
        int used = 0;
        for (int column = 0; column < TimeGrid::columns; ++column) {
            qint64 sum = 0;
            for (int row = 0; row < TimeGrid::rows; ++row) {
                sum += grids[0].cell(column, row);
                used += grids[0].cell(column, row) > 0 ? 1 : 0;
            }
            QCOMPARE(sum, grids[0].countOf(column));
        }
        QVERIFY(used > 7 * 5); // seven columns, each spread over several rows
    }

    void responseCountsTheWaitServiceDoesNot()
    {
        probe::Sample late = sample(0, second, 1'000'000);
        late.intendedNs = 0; // a second late, answered in a millisecond
        const std::vector<probe::Sample> samples{late};
        QVERIFY(timeGrids(samples, {0}, 1, true)[0].medianOf(0) > 0.9e9);
        QVERIFY(timeGrids(samples, {0}, 1, false)[0].medianOf(0) < 1.1e6);
    }

    void aZeroDoesNotBreakTheAxis()
    {
        const auto grids = timeGrids(std::vector{sample(0, 0, 0), sample(0, second, 3)}, {0}, 1, true);
        QCOMPARE(grids[0].total, 2);
        QVERIFY(grids[0].axis.lo >= 1);
    }

    void nothingGivesEmptyGrids()
    {
        const auto grids = timeGrids({}, {0, 1}, 2, true);
        QCOMPARE(grids.size(), 2U);
        QCOMPARE(grids[0].total, 0);
        QCOMPARE(grids[0].countOf(3), 0);
        QCOMPARE(grids[0].medianOf(3), 0.0);
    }
};

QTEST_APPLESS_MAIN(TimeGridTest)
#include "tst_TimeGrid.moc"
