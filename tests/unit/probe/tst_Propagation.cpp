#include <QtTest>

#include <cmath>

#include "core/probe/PropagationFigures.h"
#include "core/probe/PropagationPlan.h"
#include "core/probe/Revocations.h"
#include "core/probe/TradeoffModel.h"
#include "tests/support/SimulatedCache.h"

using namespace rollcall::probe;
using namespace std::chrono_literals;
using rollcall::base::ErrorCode;
using End = TrialOutcome::End;
using Step = PropagationTrial::Step;

namespace {

constexpr qint64 ms = 1'000'000;

TrialLaw lawOf(std::chrono::milliseconds interval = 100ms)
{
    TrialLaw law;
    law.interval = interval;
    law.age = 1s;
    law.horizon = 10s;
    law.settle = 2s;
    return law;
}

/// Carries @p trial out; @p answer is asked with the time since the revocation (negative: before it), in milliseconds.
TrialOutcome carryOut(PropagationTrial trial, const std::function<ProbeAnswer(double)> &answer)
{
    std::optional<qint64> revokedAt;
    for (int i = 0; i < 10'000 && trial.step() != Step::Done; ++i) {
        const qint64 now = trial.dueNs();
        if (trial.step() == Step::Revoke) {
            trial.revoked(now - 3 * ms, now);
            revokedAt = now;
        } else {
            trial.probed(now, now + ms, answer(revokedAt ? static_cast<double>(now - *revokedAt) / ms : -1));
        }
    }
    return trial.outcome();
}

TrialOutcome refusedAfter(qint64 firstMs, qint64 lastAcceptedMs = 0)
{
    TrialOutcome outcome;
    outcome.end = End::Refused;
    outcome.firstRefusedNs = firstMs * ms;
    outcome.settledNs = std::max(firstMs, lastAcceptedMs + 100) * ms;
    if (lastAcceptedMs > 0)
        outcome.lastAcceptedNs = lastAcceptedMs * ms;
    return outcome;
}

/// How long sessions outlived their revocation in a simulated cache, as 4,000 trials see it.
std::vector<Watched> simulatedWindows(std::chrono::milliseconds interval, std::chrono::milliseconds ttl)
{
    Random random(17);
    std::vector<TrialOutcome> outcomes;
    for (int i = 0; i < 4'000; ++i)
        outcomes.push_back(rollcall::test::simulatedTrial(interval, ttl, random));
    return summarise(outcomes, {interval, ttl, 0ns}).watched;
}

PropagationBounds boundsOf(std::optional<std::chrono::nanoseconds> ttl = {})
{
    return {100ms, ttl, 5ms};
}

} // namespace

class PropagationTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTrialConfirmsRevokesAndSettles()
    {
        Random random(1);
        int before = 0;
        int after = 0;
        const TrialOutcome outcome = carryOut({lawOf(), 5'000 * ms, random}, [&](double sinceMs) {
            ++(sinceMs < 0 ? before : after);
            return sinceMs < 450 ? ProbeAnswer::Accepted : ProbeAnswer::Refused;
        });
        QCOMPARE(outcome.end, End::Refused);
        QVERIFY(before >= TrialLaw::confirmations);
        QVERIFY(*outcome.firstRefusedNs >= 450 * ms && *outcome.firstRefusedNs < 600 * ms);
        QVERIFY(*outcome.lastAcceptedNs < 450 * ms);
        const qint64 gap = *outcome.firstRefusedNs - *outcome.lastAcceptedNs;
        QVERIFY(gap >= 50 * ms && gap <= 150 * ms);
        QCOMPARE(*outcome.windowNs(), (*outcome.firstRefusedNs + *outcome.lastAcceptedNs) / 2);
        QVERIFY(outcome.staleAccepts >= 3 && outcome.staleAccepts <= 9);
        QCOMPARE(outcome.acknowledgeNs, 3 * ms);
        QVERIFY2(after >= 20, "refusals must last");
    }

