#include <QtTest>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>

#include "core/probe/CellResult.h"
#include "core/probe/Comparison.h"
#include "core/probe/EffectiveSize.h"
#include "core/probe/Histogram.h"
#include "core/probe/Holm.h"
#include "core/probe/Mixture.h"
#include "core/probe/Quantiles.h"
#include "core/probe/Random.h"
#include "core/probe/Wander.h"

using namespace rollcall::probe;

namespace {

/// Log-normal latencies around @p medianNs from sums of uniforms; @p rho ties neighbours together.
std::vector<qint64> latencies(int n, double medianNs, quint64 seed, double rho = 0)
{
    Random random(seed);
    std::vector<qint64> values;
    double state = 0;
    for (int i = 0; i < n; ++i) {
        double normal = -6;
        for (int k = 0; k < 12; ++k)
            normal += random.uniform();
        state = rho * state + std::sqrt(1 - rho * rho) * normal;
        values.push_back(static_cast<qint64>(medianNs * std::exp(0.5 * state)));
    }
    return values;
}

/// P(Bin(n, p) <= k) by Pascal's recurrence on whole distributions: no logarithms, no gamma function.
std::vector<double> binomialCdf(int n, double p)
{
    std::vector<double> mass{1};
    for (int i = 0; i < n; ++i) {
        std::vector<double> next(mass.size() + 1, 0);
        for (std::size_t k = 0; k < mass.size(); ++k) {
            next[k] += mass[k] * (1 - p);
            next[k + 1] += mass[k] * p;
        }
        mass = std::move(next);
    }
    for (std::size_t k = 1; k < mass.size(); ++k)
        mass[k] += mass[k - 1];
    return mass;
}

Sample sampleOf(int block, qint64 ns, Outcome outcome = Outcome::Ok)
{
    Sample sample;
    sample.block = block;
    sample.intendedNs = 1'000;
    sample.startNs = 1'000;
    sample.endNs = 1'000 + ns;
    sample.outcome = outcome;
    return sample;
}

} // namespace

class StatisticsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quantileIsLinearBetweenNeighbours_data()
    {
        QTest::addColumn<double>("p");
        QTest::addColumn<double>("expected");
        // By R: quantile(c(1,2,3,4,10)*100, p, type = 7)
        QTest::newRow("min") << 0.0 << 100.0;
        QTest::newRow("p10") << 0.1 << 140.0;
        QTest::newRow("median") << 0.5 << 300.0;
        QTest::newRow("p90") << 0.9 << 760.0;
        QTest::newRow("p95") << 0.95 << 880.0;
        QTest::newRow("max") << 1.0 << 1000.0;
    }
    void quantileIsLinearBetweenNeighbours()
    {
        QFETCH(double, p);
        const std::vector<qint64> sorted{100, 200, 300, 400, 1000};
        QTEST(quantile7(sorted, p), "expected");
    }

    void needsTheSamplesOfTheMethod_data()
    {
        QTest::addColumn<double>("p");
        QTest::addColumn<qsizetype>("n");
        QTest::newRow("p50") << 0.5 << qsizetype(6);
        QTest::newRow("p90") << 0.9 << qsizetype(36);
        QTest::newRow("p95") << 0.95 << qsizetype(72);
        QTest::newRow("p99") << 0.99 << qsizetype(368);
        QTest::newRow("p99.9") << 0.999 << qsizetype(3688);
    }
    void needsTheSamplesOfTheMethod()
    {
        QFETCH(double, p);
        QFETCH(qsizetype, n);
        QCOMPARE(minimumSamples(p), n);
        QVERIFY(!binomialRanks(n - 1, p));
        QVERIFY(binomialRanks(n, p).has_value());
    }

    void binomialRanksAgreeWithBruteForce_data()
    {
        QTest::addColumn<int>("n");
        QTest::addColumn<double>("p");
        for (const int n : {6, 7, 20, 72, 73, 400, 1000}) {
            for (const double p : {0.5, 0.9, 0.95, 0.99}) {
                if (n >= minimumSamples(p))
                    QTest::addRow("n=%d p=%g", n, p) << n << p;
            }
        }
    }
    void binomialRanksAgreeWithBruteForce()
    {
        QFETCH(int, n);
        QFETCH(double, p);
        const std::vector<double> cdf = binomialCdf(n, p);
        const auto at = [&cdf](qsizetype k) { return k < 0 ? 0.0 : cdf[static_cast<std::size_t>(k)]; };
        const auto ranks = binomialRanks(n, p);
        QVERIFY(ranks.has_value());
        QVERIFY(at(ranks->lo - 1) <= 0.025 && at(ranks->lo) > 0.025);
        QVERIFY(at(ranks->hi - 1) >= 0.975 && at(ranks->hi - 2) < 0.975);
    }
    void binomialRanksOfTheMethodsExample()
    {
        QCOMPARE(*binomialRanks(400, 0.95), (RankPair{371, 389}));
        QCOMPARE(*binomialRanks(400, 0.99), (RankPair{392, 400}));
    }

    void scoreIntervalWidensWithCorrelation()
    {
        // 200 series each: the binomial interval must fail where neighbours hang together, the hull must hold.
        constexpr int series = 200;
        constexpr int n = 1600;
        int binomialHits = 0;
        int hullHits = 0;
        for (int i = 0; i < series; ++i) {
            const std::vector<qint64> values = latencies(n, 1e6, static_cast<quint64>(1000 + i), 0.9);
            std::vector<qint64> sorted = values;
            std::sort(sorted.begin(), sorted.end());
            const auto ranks = binomialRanks(n, 0.5);
            const bool binomial = sorted[static_cast<std::size_t>(ranks->lo - 1)] <= 1'000'000 &&
                                  sorted[static_cast<std::size_t>(ranks->hi - 1)] >= 1'000'000;
            const auto hull = quantileInterval(values, 0.5);
            binomialHits += binomial ? 1 : 0;
            hullHits += hull->lo <= 1'000'000 && hull->hi >= 1'000'000 ? 1 : 0;
        }
        QVERIFY2(binomialHits < series * 6 / 10, qPrintable(QString::number(binomialHits)));
        QVERIFY2(hullHits > series * 9 / 10, qPrintable(QString::number(hullHits)));
    }

    void histogramKeepsItsErrorBound()
    {
        Random random(7);
        Histogram histogram;
        std::vector<qint64> values;
        for (int i = 0; i < 20'000; ++i) {
            values.push_back(static_cast<qint64>(std::exp(random.uniform() * std::log(2e12))));
            histogram.record(values.back());
        }
        std::sort(values.begin(), values.end());
        for (const double p : {0.001, 0.25, 0.5, 0.9, 0.99, 0.9999, 1.0}) {
            const auto rank = static_cast<std::size_t>(std::ceil(p * 20'000));
            const qint64 exact = values[rank - 1];
            const qint64 shown = histogram.quantile(p);
            QVERIFY(shown >= exact);
            QVERIFY2(static_cast<double>(shown - exact) <= static_cast<double>(exact) * 0x1p-10,
                     qPrintable(QStringLiteral("%1 for %2").arg(shown).arg(exact)));
        }
        QCOMPARE(histogram.max(), values.back());
    }
    void histogramHoldsItsEnds()
    {
        Histogram histogram;
        for (const qint64 value :
             {qint64(-5), qint64(0), qint64(2047), qint64(2048), Histogram::maxValue, Histogram::maxValue + 1})
            histogram.record(value);
        QCOMPARE(histogram.total(), 6U);
        QCOMPARE(histogram.atRank(2), 0);
        QCOMPARE(histogram.atRank(3), 2047);
        QCOMPARE(histogram.max(), Histogram::maxValue);
    }
    void histogramReadsBackWhatItWrote()
    {
        Histogram histogram;
        for (const qint64 value : latencies(5'000, 3e6, 11))
            histogram.record(value);
        const auto read = Histogram::decode(histogram.encoded());
        QVERIFY(read.has_value());
        QVERIFY(*read == histogram);
        QCOMPARE(read->total(), 5'000U);
    }
    void histogramRefusesNonsense_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no base64") << QByteArray("%%%");
        QTest::newRow("cut number") << QByteArray("\x80").toBase64();
        QTest::newRow("zero count") << QByteArray("\0", 1).toBase64();
        QTest::newRow("beyond the end") << QByteArray("\xff\xff\x7f\x02").toBase64();
    }
    void histogramRefusesNonsense()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!Histogram::decode(text));
    }

    void summaryCountsTimeoutsAsLowerBounds()
    {
        std::vector<Sample> samples;
        for (int i = 0; i < 8; ++i)
            samples.push_back(sampleOf(i, 1'000 + i));
        samples.push_back(sampleOf(8, 77, Outcome::Timeout));
        samples.push_back(sampleOf(9, 5, Outcome::Http5xx));
        const CellResult cell = summarise({QStringLiteral("/"), ProbeMode::Proxy, {}}, samples, 5'000'000, 1);
        QCOMPARE(cell.count, 10);
        QCOMPARE(cell.ok, 8);
        QCOMPARE(cell.censored, 1);
        QCOMPARE(cell.errors.at(QStringLiteral("http_5xx")), 1);
        QCOMPARE(*cell.response.max, 5'000'000); // at the timeout, not at the 77 ns after which it was given up
        QCOMPARE(*cell.response.min, 1'000);     // the fast failure flatters nothing
        QVERIFY(cell.response.intervals[0].has_value());
        QVERIFY(!cell.response.quantiles[1].has_value());
    }
    void summaryOfNothingClaimsNothing()
    {
        const CellResult cell = summarise({QStringLiteral("/"), ProbeMode::Proxy, {}}, {}, 1, 1);
        QVERIFY(!cell.response.min && !cell.response.quantiles[0] && !cell.response.max && !cell.response.mean);
    }

    void comparisonFindsAKnownRatio()
    {
        const std::vector<qint64> base = latencies(60, 1e6, 3);
        std::vector<Sample> fast;
        std::vector<Sample> slow;
        for (int i = 0; i < 60; ++i) {
            fast.push_back(sampleOf(i, base[static_cast<std::size_t>(i)]));
            slow.push_back(sampleOf(i, 7 * base[static_cast<std::size_t>(i)]));
        }
        const CellId a{QStringLiteral("/"), ProbeMode::Proxy, {}};
        const CellId b{QStringLiteral("/"), ProbeMode::Local, {}};
        const auto comparison = compareMedians(a, slow, b, fast, true, 1);
        QVERIFY(comparison.has_value());
        QVERIFY(std::abs(comparison->ratio - 7) < 1e-9);
        // The same blocks are drawn for both, so that a ratio without noise has no spread.
        QVERIFY(std::abs(*comparison->lo - 7) < 1e-6 && std::abs(*comparison->hi - 7) < 1e-6);
        QCOMPARE(comparison->blocks, 60);
        QVERIFY(*compareMedians(a, slow, b, fast, true, 1) == *comparison);
    }
    /// More blocks do not make a comparison say less: not where segments of time begin to be asked (40 blocks).
    void aFewMoreBlocksWidenLittle()
    {
        const auto widthOf = [](int blocks) {
            std::vector<double> widths;
            for (quint64 seed = 1; seed <= 41; ++seed) {
                std::vector<Sample> a;
                std::vector<Sample> b;
                const auto timesA = latencies(blocks, 1e6, 2 * seed);
                const auto timesB = latencies(blocks, 1e6, 2 * seed + 1);
                for (int i = 0; i < blocks; ++i) {
                    a.push_back(sampleOf(i, timesA[static_cast<std::size_t>(i)]));
                    b.push_back(sampleOf(i, timesB[static_cast<std::size_t>(i)]));
                }
                const auto comparison = compareMedians({}, a, {}, b, true, seed);
                widths.push_back(std::log(*comparison->hi / *comparison->lo));
            }
            std::sort(widths.begin(), widths.end());
            return widths[widths.size() * 3 / 4];
        };
        const double before = widthOf(39);
        for (const int blocks : {40, 48, 56}) {
            const double width = widthOf(blocks);
            QVERIFY2(width < 2.5 * before,
                     qPrintable(QStringLiteral("%1: %2, of 39 %3").arg(blocks).arg(width).arg(before)));
        }
    }
    void holmStepsDown()
    {
        // Holm's own way of counting: the least of n by n, the next by n − 1, and never less than one before.
        const std::vector<double> adjusted = holmAdjusted({0.01, 0.04, 0.03, 0.005});
        const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(std::abs(adjusted[i] - expected[i]) < 1e-12, qPrintable(QString::number(adjusted[i])));
        QVERIFY(holmAdjusted({}).empty());
        QVERIFY(holmAdjusted({0.7, 0.9}) == (std::vector<double>{1, 1}));
    }
    void tailsOfNormalAndStudent()
    {
        QVERIFY(std::abs(normalP(-1.959963984540054) - 0.05) < 1e-12);
        for (qsizetype degrees = 1; degrees <= 15; ++degrees)
            QVERIFY2(std::abs(studentP(studentT975(degrees), degrees) - 0.05) < 1e-6,
                     qPrintable(QString::number(degrees)));
        QVERIFY(std::abs(studentP(0, 7) - 1) < 1e-9);
    }
    void wanderIsOfLevelsNotOfChance()
    {
        std::vector<qint64> level = latencies(1600, 20e6, 9);
        QVERIFY2(wanderOf(level) < 0.001, qPrintable(QString::number(wanderOf(level))));
        for (std::size_t i = 0; i < level.size(); ++i) {
            if (i / 400 % 2 == 1)
                level[i] = level[i] * 3 / 2;
        }
        // Half of the segments lie ln 1.5 above the others: a variance of (ln 1.5)² · 2/7.
        const double expected = std::pow(std::log(1.5), 2) * 2 / 7;
        QVERIFY2(std::abs(wanderOf(level) / expected - 1) < 0.3, qPrintable(QString::number(wanderOf(level))));
        QCOMPARE(wanderOf(std::vector<qint64>(159, 1000)), 0.0);
    }
    void effectiveSizeIsOfNeighboursAlike()
    {
        const auto median = [](double correlation) {
            std::vector<qint64> sizes;
            for (quint64 seed = 1; seed <= 21; ++seed)
                sizes.push_back(effectiveSize(latencies(1600, 20e6, seed, correlation)));
            return takeMedian(sizes);
        };
        // Of an autoregressive series in the logarithm n_eff is n · (1 − ρ) / (1 + ρ).
        QVERIFY2(median(0) > 1400, qPrintable(QString::number(median(0))));
        QVERIFY2(std::abs(median(0.5) / (1600 * 0.5 / 1.5) - 1) < 0.15, qPrintable(QString::number(median(0.5))));
        QVERIFY2(std::abs(median(0.9) / (1600 * 0.1 / 1.9) - 1) < 0.25, qPrintable(QString::number(median(0.9))));
        // A long one is as precise, in time that does not grow with length times lags: processor time, as others may
        // have the machine.
        const std::clock_t begin = std::clock();
        const double ofMany = double(effectiveSize(latencies(400'000, 20e6, 3, 0.99)));
        QVERIFY2(std::abs(ofMany / (400'000 * 0.01 / 1.99) - 1) < 0.25, qPrintable(QString::number(ofMany)));
        QVERIFY(double(effectiveSize(latencies(400'000, 20e6, 3, 0))) > 360'000);
        const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        QVERIFY2(seconds < 3, qPrintable(QString::number(seconds)));
        QCOMPARE(effectiveSize({}), 0);
        QCOMPARE(effectiveSize(std::vector<qint64>(50, 1000)), 50);
        QCOMPARE(effectiveSize(std::vector<qint64>{7}), 1);
    }
    void twoPopulationsAreTold()
    {
        std::vector<qint64> times = latencies(480, 38e6, 5);
        std::sort(times.begin(), times.end());
        QVERIFY(!slowModeOf(times));
        const std::size_t before = times.size();
        for (int i = 0; i < 20; ++i)
            times.push_back(1'800'000'000 + i * 10'000'000);
        const auto slow = slowModeOf(times);
        QVERIFY(slow.has_value());
        QCOMPARE(slow->count, 20);
        QCOMPARE(slow->slowNs, 1'895'000'000);
        QCOMPARE(slow->fastNs, std::llround(quantile7(std::span(times).first(before), 0.5)));
        // Two outliers are no population, nor are three of a thousand, nor is a gap of less than a factor of four.
        times.resize(before + 2);
        QVERIFY(!slowModeOf(times));
        times = std::vector<qint64>(1000, 1'000'000);
        times.insert(times.end(), 3, 9'000'000);
        QVERIFY(!slowModeOf(times));
        times = std::vector<qint64>(100, 1'000'000);
        times.insert(times.end(), 10, 4'000'000);
        QVERIFY(!slowModeOf(times));
        times.insert(times.end(), 10, 16'000'001);
        QCOMPARE(slowModeOf(times)->count, 10);
        QVERIFY(!slowModeOf({}));
    }
    /// One population with a tail as long as latencies have it is not said to be two.
    void oneSkewedPopulationIsNotTwo_data()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("count");
        for (const int count : {6, 10, 29, 30, 50, 100, 300, 1000}) {
            const char *const names[] = {"log-normal 1", "log-normal 1.5", "Pareto 1", "Pareto 1.5", "exponential"};
            for (int shape = 0; shape < int(std::size(names)); ++shape)
                QTest::addRow("%s, %d", names[shape], count) << shape << count;
        }
    }
    void oneSkewedPopulationIsNotTwo()
    {
        QFETCH(int, shape);
        QFETCH(int, count);
        constexpr int series = 1'000;
        int taken = 0;
        std::mt19937_64 random(static_cast<std::mt19937_64::result_type>(shape * 10'000 + count));
        std::normal_distribution<double> normal;
        std::exponential_distribution<double> exponential;
        std::vector<qint64> times(static_cast<std::size_t>(count));
        for (int i = 0; i < series; ++i) {
            for (qint64 &time : times) {
                const double factor = shape == 0   ? std::exp(normal(random))
                                      : shape == 1 ? std::exp(1.5 * normal(random))
                                      : shape == 2 ? std::exp(exponential(random))
                                      : shape == 3 ? std::exp(exponential(random) / 1.5)
                                                   : exponential(random);
                time = std::max<qint64>(1, std::llround(20e6 * factor));
            }
            std::sort(times.begin(), times.end());
            taken += slowModeOf(times) ? 1 : 0;
        }
        QVERIFY2(taken <= series / 100, qPrintable(QStringLiteral("%1 of %2").arg(taken).arg(series)));
    }
    void equalCellsHaveALargeP()
    {
        std::vector<Sample> a;
        std::vector<Sample> b;
        const std::vector<qint64> first = latencies(400, 1e6, 21);
        const std::vector<qint64> second = latencies(400, 1e6, 22);
        for (int i = 0; i < 400; ++i) {
            a.push_back(sampleOf(i, first[static_cast<std::size_t>(i)]));
            b.push_back(sampleOf(i, second[static_cast<std::size_t>(i)]));
        }
        const auto same = compareMedians({}, a, {}, b, true, 1);
        QVERIFY(same && same->p && *same->p > 0.05 && !same->differs());
        for (Sample &sample : b)
            sample.endNs = sample.startNs + 2 * sample.serviceNs();
        const auto other = compareMedians({}, a, {}, b, true, 1);
        QVERIFY(other && other->p && *other->p < 1e-6 && other->differs());
    }
    void comparisonOfFewBlocksHasNoInterval()
    {
        const std::vector<Sample> few{sampleOf(0, 10), sampleOf(1, 12)};
        const auto comparison = compareMedians({}, few, {}, few, true, 1);
        QVERIFY(comparison && !comparison->lo && comparison->blocks == 2);
        const std::vector<Sample> other{sampleOf(5, 10)};
        QVERIFY(!compareMedians({}, few, {}, other, true, 1));
    }
};

QTEST_GUILESS_MAIN(StatisticsTest)
#include "tst_Statistics.moc"
