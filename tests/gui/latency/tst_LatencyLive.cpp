#include <QtTest>

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QTabBar>

#include <algorithm>
#include <ctime>
#include <thread>

#include "core/probe/RunSlice.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/ScriptedServer.h"
#include "ui/charts/ChartCard.h"
#include "ui/charts/ChartTableView.h"
#include "ui/charts/DumbbellChart.h"
#include "ui/charts/HeatmapChart.h"
#include "ui/charts/PercentileChart.h"
#include "ui/charts/PhaseChart.h"
#include "ui/charts/ShareChart.h"
#include "ui/common/Activities.h"
#include "ui/common/Label.h"
#include "ui/latency/ChartBoard.h"
#include "ui/latency/LatencyPage.h"
#include "ui/latency/RunPlanEditor.h"
#include "ui/main/ActivityDrawer.h"

using namespace rollcall;
using namespace std::chrono_literals;
using latency::ChartBoard;
using latency::LatencyPage;

namespace {

/// Counts how often a widget is painted.
class Paints final : public QObject
{
public:
    explicit Paints(QWidget &widget) { widget.installEventFilter(this); }
    [[nodiscard]] int count() const { return m_count; }

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        m_count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }

private:
    int m_count = 0;
};

/// What drawing the page once may take of a processor: several times what it does.
constexpr double mostFrameMs = 100;

/// What this thread has used of a processor.
double processorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

} // namespace

/// A run while it goes on: live charts and what they cost the probe, pause, the activity drawer; a part of its time;
/// and routes from a sitemap that is asked for.
class LatencyLiveTest final : public QObject
{
    Q_OBJECT

private:
    test::DemoWindow m_demo{"latency-live"};
    LatencyPage *m_page = nullptr;
    main::ActivityDrawer *m_drawer = nullptr;

    template <typename T>
    T *find(const char *name)
    {
        return m_page->findChild<T *>(QLatin1String(name));
    }
    common::Button *button(const char *name)
    {
        return m_demo.window().findChild<common::Button *>(QLatin1String(name));
    }
    ChartBoard &board() { return *m_page->findChild<ChartBoard *>(); }

    void plan(int samples, int routes = 1)
    {
        m_page->planEditor().setRoutes(m_demo.info().routes.mid(0, routes));
        m_page->planEditor().setSamples(samples);
        m_page->planEditor().setGuarded(false);
    }
    void measure(int samples, int routes = 1)
    {
        plan(samples, routes);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
        QVERIFY(m_page->document() != nullptr);
    }
    /// How many requests of the run, of the cell with the most of those that the charts show, began in @p range.
    double answersIn(const probe::TimeRange &range)
    {
        const probe::RunDocument &run = *m_page->document();
        std::vector<double> counts(run.cells.size());
        for (const probe::Sample &sample : run.samples) {
            const auto cell = static_cast<std::size_t>(sample.cell);
            const bool isShown = !sample.warmup && run.cells[cell].id.cache != probe::CachePath::Miss;
            if (isShown && sample.startNs >= range.fromNs && sample.startNs < range.toNs)
                ++counts[cell];
        }
        return *std::ranges::max_element(counts);
    }
    /// Ready to measure one route, without cookie and guards, at full speed.
    static void planRouteAlone(LatencyPage &page)
    {
        page.planEditor().setSamples(20'000);
        page.planEditor().setGuarded(false);
        page.findChild<QComboBox *>(QStringLiteral("planCookie"))->setCurrentIndex(1); // none
        for (const auto mode :
             {probe::ProbeMode::Local, probe::ProbeMode::Cached, probe::ProbeMode::Floor, probe::ProbeMode::Proxy})
            page.planEditor().setModeChecked(mode, false);
        page.planEditor().setModeChecked(probe::ProbeMode::Route, true);
    }
    /// The same with guards, on a route that a server may be too busy for.
    static void planGuardedOnBusy(LatencyPage &page)
    {
        planRouteAlone(page);
        page.planEditor().setRoutes({QStringLiteral("/busy")});
        page.planEditor().setGuarded(true);
    }
    /// A connection to the deployment at @p server alone.
    [[nodiscard]] static bool openTo(test::TestConnection &open, const test::ScriptedServer &server)
    {
        workspace::ConnectionProfile profile;
        profile.name = QStringLiteral("slow");
        profile.baseUrl = server.url().toString();
        return open.open(std::move(profile));
    }
    static test::Reply slowly(const test::ScriptedServer::Request &)
    {
        test::Reply reply = test::Reply::http(200, "null");
        reply.delay = 2ms;
        return reply;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_demo.start(200)); }
    void init()
    {
        test::DemoConnection how;
        how.hasDeployment = true;
        QVERIFY(m_demo.connect(how));
        m_demo.connection().setWriteMode(common::WriteMode::Guarded);
        QVERIFY(m_demo.show({1272, 780}));
        auto *column = new QVBoxLayout(&m_demo.window());
        column->setContentsMargins({});
        column->setSpacing(0);
        m_page = new LatencyPage(m_demo.theme(), m_demo.connection());
        m_drawer = new main::ActivityDrawer(m_demo.theme());
        column->addWidget(m_page, 1);
        column->addWidget(m_drawer);
        m_drawer->setActivities(&m_demo.connection().activities());
        QTRY_VERIFY(m_page->isVisible());
    }
    void cleanup() { m_demo.close(); }