    void agesDifferFromTrialToTrial()
    {
        // Else the revocation always comes at the same phase of what is cached.
        Random random(2);
        QSet<qint64> ages;
        for (int i = 0; i < 20; ++i) {
            PropagationTrial trial(lawOf(), 0, Random(random.next()));
            while (trial.step() == Step::Probe)
                trial.probed(trial.dueNs(), trial.dueNs() + ms, ProbeAnswer::Accepted);
            ages << trial.dueNs() / (50 * ms);
        }
        QVERIFY2(ages.size() > 8, qPrintable(QString::number(ages.size())));
    }

    void whatIsNeverRefusedIsCensored()
    {
        Random random(3);
        const TrialOutcome outcome = carryOut({lawOf(), 0, random}, [](double) { return ProbeAnswer::Accepted; });
        QCOMPARE(outcome.end, End::NeverRefused);
        QVERIFY(!outcome.firstRefusedNs && !outcome.windowNs());
        QVERIFY(outcome.counts());
    }

    void aCanaryNobodyAcceptsTellsNothing()
    {
        Random random(4);
        QCOMPARE(carryOut({lawOf(), 0, random}, [](double) { return ProbeAnswer::Refused; }).end, End::NotAccepted);
        QCOMPARE(carryOut({lawOf(), 0, random}, [](double) { return ProbeAnswer::NoAnswer; }).end, End::NoAnswer);
        // The negative control: refused before anything was revoked.
        int asked = 0;
        QCOMPARE(carryOut({lawOf(), 0, random},
                          [&asked](double) { return ++asked > 3 ? ProbeAnswer::Refused : ProbeAnswer::Accepted; })
                     .end,
                 End::NotAccepted);
    }

    void silenceIsNoRefusal()
    {
        Random random(5);
        int asked = 0;
        const TrialOutcome outcome = carryOut({lawOf(), 0, random}, [&asked](double sinceMs) {
            if (sinceMs < 0)
                return ProbeAnswer::Accepted;
            return ++asked <= 5 ? ProbeAnswer::NoAnswer : ProbeAnswer::Refused;
        });
        QCOMPARE(outcome.end, End::Refused);
        QVERIFY(*outcome.firstRefusedNs >= 250 * ms);
    }

