#include <QtTest>

#include <set>

#include "core/probe/BlockScheduler.h"
#include "core/probe/Budget.h"
#include "core/probe/Guard.h"
#include "core/probe/RunPlan.h"

using namespace rollcall::probe;
using rollcall::base::ErrorCode;

namespace {

std::vector<int> visitsOf(BlockScheduler scheduler)
{
    std::vector<int> cells;
    while (!scheduler.atEnd())
        cells.push_back(scheduler.take().cell);
    return cells;
}

RunPlan planOf(const QStringList &routes, const QString &modes)
{
    RunPlan plan;
    plan.routes = routes;
    plan.modes = *parseModes(modes);
    plan.samples = 10;
    return plan;
}

Sample outcome(Outcome what, int status = 0)
{
    Sample sample;
    sample.outcome = what;
    sample.status = status;
    return sample;
}

} // namespace

class ScheduleTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyBlockVisitsEveryCellOnce()
    {
        BlockScheduler scheduler({3, 5, 8, 9}, 50, 42);
        std::set<std::vector<int>> orders;
        for (int block = 0; block < 50; ++block) {
            std::vector<int> order;
            for (int i = 0; i < 4; ++i) {
                QCOMPARE(scheduler.peek().block, block);
                order.push_back(scheduler.take().cell);
            }
            orders.insert(order);
            std::sort(order.begin(), order.end());
            QCOMPARE(order, (std::vector<int>{3, 5, 8, 9}));
        }
        QVERIFY(scheduler.atEnd());
        QVERIFY2(orders.size() > 12, "of 24 orders, 50 blocks saw too few: not shuffled anew");
    }
    void theSeedAloneFixesTheOrder()
    {
        QCOMPARE(visitsOf(BlockScheduler({1, 2, 3}, 40, 9)), visitsOf(BlockScheduler({1, 2, 3}, 40, 9)));
        QVERIFY(visitsOf(BlockScheduler({1, 2, 3}, 40, 9)) != visitsOf(BlockScheduler({1, 2, 3}, 40, 10)));
    }
    void noCellsMeansNoVisits() { QVERIFY(BlockScheduler({}, 5, 1).atEnd()); }

    void arrivalsAreFixedBySeedAndKeepTheirRate()
    {
        ArrivalClock first(Arrival::Poisson, 100, 5);
        ArrivalClock second(Arrival::Poisson, 100, 5);
        qint64 last = 0;
        double squares = 0;
        constexpr int n = 20'000;
        for (int i = 0; i < n; ++i) {
            const qint64 at = first.next();
            QCOMPARE(second.next(), at);
            QVERIFY(at >= last);
            squares += std::pow(static_cast<double>(at - last) / 1e7, 2);
            last = at;
        }
        QVERIFY(std::abs(static_cast<double>(last) / n / 1e7 - 1) < 0.03); // mean gap 10 ms
        QVERIFY(std::abs(squares / n - 2) < 0.15);                         // exponential: E[x²] = 2 E[x]²
        ArrivalClock constant(Arrival::Constant, 100, 5);
        QCOMPARE(constant.next(), 10'000'000);
        QCOMPARE(constant.next(), 20'000'000);
    }

    void budgetsAreRead_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("route");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("measure");
        QTest::addColumn<qint64>("limitNs");
        const auto row = [](const char *text, const char *route, const char *mode, const char *measure, qint64 ns) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(route) << QString::fromUtf8(mode)
                                << QString::fromUtf8(measure) << ns;
        };
        row("proxy.p95<300ms", "", "proxy", "p95", 300'000'000);
        row("/dashboard:local.p50<1500us", "/dashboard", "local", "p50", 1'500'000);
        row("/a:b.c:cached-memory.p999<2s", "/a:b.c", "cached-memory", "p999", 2'000'000'000);
        row("floor.max<5ms", "", "floor", "max", 5'000'000);
        row("route.mean<1m", "", "route", "mean", 60'000'000'000);
    }
    void budgetsAreRead()
    {
        QFETCH(QString, text);
        const auto budget = parseBudget(text);
        QVERIFY(budget.has_value());
        QTEST(budget->route.value_or(QString()), "route");
        QTEST(probeModeName(budget->mode), "mode");
        QTEST(measureName(budget->measure), "measure");
        QTEST(qint64(budget->limit.count()), "limitNs");
    }
    void wrongBudgetsAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "proxy", "proxy.p95", "proxy.p95<", "proxy.p95<300", "proxy.p42<3ms",
                                 "nosuch.p95<3ms", "proxy.p95>3ms", "proxy.p95<0ms", "proxy.p95<-3ms"})
            QTest::addRow("%s", text) << QString::fromUtf8(text);
    }
    void wrongBudgetsAreRefused()
    {
        QFETCH(QString, text);
        const auto budget = parseBudget(text);
        QVERIFY(!budget);
        QCOMPARE(budget.error().code, ErrorCode::UsageInvalid);
    }

    void wrongPlansAreRefusedBeforeAnything_data()
    {
        QTest::addColumn<int>("defect");
        QTest::addColumn<int>("code");
        QTest::newRow("no route") << 0 << int(ErrorCode::UsageInvalid);
        QTest::newRow("not a path") << 1 << int(ErrorCode::UsageInvalid);
        QTest::newRow("route twice") << 2 << int(ErrorCode::UsageInvalid);
        QTest::newRow("rate and concurrency") << 3 << int(ErrorCode::UsageInvalid);
        QTest::newRow("no samples") << 4 << int(ErrorCode::UsageInvalid);
        QTest::newRow("budget of an unmeasured mode") << 5 << int(ErrorCode::UsageInvalid);
        QTest::newRow("cached without cookie") << 6 << int(ErrorCode::UsageInvalid);
        QTest::newRow("rate beyond the ceiling") << 7 << int(ErrorCode::GuardRefused);
        QTest::newRow("guards off elsewhere") << 8 << int(ErrorCode::GuardRefused);
        QTest::newRow("no base URL") << 9 << int(ErrorCode::PartNotGiven);
        QTest::newRow("too many in flight") << 10 << int(ErrorCode::GuardRefused);
        QTest::newRow("another host as route") << 11 << int(ErrorCode::UsageInvalid);
    }
    void wrongPlansAreRefusedBeforeAnything()
    {
        QFETCH(int, defect);
        QFETCH(int, code);
        RunPlan plan = planOf({QStringLiteral("/a")}, QStringLiteral("local,proxy"));
        std::optional<QUrl> base = QUrl(QStringLiteral("https://shop.example.com"));
        QVERIFY(plan.validate(base).has_value());
        switch (defect) {
        case 0:
            plan.routes.clear();
            break;
        case 1:
            plan.routes = {QStringLiteral("a")};
            break;
        case 2:
            plan.routes << QStringLiteral("/a");
            break;
        case 3:
            plan.rate = 1;
            plan.concurrency = 1;
            break;
        case 4:
            plan.samples = 0;
            break;
        case 5:
            plan.budgets = {*parseBudget(QStringLiteral("route.p50<1ms"))};
            break;
        case 6:
            plan.modes = {ProbeMode::Cached};
            plan.cookie = CookieChoice::None;
            break;
        case 7:
            plan.rate = 21;
            break;
        case 8:
            plan.guards = false;
            break;
        case 9:
            base.reset();
            break;
        case 10:
            plan.concurrency = 17;
            break;
        case 11:
            plan.routes = {QStringLiteral("//evil.example/")};
            break;
        default:
            QFAIL("unknown defect");
        }
        const auto status = plan.validate(base);
        QVERIFY(!status);
        QCOMPARE(int(status.error().code), code);
    }

    void guardsLetThePlanRaiseThemToTheCeilingOnly()
    {
        RunPlan plan = planOf({QStringLiteral("/a")}, QStringLiteral("proxy"));
        QCOMPARE(guardLimits(plan, false).rate, 2.0);
        QCOMPARE(guardLimits(plan, false).requests, 600);
        plan.rate = 20;
        plan.samples = 1'000'000;
        plan.duration = std::chrono::hours(9);
        const GuardLimits raised = guardLimits(plan, false);
        QCOMPARE(raised.rate, 20.0);
        QCOMPARE(raised.requests, 20'000);
        QVERIFY(raised.length == std::chrono::minutes(60));
        plan.guards = false;
        QVERIFY(guardLimits(plan, false).requests == 20'000 && !guardLimits(plan, false).breakers);
        QVERIFY(guardLimits(plan, true).rateCeiling > 1000);
    }
    void errorBreakerCountsTheLastTwenty()
    {
        Guard guard({}, 0);
        for (int i = 0; i < 4; ++i)
            QVERIFY(!guard.afterSample(outcome(Outcome::Http5xx, 500)));
        for (int i = 0; i < 20; ++i)
            QVERIFY(!guard.afterSample(outcome(Outcome::Ok, 200)));
        for (int i = 0; i < 4; ++i)
            QVERIFY(!guard.afterSample(outcome(Outcome::Timeout)));
        const auto event = guard.afterSample(outcome(Outcome::Reset));
        QVERIFY(event && event->rule == QLatin1String("error-breaker"));
    }
    void oneRequestToSlowDownIsEnough()
    {
        Guard guard({}, 0);
        const auto event = guard.afterSample(outcome(Outcome::RateLimited, 429));
        QVERIFY(event && event->rule == QLatin1String("rate-limited"));
    }
    void aPauseIsGrantedOnceAndWithinBounds()
    {
        using namespace std::chrono_literals;
        Guard guard({}, 0);
        QVERIFY(!guard.pauseAfter(3min, 0)); // longer than anybody waits at a progress bar
        QVERIFY(!guard.pauseAfter(30s, std::chrono::nanoseconds(590s).count())); // would outlast the run
        QCOMPARE(*guard.pauseAfter(std::nullopt, 0), std::chrono::nanoseconds(5s));
        QVERIFY(!guard.pauseAfter(1s, 0));
        const auto event = guard.afterSample(outcome(Outcome::Timeout));
        QVERIFY2(event && event->detail.contains(QStringLiteral("retry")), "one failing retry is enough");
        Guard other({}, 0);
        QVERIFY(other.pauseAfter(1s, 0));
        QVERIFY(!other.afterSample(outcome(Outcome::Ok, 200)));
        QVERIFY(!other.afterSample(outcome(Outcome::Timeout))); // the retry was well: back to five in twenty
    }
    void capsHold()
    {
        GuardLimits limits;
        limits.requests = 2;
        limits.length = std::chrono::seconds(1);
        Guard guard(limits, 100);
        QVERIFY(!guard.beforeRequest(200));
        QCOMPARE(guard.beforeRequest(2'000'000'000)->rule, QStringLiteral("run-length"));
        QVERIFY(!guard.beforeRequest(300));
        QCOMPARE(guard.beforeRequest(400)->rule, QStringLiteral("requests"));
    }
};

QTEST_GUILESS_MAIN(ScheduleTest)
#include "tst_Schedule.moc"