    void sharesAreReadByKeyAndAsATable()
    {
        measure(300);
        board().setTab(ChartBoard::Share);
        auto *chart = find<charts::ShareChart>("shareChart");
        QTRY_VERIFY(chart->isVisible());
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_End);
        // At the axis' end everything was answered, at its begin nothing.
        QVERIFY2(chart->accessibleDescription().contains(QStringLiteral("100 %")),
                 qPrintable(chart->accessibleDescription()));
        QTest::keyClick(chart, Qt::Key_Home);
        QVERIFY2(chart->accessibleDescription().contains(QStringLiteral("Proxy 0 %")),
                 qPrintable(chart->accessibleDescription()));
        // Where the median is, half of them were.
        const auto *proxy = m_page->document()->cell({m_demo.info().routes.first(), probe::ProbeMode::Proxy, {}});
        QVERIFY(proxy != nullptr);
        const double limits[] = {static_cast<double>(*proxy->response.quantiles[0]) * 1.01};
        const double share = probe::shareCurve(*proxy, probe::timeoutNsOf(*m_page->document()), limits).share(0);
        QVERIFY2(share >= 0.49 && share < 0.75, qPrintable(QString::number(share)));
        for (int i = 0; i < 120; ++i)
            QTest::keyClick(chart, Qt::Key_Right);
        QVERIFY(m_demo.photograph("share"));
        QTest::keyClick(chart, Qt::Key_T);
        auto *card = find<charts::ChartCard>("routeCard");
        QVERIFY(card->showsTable());
        auto *table = card->findChild<charts::ChartTableView *>();
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(table->model()->rowCount() > 8);
        QVERIFY(m_demo.photograph("share-table"));
    }

    void besideTheUsualStateIsToldApart()
    {
        plan(30);
        m_page->planEditor().setModeChecked(probe::ProbeMode::Route, true);
        find<QCheckBox>("planWithoutCookie")->setChecked(true);
        find<QCheckBox>("planCold")->setChecked(true);
        QVERIFY(m_demo.photograph("plan"));
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
        const QString route = m_demo.info().routes.first();
        QVERIFY(m_page->document()->cell({route, probe::ProbeMode::Route, {}, probe::CookieState::None, true}) !=
                nullptr);
        board().setTab(ChartBoard::Phases);
        auto *phases = find<charts::PhaseChart>("phaseChart");
        QStringList words;
        for (const auto &row : phases->table().rows)
            words << row.front().text;
        for (const char *word :
             {"Whole route", "Whole route, no cookie", "Whole route, cold", "Proxy, no cookie, cold"})
            QVERIFY2(words.contains(QLatin1String(word)), word);
        QVERIFY(m_demo.photograph("phases-beside"));
        // One line a mode elsewhere: a second of the same colour could not be told from it.
        auto *percentiles = find<charts::PercentileChart>("percentileChart");
        QCOMPARE(percentiles->modes().size(), 5U); // local, proxy, hit, route, floor
    }

    void percentilesZoomByKey()
    {
        measure(300);
        auto *chart = find<charts::PercentileChart>("percentileChart");
        chart->setFocus();
        QCOMPARE(chart->window(), std::pair(0.0, 3.0));
        QTest::keyClick(chart, Qt::Key_End);
        QTest::keyClick(chart, Qt::Key_Plus);
        QTest::keyClick(chart, Qt::Key_Plus);
        const auto [from, to] = chart->window();
        QVERIFY(to - from < 0.76 && from > 0.9); // around the read-out, which stands at the last percentile there is
        QVERIFY(chart->hasBands());
        QTest::keyClick(chart, Qt::Key_B);
        QVERIFY(!chart->hasBands());
        QVERIFY(m_demo.photograph("percentiles-zoomed"));
        QTest::keyClick(chart, Qt::Key_Home); // the window follows the read-out
        QCOMPARE(chart->window().first, 0.0);
        QTest::keyClick(chart, Qt::Key_0);
        QCOMPARE(chart->window(), std::pair(0.0, 3.0));
        QTest::keyClick(chart, Qt::Key_B);
    }

    void aBrushedTimeIsWhatTheOtherChartsShow()
    {
        measure(400);
        auto *percentiles = find<charts::PercentileChart>("percentileChart");
        const QString whole = percentiles->accessibleDescription();
        const auto answersOf = [](const charts::ChartTable &table) {
            double answers = 0;
            for (const auto &row : table.rows)
                answers = std::max(answers, *row.back().number);
            return answers;
        };
        board().setTab(ChartBoard::Share);
        auto *shares = find<charts::ShareChart>("shareChart");
        QCOMPARE(answersOf(shares->table()), 400.0);

        board().setTab(ChartBoard::OverTime);
        auto *heatmap = find<charts::HeatmapChart>("heatmapChart");
        QTRY_VERIFY(heatmap->isVisible());
        QVERIFY(!heatmap->range());
        auto *chip = button("timeRange");
        QVERIFY(!chip->isVisible());
        const QPoint from(heatmap->width() / 2, heatmap->height() / 2);
        const QPoint to(heatmap->width() * 3 / 4, heatmap->height() / 2);
        QTest::mousePress(heatmap, Qt::LeftButton, {}, from);
        QTest::mouseMove(heatmap, (from + to) / 2);
        QTest::mouseMove(heatmap, to);
        QTest::mouseRelease(heatmap, Qt::LeftButton, {}, to);
        QVERIFY(heatmap->range().has_value());
        const double within = answersIn(*heatmap->range());
        QVERIFY(within > 0 && within < 400);
        QVERIFY(chip->isVisible());
        QVERIFY(chip->text().contains(QStringLiteral(" s to ")) || chip->text().contains(QStringLiteral(" ms to ")));
        // It leaves the words of the tabs beside it whole.
        const auto *tabs = find<charts::ChartCard>("routesCard")->findChild<QTabBar *>();
        QTRY_VERIFY2(tabs->width() >= tabs->sizeHint().width(),
                     qPrintable(QStringLiteral("%1 of %2").arg(tabs->width()).arg(tabs->sizeHint().width())));
        QVERIFY(heatmap->accessibleDescription().contains(chip->text()));
        QVERIFY(m_demo.photograph("brush"));

        board().setTab(ChartBoard::Share);
        QTRY_COMPARE_WITH_TIMEOUT(answersOf(shares->table()), within, 10'000);
        // Its table twin follows, and so do all others.
        shares->setFocus();
        QTest::keyClick(shares, Qt::Key_T);
        auto *card = find<charts::ChartCard>("routeCard");
        auto *table = card->findChild<charts::ChartTableView *>();
        double most = 0;
        for (int row = 0; row < table->model()->rowCount(); ++row)
            most = std::max(most, table->model()->index(row, 5).data().toString().remove(QLatin1Char(',')).toDouble());
        QCOMPARE(most, within);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_T);
        board().setTab(ChartBoard::Percentiles);
        QTRY_VERIFY(percentiles->accessibleDescription() != whole);
        QVERIFY(m_demo.photograph("brushed-percentiles"));

        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(!heatmap->range());
        QVERIFY(!chip->isVisible());
        QCOMPARE(percentiles->accessibleDescription(), whole);
        board().setTab(ChartBoard::Share);
        QCOMPARE(answersOf(shares->table()), 400.0);

        // By key: Shift widens, Backspace takes it back.
        board().setTab(ChartBoard::OverTime);
        heatmap->setFocus();
        QTest::keyClick(heatmap, Qt::Key_Home);
        for (int i = 0; i < 60; ++i)
            QTest::keyClick(heatmap, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(heatmap->range() && heatmap->range()->fromNs >= 0);
        const auto first = *heatmap->range();
        QTest::keyClick(heatmap, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(heatmap->range()->fromNs, first.fromNs);
        QVERIFY(heatmap->range()->toNs > first.toNs);
        QTest::keyClick(heatmap, Qt::Key_Backspace);
        QVERIFY(!heatmap->range());
    }

    void aRunStandsStillAndGoesOn()
    {
        plan(20'000, 4);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->document() != nullptr && button("pauseRun")->isVisible(), 30'000);
        QVERIFY(m_demo.photograph("running"));
        QTest::mouseClick(button("pauseRun"), Qt::LeftButton);
        const auto *act = m_demo.connection().activities().acts().first();
        QTRY_COMPARE(act->state(), common::ActState::Paused);
        QCOMPARE(button("pauseRun")->text(), QStringLiteral("Go on"));
        const qint64 done = act->done();
        QTest::qWait(400);
        QVERIFY2(act->done() - done <= 4, "what was under way may end, nothing else");
        QVERIFY(m_demo.photograph("paused"));
        // The key goes on as well.
        QTest::keyClick(m_page, Qt::Key_P);
        QTRY_COMPARE(act->state(), common::ActState::Running);
        QTRY_VERIFY(act->done() > done + 50);
        QTest::keyClick(m_page, Qt::Key_Escape);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 10'000);
        const auto &events = m_page->document()->guards;
        QCOMPARE(events.size(), 1U);
        QCOMPARE(events.front().rule, QStringLiteral("user-pause"));
        QVERIFY2(!m_demo.texts().contains(QStringLiteral("safety")), "a pause is no guard's stop");
    }

    void theActivityDrawerPausesAndStopsIt()
    {
        m_drawer->show();
        plan(20'000, 4);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        common::Activities &activities = m_demo.connection().activities();
        QCOMPARE(activities.acts().size(), 1);
        const auto *act = activities.acts().first();
        QVERIFY(!activities.isActing()); // it changes nothing
        QTRY_VERIFY_WITH_TIMEOUT(act->done() > 100, 30'000);
        QVERIFY(m_drawer->summary().contains(QStringLiteral("1 running")));
        QTRY_VERIFY(button("activityPause")->isEnabled());
        QTest::mouseClick(button("activityPause"), Qt::LeftButton);
        QTRY_COMPARE(act->state(), common::ActState::Paused);
        QTRY_COMPARE(button("activityPause")->text(), QStringLiteral("Go on"));
        QVERIFY(m_demo.photograph("drawer-paused"));
        QTest::mouseClick(button("activityPause"), Qt::LeftButton);
        QTRY_COMPARE(act->state(), common::ActState::Running);
        const qint64 done = act->done();
        QTRY_VERIFY(act->done() > done);
        QVERIFY(m_demo.photograph("drawer-running"));

        QElapsedTimer since;
        since.start();
        QTest::mouseClick(button("activityStop"), Qt::LeftButton);
        QCOMPARE(act->state(), common::ActState::Stopping);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 10'000);
        // With the canary's removal and the document; the next test has the last request.
        qInfo("stopped from the drawer, run over after %lld ms", since.elapsed());
        QCOMPARE(m_page->document()->stopReason, probe::StopReason::Cancelled);
        QVERIFY(act->isEnded());
        QVERIFY(act->end()->words.contains(QStringLiteral("stopped by you")));
        QVERIFY(m_demo.photograph("drawer-ended"));
    }

    /// How soon its last byte is sent: tst_OffSwitch.
    void stoppedInTheDrawerItAsksNothingMore()
    {
        const test::ScriptedServer server(slowly);
        test::TestConnection open(m_demo.clock());
        QVERIFY(openTo(open, server));
        LatencyPage page(m_demo.theme(), open.connection());
        planRouteAlone(page);
        m_drawer->setActivities(&open.connection().activities());
        const auto detached = qScopeGuard([this] { m_drawer->setActivities(nullptr); });
        m_drawer->show();
        QSignalSpy ended(&page, &LatencyPage::runEnded);
        page.run();
        QTRY_VERIFY_WITH_TIMEOUT(server.requests().size() > 50, 30'000);
        QTest::mouseClick(button("activityStop"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
        const std::size_t asked = server.requests().size();
        QVERIFY(asked < 20'000);
        QTest::qWait(300);
        QCOMPARE(server.requests().size(), asked);
        QCOMPARE(page.document()->stopReason, probe::StopReason::Cancelled);
    }

    void aGuardsPauseIsSaidWhileItLasts()
    {
        const test::ScriptedServer server([](const test::ScriptedServer::Request &request) {
            return request.requestLine().contains("/busy ")
                       ? test::Reply::http(429, "", "text/plain", "Retry-After: 60\r\n")
                       : test::Reply::http(200, "null");
        });
        test::TestConnection open(m_demo.clock());
        QVERIFY(openTo(open, server));
        LatencyPage page(m_demo.theme(), open.connection());
        planGuardedOnBusy(page);
        QSignalSpy ended(&page, &LatencyPage::runEnded);
        page.run();
        const auto *guard = page.findChild<common::Label *>(QStringLiteral("runGuard"));
        const QString said = QStringLiteral("Guard paused it until ");
        QTRY_VERIFY_WITH_TIMEOUT(guard->text().startsWith(said), 30'000);
        const QTime until = QTime::fromString(guard->text().mid(said.size(), 8), QStringLiteral("HH:mm:ss"));
        constexpr int day = 24 * 60 * 60;
        const int ahead = (QTime::currentTime().secsTo(until) + day) % day; // it may lie behind midnight
        QVERIFY2(until.isValid() && ahead <= 60, qPrintable(guard->text()));
        QVERIFY2(guard->toolTip().contains(QStringLiteral("paused for 60.0 s")), qPrintable(guard->toolTip()));
        QVERIFY(ended.isEmpty());
        page.stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
    }

    void afterAGuardsPauseItIsSaidHowTheRunGoesOn()
    {
        std::atomic<int> asked = 0;
        const test::ScriptedServer server([&asked](const test::ScriptedServer::Request &request) {
            return request.requestLine().contains("/busy ") && asked++ == 2
                       ? test::Reply::http(429, "", "text/plain", "Retry-After: 1\r\n")
                       : test::Reply::http(200, "null");
        });
        test::TestConnection open(m_demo.clock());
        QVERIFY(openTo(open, server));
        LatencyPage page(m_demo.theme(), open.connection());
        planGuardedOnBusy(page);
        QSignalSpy ended(&page, &LatencyPage::runEnded);
        page.run();
        const auto *guard = page.findChild<common::Label *>(QStringLiteral("runGuard"));
        QTRY_VERIFY_WITH_TIMEOUT(guard->text().startsWith(QStringLiteral("Guard watching, half the rate: ")), 30'000);
        QVERIFY2(guard->toolTip().contains(QStringLiteral("paused for 1.0 s")), qPrintable(guard->toolTip()));
        const int then = asked;
        QTRY_VERIFY_WITH_TIMEOUT(asked > then, 30'000); // it does go on
        QVERIFY(ended.isEmpty());
        page.stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
    }

    void liveChartsAreDrawnTenTimesASecondAtMost()
    {
        plan(20'000, 4);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->document() != nullptr, 30'000);
        board().setTab(ChartBoard::OverTime);
        Paints left(*find<charts::DumbbellChart>("dumbbellChart")->viewport());
        Paints right(*find<charts::HeatmapChart>("heatmapChart"));
        QElapsedTimer since;
        since.start();
        QTRY_VERIFY_WITH_TIMEOUT(right.count() >= 4 || !ended.isEmpty(), 30'000);
        QVERIFY(ended.isEmpty());
        while (since.elapsed() < 2'000)
            QTest::qWait(50);
        const double seconds = static_cast<double>(since.elapsed()) / 1000;
        qInfo("%d and %d paints in %.1f s", left.count(), right.count(), seconds);
        // One for what had been due before, one for the chart that came into sight.
        QVERIFY(left.count() <= 10 * seconds + 2);
        QVERIFY(right.count() <= 10 * seconds + 2);
        m_page->stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 10'000);
    }

    /// A frame takes little of a processor, and while the thread that draws them is held up the probe goes on.
    /// Processor time of that thread, as who else uses the machine takes time from both.
    void liveChartsCostTheProbeLittle()
    {
        const test::ScriptedServer server(slowly);
        test::TestConnection open(m_demo.clock());
        QVERIFY(openTo(open, server));
        LatencyPage page(m_demo.theme(), open.connection());
        page.resize(1272, 780);
        planRouteAlone(page);
        page.findChild<ChartBoard *>()->setTab(ChartBoard::OverTime);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        const Paints paints(*page.findChild<charts::HeatmapChart *>(QStringLiteral("heatmapChart")));
        QSignalSpy ended(&page, &LatencyPage::runEnded);
        page.run();
        QTRY_VERIFY_WITH_TIMEOUT(paints.count() > 2, 30'000);
        const double before = processorSeconds();
        const int first = paints.count();
        QTRY_VERIFY_WITH_TIMEOUT(paints.count() >= first + 10, 60'000);
        const double frame = 1000 * (processorSeconds() - before) / (paints.count() - first);
        qInfo("a frame took %.1f ms of a processor", frame);
        QVERIFY(frame < mostFrameMs);

        const std::size_t asked = server.requests().size();
        QElapsedTimer since;
        since.start();
        while (server.requests().size() < asked + 200 && since.elapsed() < 20'000)
            std::this_thread::sleep_for(10ms);
        QVERIFY(server.requests().size() >= asked + 200);
        QVERIFY(ended.isEmpty());
        page.stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
    }

    void routesComeFromASitemapThatIsAskedFor()
    {
        test::ScriptedServer server([](const test::ScriptedServer::Request &request) {
            if (!request.requestLine().contains(" /sitemap.xml "))
                return test::Reply::http(404, "no");
            return test::Reply::http(
                200,
                "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                "<url><loc>https://shop.example/</loc></url><url><loc>https://shop.example/cart</loc></url>"
                "<url><loc>https://elsewhere.example/x</loc></url></urlset>",
                "application/xml");
        });
        auto *routes = find<QPlainTextEdit>("planRoutes");
        auto *remark = find<common::Label>("routesRemark");
        const auto choose = [this](const QUrl &url) {
            QAction *action = nullptr;
            for (QAction *each : button("planRoutesFrom")->menu()->actions())
                action = each->text().contains(QStringLiteral("address")) ? each : action;
            QVERIFY(action != nullptr);
            action->trigger();
            auto *dialog = m_page->findChild<QInputDialog *>(QStringLiteral("sitemapAddress"));
            QVERIFY(dialog != nullptr);
            QVERIFY(dialog->textValue().endsWith(QStringLiteral("/sitemap.xml"))); // of the deployment
            dialog->setTextValue(url.toString());
            dialog->accept();
        };
        // Its pages are not the deployment's: taken only once somebody says so.
        const auto answer = [this](const QString &word) {
            QMessageBox *box = nullptr;
            QTRY_VERIFY((box = m_page->findChild<QMessageBox *>(QStringLiteral("sitemapHost"))) != nullptr);
            QVERIFY2(box->text().contains(QStringLiteral("shop.example")), qPrintable(box->text()));
            QVERIFY(m_demo.photograph("sitemap-host"));
            for (QAbstractButton *each : box->buttons()) {
                if (each->text() == word)
                    each->click();
            }
            QTRY_VERIFY(m_page->findChild<QMessageBox *>(QStringLiteral("sitemapHost")) == nullptr);
        };
        const QString before = routes->toPlainText();
        choose(server.url(QStringLiteral("/sitemap.xml")));
        answer(QStringLiteral("Take none"));
        QVERIFY2(remark->text().contains(QStringLiteral("No route was taken")), qPrintable(remark->text()));
        QCOMPARE(routes->toPlainText(), before);
        QTRY_VERIFY(m_page->findChild<QInputDialog *>(QStringLiteral("sitemapAddress")) == nullptr);
        choose(server.url(QStringLiteral("/sitemap.xml")));
        answer(QStringLiteral("Take the paths"));
        QTRY_COMPARE(routes->toPlainText(), QStringLiteral("/\n/cart"));
        QVERIFY2(remark->text().contains(QStringLiteral("other hosts")), qPrintable(remark->text()));
        QCOMPARE(server.requests().size(), 2U);
        QVERIFY(server.requests().front().header("cookie").isEmpty());
        QVERIFY(m_demo.photograph("sitemap"));
        QTRY_VERIFY(m_page->findChild<QInputDialog *>(QStringLiteral("sitemapAddress")) == nullptr);
        choose(server.url(QStringLiteral("/elsewhere.xml")));
        QTRY_VERIFY2(remark->text().contains(QStringLiteral("404")), qPrintable(remark->text()));
        QCOMPARE(routes->toPlainText(), QStringLiteral("/\n/cart")); // what was there stays
    }
};

QTEST_MAIN(LatencyLiveTest)
#include "tst_LatencyLive.moc"