    void slowAnswersDelayProbesWithoutMakingThemUp()
    {
        Random random(6);
        PropagationTrial trial(lawOf(), 0, random);
        const qint64 first = trial.dueNs();
        trial.probed(first, first + 750 * ms, ProbeAnswer::Accepted);
        QVERIFY2(trial.dueNs() >= first + 750 * ms, "one is asked while another is under way");
        QVERIFY(trial.dueNs() <= first + 1'000 * ms);
    }

    void cachesThatDisagreeAreSeen()
    {
        Random random(7);
        const TrialOutcome outcome = carryOut({lawOf(), 0, random}, [](double sinceMs) {
            const bool otherInstance = sinceMs > 400 && sinceMs < 900;
            return sinceMs < 100 || otherInstance ? ProbeAnswer::Accepted : ProbeAnswer::Refused;
        });
        QCOMPARE(outcome.end, End::Refused);
        QVERIFY(*outcome.firstRefusedNs < 300 * ms);
        QVERIFY(*outcome.lastAcceptedNs > 700 * ms && *outcome.settledNs >= 900 * ms);
        const std::vector<TrialOutcome> trials(5, outcome);
        QCOMPARE(summarise(trials, boundsOf()).verdict, PropagationVerdict::Flapping);
    }

    void figuresRespectCensoring()
    {
        std::vector<TrialOutcome> trials;
        for (int i = 1; i <= 9; ++i)
            trials.push_back(refusedAfter(10 * i));
        PropagationFigures figures = summarise(trials, boundsOf());
        QCOMPARE(figures.trials, 9);
        QCOMPARE(figures.refused, 9);
        QCOMPARE(*figures.p50, (Watched{50, true}));
        QCOMPARE(*figures.p95, (Watched{90, true}));
        QCOMPARE(*figures.longest, (Watched{90, true}));
        QCOMPARE(figures.coveredShare, std::pow(0.05, 1.0 / 9));
        QCOMPARE(figures.verdict, PropagationVerdict::Instant);
        TrialOutcome never;
        never.end = End::NeverRefused;
        never.lastAcceptedNs = 9'000 * ms;
        trials.push_back(never);
        trials.push_back({}); // still running
        figures = summarise(trials, boundsOf());
        QCOMPARE(figures.trials, 10);
        QCOMPARE(figures.refused, 9);
        QCOMPARE(*figures.p50, (Watched{50, true})); // five and five: half are refused with the fifth
        QCOMPARE(*figures.p99, (Watched{9'000, false}));
        QCOMPARE(*figures.longest, (Watched{9'000, false}));
        QVERIFY(!figures.windowMeanMs);
        QCOMPARE(figures.coveredShare, 0.0);
        QCOMPARE(figures.verdict, PropagationVerdict::NotRevoked);
        QCOMPARE(summarise({}, boundsOf()).verdict, PropagationVerdict::Unknown);
    }

    void trialsThatStillRunAreNotLeftOut()
    {
        // Half are refused at once, half go on: left out, all of them would seem refused.
        std::vector<TrialOutcome> trials(4, refusedAfter(10));
        TrialOutcome running;
        running.lastAcceptedNs = 500 * ms;
        trials.insert(trials.end(), 4, running);
        trials.push_back({}); // nothing was seen of it yet
        TrialOutcome refusedBefore;
        refusedBefore.end = End::NotAccepted;
        trials.push_back(refusedBefore);
        const PropagationFigures figures = summarise(trials, boundsOf());
        QCOMPARE(figures.trials, 4);
        const SurvivalCurve curve(figures.watched);
        QCOMPARE(curve.count(), 8);
        QCOMPARE(curve.at(0)->share, 1.0);
        QCOMPARE(curve.at(500)->share, 0.5);
        QCOMPARE(*curve.endMs(), 500.0);
        QVERIFY2(!curve.at(501), "nobody was watched so long");
        QVERIFY(!SurvivalCurve().at(0));
        // So are the percentiles: half of them are not refused yet.
        QCOMPARE(*figures.p95, (Watched{500, false}));
        QCOMPARE(*figures.longest, (Watched{500, false}));
        QCOMPARE(*figures.windowP95, (Watched{500, false}));
        QVERIFY(!figures.windowMeanMs);
        QCOMPARE(figures.coveredShare, 0.0);
        QVERIFY(!summarise({}, boundsOf()).p50);
    }
    void oneInTwentyThatIsLateIsNotInstant()
    {
        std::vector<TrialOutcome> trials(19, refusedAfter(10));
        trials.push_back(refusedAfter(100'000, 99'900));
        QCOMPARE(*summarise(trials, boundsOf(3s)).p95, (Watched{10, true}));
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::Late);
        trials.insert(trials.end(), 2, refusedAfter(10));
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::Instant);
    }
    void runningTrialsLeaveTheVerdictOpen()
    {
        // What carried its trials through was refused at once or within the time to live; what still runs may not be.
        std::vector<TrialOutcome> trials(4, refusedAfter(10));
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::Instant);
        TrialOutcome running;
        running.lastAcceptedNs = 190 * ms;
        trials.push_back(running);
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::Unknown);
        QCOMPARE(summarise(trials, boundsOf()).verdict, PropagationVerdict::Unknown);
        trials.back().lastAcceptedNs = 3'500 * ms; // it tells enough already
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::Late);
        trials.back().lastAcceptedNs = 1'500 * ms;
        trials.back().end = End::NoAnswer; // given up: the others stand for it
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::WithinTtl);
    }
    void quantilesAreWhereTheCurveFalls()
    {
        // 3/4 after 1, 3/8 after 3, nothing known beyond 4.
        const SurvivalCurve curve({{4, false}, {1, true}, {3, true}, {2, false}});
        QCOMPARE(*curve.quantile(0.2), (Watched{1, true}));
        QCOMPARE(*curve.quantile(0.25), (Watched{1, true})); // it stays at 3/4 from 1 to 3
        QCOMPARE(*curve.quantile(0.5), (Watched{3, true}));
        QCOMPARE(*curve.quantile(0.625), (Watched{3, true})); // down there, whatever comes then
        QCOMPARE(*curve.quantile(0.95), (Watched{4, false}));
        // Nothing censored: the first that as many have ended with.
        const SurvivalCurve whole({{1, true}, {1, true}, {2, true}, {3, true}});
        QCOMPARE(*whole.quantile(0.25), (Watched{1, true}));
        QCOMPARE(*whole.quantile(0.5), (Watched{1, true}));
        QCOMPARE(*whole.quantile(0.75), (Watched{2, true}));
        QCOMPARE(*whole.quantile(0.99), (Watched{3, true}));
        // Nineteen of twenty are refused by 118 ms: the 95th is known, whatever becomes of the last.
        std::vector<Watched> twenty(19, {118, true});
        twenty.push_back({100'000, false});
        QCOMPARE(*SurvivalCurve(twenty).quantile(0.95), (Watched{118, true}));
        QCOMPARE(*SurvivalCurve(twenty).quantile(0.96), (Watched{100'000, false}));
        // One that ended and was seen to at last brings it down, whoever was given up before.
        QCOMPARE(*SurvivalCurve({{1, false}, {5, true}}).quantile(0.95), (Watched{5, true}));
        QVERIFY(!SurvivalCurve().quantile(0.5));
    }
    void survivalIsKaplanAndMeiers()
    {
        // By hand: 3/4 after the first, 3/4 · 1/2 after the third; Greenwood's sum 1/(4·3) + 1/(2·1) = 7/12, so the
        // variance is 9/64 · 7/12 = 21/256, that of (3/8 · 5/8) / (21/256) = 20/7 observations.
        const SurvivalCurve curve({{4, false}, {1, true}, {3, true}, {2, false}});
        QCOMPARE(curve.stepsMs(), (std::vector<double>{1, 3}));
        QCOMPARE(curve.at(0.5)->share, 1.0);
        QCOMPARE(curve.at(2.5)->share, 0.75);
        QCOMPARE(curve.at(4)->share, 0.375);
        QCOMPARE(curve.at(4)->interval.lo, wilsonOfShare(0.375, 20.0 / 7).lo);
        QCOMPARE(curve.at(4)->interval.hi, wilsonOfShare(0.375, 20.0 / 7).hi);
        QVERIFY(curve.at(4)->interval.hi - curve.at(4)->interval.lo > 0.5);
        // Who was watched just so long was still accepted then: it tells of that time, not of a later one.
        const SurvivalCurve ties({{2, false}, {2, false}, {5, true}});
        QCOMPARE(ties.at(2)->interval.lo, wilson(3, 3).lo);
        QCOMPARE(ties.at(2.5)->interval.lo, wilson(1, 1).lo);
        // Nothing censored: the plain share with Wilson's interval, also where all or none last.
        const SurvivalCurve whole({{1, true}, {1, true}, {2, true}, {3, true}, {5, true}});
        QVERIFY(!whole.endMs());
        for (const auto &[ms, lasting] : {std::pair{0.0, 5}, {1.0, 3}, {2.5, 2}, {3.0, 1}, {9.0, 0}}) {
            const SurvivalCurve::Point point = *whole.at(ms);
            QVERIFY(std::abs(point.share - lasting / 5.0) < 1e-12);
            QVERIFY(std::abs(point.interval.lo - wilson(lasting, 5).lo) < 1e-12);
            QVERIFY(std::abs(point.interval.hi - wilson(lasting, 5).hi) < 1e-12);
        }
    }
    void quantilesHaveIntervals()
    {
        // Hundred that end at 1, 2 … 100: the binomial ranks of the median are 40 and 60 or 61, Wilson's a little
        // other.
        std::vector<Watched> watched;
        for (int i = 1; i <= 100; ++i)
            watched.push_back({double(i), true});
        const SurvivalCurve::Bounds median = SurvivalCurve(watched).quantileBounds(0.5);
        QVERIFY2(std::abs(median.loMs - 41) < 1.5 && median.hiMs && std::abs(*median.hiMs - 60) < 1.5,
                 qPrintable(QStringLiteral("%1 %2").arg(median.loMs).arg(median.hiMs.value_or(-1))));
        // Twenty do not bound the 95th from above, and those that were not refused bound nothing.
        watched.resize(20);
        const SurvivalCurve::Bounds tail = SurvivalCurve(watched).quantileBounds(0.95);
        QVERIFY(!tail.hiMs && tail.loMs >= 15 && tail.loMs <= 18);
        const SurvivalCurve::Bounds none = SurvivalCurve(std::vector<Watched>(20, {7, false})).quantileBounds(0.5);
        QVERIFY(!none.hiMs && none.loMs == 7);
    }
    void theDepartureFromTheModelIsKnown()
    {
        // A cache that keeps for 1 s and is asked twenty times in it departs from its model by little.
        Revocations revocations{1'000, 50, {}};
        RevocationCell cell{RevokedBy::Row, ProbeMode::CachedMemory, 0, simulatedWindows(50ms, 1s)};
        cell.ended = static_cast<int>(cell.watched.size());
        for (const double p : {0.5, 0.95}) {
            const ModelDeparture asModelled = *revocations.departureOf(cell, p);
            QVERIFY2(std::abs(*asModelled.percentOff(asModelled.measured.ms)) < 5,
                     qPrintable(QString::number(*asModelled.percentOff(asModelled.measured.ms))));
            QVERIFY(asModelled.loMs<asModelled.measured.ms && * asModelled.hiMs> asModelled.measured.ms);
        }
        // One that keeps twice as long as is said shows it, outside its interval.
        cell.watched = simulatedWindows(50ms, 2s);
        const ModelDeparture twice = *revocations.departureOf(cell, 0.5);
        QVERIFY(std::abs(*twice.percentOff(twice.measured.ms) - 100) < 15 && *twice.percentOff(twice.loMs) > 50);
        // Asked twice in a second, the same cache would seem to keep longer than it does: of that nothing is said.
        revocations.intervalMs = 500;
        cell.watched = simulatedWindows(500ms, 1s);
        const double modelMs = 1'000 * revocations.model().windowQuantile(0.5);
        QVERIFY(std::abs(SurvivalCurve(cell.watched).quantile(0.5)->ms / modelMs - 1) > 0.2);
        QVERIFY(revocations.hasModel(cell) && !revocations.departureOf(cell, 0.5));
        // Without a cache of ours, or a row that is deleted, there is no model.
        revocations.intervalMs = 50;
        QVERIFY(revocations.departureOf(cell, 0.5));
        cell.mode = ProbeMode::Proxy;
        QVERIFY(!revocations.departureOf(cell, 0.5));
        cell.mode = ProbeMode::CachedMemory;
        cell.by = RevokedBy::Nothing;
        QVERIFY(!revocations.departureOf(cell, 0.5));
    }

    void verdictsKnowTheTimeToLive()
    {
        const std::vector<TrialOutcome> trials{refusedAfter(1'000, 950), refusedAfter(2'900, 2'850)};
        QCOMPARE(summarise(trials, boundsOf(3s)).verdict, PropagationVerdict::WithinTtl);
        QCOMPARE(summarise(trials, boundsOf(2s)).verdict, PropagationVerdict::Late);
        QCOMPARE(summarise(trials, boundsOf()).verdict, PropagationVerdict::Late);
    }

    void theModelIsThatOfTheMethod_data()
    {
        // facts/latency-method.md §4.2, T = 60 s.
        QTest::addColumn<double>("rate");
        QTest::addColumn<double>("hits");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("p95");
        QTest::addColumn<double>("stale");
        QTest::newRow("0.005") << 0.005 << 0.2308 << 6.92 << 47.00 << 0.0346;
        QTest::newRow("0.05") << 0.05 << 0.7500 << 22.50 << 56.00 << 1.125;
        QTest::newRow("1") << 1.0 << 0.9836 << 29.51 << 56.95 << 29.5;
    }
    void theModelIsThatOfTheMethod()
    {
        QFETCH(double, rate);
        QFETCH(double, hits);
        QFETCH(double, mean);
        QFETCH(double, p95);
        QFETCH(double, stale);
        const TradeoffModel model = TradeoffModel::poisson(rate, 60);
        const auto near = [](double a, double b) { return std::abs(a / b - 1) < 0.002; };
        QVERIFY(near(model.hitRatio(), hits));
        QVERIFY(near(model.windowMean(), mean));
        QVERIFY(near(model.windowQuantile(0.95), p95));
        QVERIFY(near(model.staleAccepts(), stale));
        QCOMPARE(model.databaseCallsPerSecond(), rate * (1 - model.hitRatio()));
    }
    void moreInstancesRevokeLater()
    {
        const TradeoffModel model = TradeoffModel::poisson(1, 60, 20);
        QVERIFY(std::abs(model.hitRatio() - 0.75) < 1e-9);
        QVERIFY(std::abs(model.windowQuantile(0.5) - 57.3) < 0.05);
        QVERIFY(std::abs(model.windowQuantile(0.95) - 59.8) < 0.05);
        QCOMPARE(TradeoffModel::poisson(0.001, 60).windowQuantile(0.5), 0.0); // most deletes find nothing cached
        QCOMPARE(TradeoffModel::poisson(1, 60).windowQuantile(1), 60.0);
    }
    void pollingFillsEveryFewQuestions()
    {
        for (const auto &[interval, hits] : {std::pair{7.0, 8.0 / 9}, {15.0, 0.75}, {25.0, 2.0 / 3}, {45.0, 0.5}})
            QCOMPARE(TradeoffModel::polling(interval, 60).hitRatio(), hits);
    }

    void plansAreChecked_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("baseUrl");
        QTest::addColumn<QString>("error");
        const auto row = [](const char *what, const char *url, const char *error) {
            QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(url) << QString::fromLatin1(error);
        };
        row("fine", "http://127.0.0.1:1", "");
        row("route", "http://127.0.0.1:1", "UsageInvalid");
        row("no url", "", "PartNotGiven");
        row("no trials", "http://127.0.0.1:1", "UsageInvalid");
        row("too fast elsewhere", "https://shop.example", "GuardRefused");
        row("as fast here", "http://127.0.0.1:1", "");
    }
    void plansAreChecked()
    {
        QFETCH(QString, what);
        QFETCH(QString, baseUrl);
        QFETCH(QString, error);
        PropagationPlan plan;
        plan.modes = {ProbeMode::Local, ProbeMode::Proxy};
        if (what == QStringLiteral("route"))
            plan.modes.push_back(ProbeMode::Route);
        if (what == QStringLiteral("no trials"))
            plan.trials = 0;
        if (what.contains(QStringLiteral("fast")))
            plan.interval = 20ms;
        const auto valid = plan.validate(baseUrl.isEmpty() ? std::nullopt : std::optional(QUrl(baseUrl)));
        QCOMPARE(valid ? QString() : rollcall::base::errorName(valid.error().code), error);
    }

    void elsewhereTheGuardsSetThePace()
    {
        const std::optional<QUrl> shop(QUrl(QStringLiteral("https://shop.example")));
        PropagationPlan plan;
        QCOMPARE(plan.intervalFor(shop), std::chrono::nanoseconds(2s));
        QCOMPARE(plan.parallelFor(shop), 4); // two questions a second in all
        QCOMPARE(plan.intervalFor(std::nullopt), std::chrono::nanoseconds(250ms));
        QCOMPARE(plan.lawFor(ProbeMode::Cached, true, shop).age, std::chrono::nanoseconds(120s));
        QCOMPARE(plan.lawFor(ProbeMode::Proxy, false, shop).horizon, std::chrono::nanoseconds(2min));
    }
};

QTEST_APPLESS_MAIN(PropagationTest)
#include "tst_Propagation.moc"
