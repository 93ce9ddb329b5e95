#include <QtTest>

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QStackedWidget>
#include <QSvgRenderer>
#include <QTabBar>

#include "core/probe/CsvWriter.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/LoopTicks.h"
#include "ui/charts/BlocksChart.h"
#include "ui/charts/ChartCard.h"
#include "ui/charts/ChartLegend.h"
#include "ui/charts/ChartPicture.h"
#include "ui/charts/ChartTableView.h"
#include "ui/charts/DumbbellChart.h"
#include "ui/charts/HeatmapChart.h"
#include "ui/charts/PercentileChart.h"
#include "ui/charts/PhaseChart.h"
#include "ui/charts/ShiftChart.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/TableView.h"
#include "ui/latency/ChartBoard.h"
#include "ui/latency/LatencyPage.h"
#include "ui/latency/RunPlanEditor.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using latency::LatencyPage;

/// The Latency page over a real run on the demo deployment: what it shows was measured in this test.
class LatencyPageTest final : public QObject
{
    Q_OBJECT

private:
    test::DemoWindow m_demo{"latency"};
    LatencyPage *m_page = nullptr;

    template <typename T>
    T *find(const char *name)
    {
        return m_page->findChild<T *>(QLatin1String(name));
    }
    common::Button *button(const char *name) { return find<common::Button>(name); }

    void planShortRun(int samples)
    {
        m_page->planEditor().setRoutes(m_demo.info().routes.mid(0, 4));
        m_page->planEditor().setSamples(samples);
        find<QComboBox>("planPace")->setCurrentIndex(1);
    }

    /// The table twin of the card @p name holds figures, and its chart's picture is a file of both kinds.
    void readsAsTableAndPicture(const char *name)
    {
        auto *card = find<charts::ChartCard>(name);
        QWidget *chart = card->findChild<QStackedWidget *>()->currentWidget();
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_T);
        QVERIFY(card->showsTable());
        auto *table = card->findChild<charts::ChartTableView *>();
        QVERIFY(table->isVisible());
        QVERIFY(table->model()->rowCount() > 0);
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_T);
        QVERIFY(!card->showsTable());
        QVERIFY(!chart->accessibleDescription().isEmpty());
        const QImage png = QImage::fromData(charts::asPng(*chart, Qt::white));
        QCOMPARE(png.size(), chart->size() * 2);
        const QByteArray svg = charts::asSvg(*chart, Qt::white, QStringLiteral("chart"));
        QVERIFY2(svg.contains("<text") && svg.contains("<poly"), "words and lines, not one image");
        QVERIFY(QSvgRenderer(svg).isValid());
    }

    /// Of the same run: a box of five numbers for each mode and a few blocks.
    void boxesOfTheRunsParts()
    {
        auto *card = find<charts::ChartCard>("routesCard");
        card->setCurrent(1);
        QVERIFY(find<QComboBox>("routeOrder")->isHidden());
        auto *blocks = find<charts::BlocksChart>("blocksChart");
        blocks->setFocus();
        QTest::keyClick(blocks, Qt::Key_Home);
        const QString first = blocks->accessibleDescription();
        QVERIFY2(first.contains(QStringLiteral("Proxy p50 ")), qPrintable(first));
        QVERIFY2(first.startsWith(m_page->findChild<latency::ChartBoard *>()->selectedRoute()), qPrintable(first));
        QTest::keyClick(blocks, Qt::Key_End);
        QVERIFY(blocks->accessibleDescription() != first);
        QHash<QString, double> counted;
        for (const std::vector<charts::ChartValue> &row : blocks->table().rows) {
            counted[row[1].text] += *row[2].number;
            for (std::size_t i = 4; i < row.size(); ++i)
                QVERIFY2(*row[i].number >= *row[i - 1].number, "400 times are enough for four groups with whiskers");
        }
        QCOMPARE(counted.size(), 4);
        for (const double count : counted)
            QCOMPARE(count, 400.0); // each measured request stands in one box
        QVERIFY(m_demo.photograph("blocks"));
        // From 0 in even steps, until it is pressed again.
        QTest::keyClick(blocks, Qt::Key_L);
        QVERIFY(find<QAction>("linearLatency")->isChecked());
        QVERIFY(m_demo.photograph("blocks-linear"));
        card->setCurrent(0);
        QVERIFY(m_demo.photograph("linear"));
        // Its letter is for charts alone: in the box above it looks for an entry. The page offers it to menu and
        // palette.
        auto *linear = find<QAction>("linearLatency");
        find<QComboBox>("routeOrder")->setFocus();
        QTest::keyClick(find<QComboBox>("routeOrder"), Qt::Key_L);
        QVERIFY(linear->isChecked());
        QVERIFY(m_page->actions().contains(linear));
        QVERIFY(common::menuOf(*linear) == common::MenuOf::Measure);
        find<charts::PercentileChart>("percentileChart")->setFocus();
        QTest::keyClick(find<charts::PercentileChart>("percentileChart"), Qt::Key_L);
        QVERIFY(!linear->isChecked());
        card->setCurrent(1);
        readsAsTableAndPicture("routesCard");
        card->setCurrent(0);
        QVERIFY(!find<QComboBox>("routeOrder")->isHidden());
    }

    void chartsOfOneRoute()
    {
        auto *board = m_page->findChild<latency::ChartBoard *>();
        readsAsTableAndPicture("routesCard");
        readsAsTableAndPicture("routeCard");

        board->setTab(latency::ChartBoard::Shift);
        auto *shift = find<charts::ShiftChart>("shiftChart");
        QTRY_VERIFY2_WITH_TIMEOUT(shift->points() > 0, qPrintable(shift->sentence()), 20'000);
        QCOMPARE(shift->points(), 12); // 400 samples bear a p99
        QTest::keyClick(shift, Qt::Key_Home);
        const QString first = shift->accessibleDescription();
        QTest::keyClick(shift, Qt::Key_End);
        QVERIFY(shift->accessibleDescription() != first);
        QCOMPARE(shift->cursor(), 11);
        QVERIFY(m_demo.photograph("shift"));
        readsAsTableAndPicture("routeCard");

        board->setTab(latency::ChartBoard::OverTime);
        auto *heatmap = find<charts::HeatmapChart>("heatmapChart");
        QCOMPARE(heatmap->allModes().size(), 4U);
        QTest::keyClick(heatmap, Qt::Key_Plus);
        QVERIFY(heatmap->windowTo() - heatmap->windowFrom() < 0.51);
        QTest::keyClick(heatmap, Qt::Key_0);
        QCOMPARE(heatmap->windowTo(), 1.0);
        // The word of each tab is whole, whichever is the current one: there is room beside them.
        const auto *tabs = find<charts::ChartCard>("routeCard")->findChild<QTabBar *>();
        for (const auto tab :
             {latency::ChartBoard::Shift, latency::ChartBoard::Phases, latency::ChartBoard::OverTime}) {
            board->setTab(tab);
            QTRY_VERIFY2(tabs->width() >= tabs->sizeHint().width(),
                         qPrintable(QStringLiteral("%1 of %2").arg(tabs->width()).arg(tabs->sizeHint().width())));
        }
        QVERIFY(m_demo.photograph("time"));
        const auto all = heatmap->table().rows.size();
        QTest::keyClick(heatmap, Qt::Key_Down);
        QCOMPARE(heatmap->mode(), 0);
        QVERIFY(heatmap->table().rows.size() < all);
        QVERIFY(m_demo.photograph("time-one-mode"));
        readsAsTableAndPicture("routeCard");

        board->setTab(latency::ChartBoard::Phases);
        auto *phases = find<charts::PhaseChart>("phaseChart");
        QCOMPARE(phases->bars(), 3); // local by the stages of its look-up, proxy and floor
        phases->setFocus();
        QTest::keyClick(phases, Qt::Key_S);
        QVERIFY(phases->showsShares());
        QTest::keyClick(phases, Qt::Key_S);
        QVERIFY(m_demo.photograph("phases"));
        readsAsTableAndPicture("routeCard");
        m_demo.window().resize(972, 530); // a window of 1024 × 640 without rail and bands
        QVERIFY(m_demo.photograph("narrow-phases"));
        find<charts::ChartCard>("routesCard")->setCurrent(1);
        QVERIFY(m_demo.photograph("narrow-blocks"));
        find<charts::ChartCard>("routesCard")->setCurrent(0);
        board->setTab(latency::ChartBoard::Percentiles);
        QVERIFY(m_demo.photograph("narrow"));
        // What its legend has no room for is named when it is pointed at.
        const auto *legend = find<charts::ChartCard>("routesCard")->findChild<charts::ChartLegend *>();
        for (const char *mode : {"Local", "Proxy", "Cached, hit"})
            QVERIFY2(legend->toolTip().contains(QString::fromUtf8(mode)), qPrintable(legend->toolTip()));
        m_demo.window().resize(1272, 780);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_demo.start(500)); }

    void boxesSayNoMoreThanIsKnown()
    {
        probe::RunDocument document;
        document.plan = {{QStringLiteral("timeoutMs"), 1'000}, {QStringLiteral("concurrency"), 1}};
        document.cells.resize(1);
        document.cells[0].id = {QStringLiteral("/a"), probe::ProbeMode::Proxy, {}};
        const auto add = [&document](int cell, int block, qint64 ms, probe::Outcome outcome = probe::Outcome::Ok) {
            probe::Sample sample;
            sample.cell = cell;
            sample.block = block;
            sample.endNs = ms * 1'000'000;
            sample.outcome = outcome;
            document.samples.push_back(sample);
        };
        // Twenty a block; in each of the first five two timeouts, which a p95 of the first hundred falls among.
        for (int i = 0; i < 400; ++i)
            add(0, i / 20, 10, i < 100 && i % 10 == 0 ? probe::Outcome::Timeout : probe::Outcome::Ok);
        charts::BlocksChart chart(m_demo.theme());
        chart.show(document, QStringLiteral("/a"));
        chart.setCursorStop(0);
        QCOMPARE(chart.table().rows.size(), 4U);
        QCOMPARE(chart.remark(), QStringLiteral("line p50, box p25–p75, whiskers p5–p95, open at timeouts"));
        QVERIFY2(
            chart.sentence().contains(QStringLiteral("p50 10.0\u00a0ms, p5 10.0\u00a0ms, p95 ≥ 1.00\u00a0s, n 100.")),
            qPrintable(chart.sentence()));
        QCOMPARE(chart.table().rows[0][7].text, QStringLiteral("≥ 1.00\u00a0s"));
        QCOMPARE(chart.table().rows[1][7].text, QStringLiteral("10.0\u00a0ms"));
        // Half of all timeouts: then the median lies between an answer and a timeout, and is no time either.
        for (probe::Sample &sample : document.samples)
            sample.outcome = &sample - document.samples.data() < 200 ? probe::Outcome::Ok : probe::Outcome::Timeout;
        std::ranges::for_each(document.samples, [](probe::Sample &sample) { sample.block = sample.block % 5; });
        chart.show(document, QStringLiteral("/a"));
        QCOMPARE(chart.table().rows.size(), 1U);
        QVERIFY2(chart.table().rows[0][5].text.startsWith(QStringLiteral("≥ ")), "p50");
        QVERIFY2(!chart.table().rows[0][4].text.startsWith(QStringLiteral("≥ ")), "p25");

        // A mode with one time a block has no whiskers, and none of its own in the last group.
        document.samples.clear();
        document.cells.resize(2);
        document.cells[1].id = {QStringLiteral("/a"), probe::ProbeMode::Local, {}};
        for (int i = 0; i < 400; ++i)
            add(0, i / 20, 10 + i % 7);
        for (int block = 0; block < 15; ++block)
            add(1, block, 2);
        chart.show(document, QStringLiteral("/a"));
        chart.setCursorStop(0);
        QVERIFY2(chart.sentence().endsWith(QStringLiteral("Local p50 2.00\u00a0ms, n 5.")),
                 qPrintable(chart.sentence()));
        QCOMPARE(chart.table().rows[1][7].text, QStringLiteral("needs n 72"));
        QVERIFY(!chart.table().rows[1][7].number);
        QVERIFY2(chart.remark().contains(QStringLiteral("from n 72 whiskers")), qPrintable(chart.remark()));
        chart.setCursorStop(3);
        QVERIFY2(chart.sentence().endsWith(QStringLiteral("Local no answer as it should be.")),
                 qPrintable(chart.sentence()));
    }

    void init()
    {
        test::DemoConnection how;
        how.hasDeployment = true;
        QVERIFY(m_demo.connect(how));
        m_demo.connection().setWriteMode(common::WriteMode::Guarded);
        QVERIFY(m_demo.show({1272, 780}));
        auto *row = new QHBoxLayout(&m_demo.window());
        row->setContentsMargins({});
        m_page = new LatencyPage(m_demo.theme(), m_demo.connection());
        row->addWidget(m_page);
        QTRY_VERIFY(m_page->isVisible());
    }
    void cleanup() { m_demo.close(); }

    void emptyStateInvitesToRun()
    {
        QVERIFY(m_page->findChild<common::EmptyState *>()->isVisible());
        QVERIFY(button("startRun")->isEnabled());
        QVERIFY(!button("stopRun")->isVisible());
        QVERIFY(!button("exportRun")->isEnabled());
        QVERIFY(m_demo.photograph("empty"));
    }

    void readOnlySaysWhyAndOffersAWayOn()
    {
        m_demo.connection().setWriteMode(common::WriteMode::ReadOnly);
        QVERIFY(!button("startRun")->isEnabled());
        QVERIFY(find<common::Label>("planHint")->text().contains(QStringLiteral("read-only")));
        QVERIFY(m_demo.photograph("read-only"));
        find<QComboBox>("planCookie")->setCurrentIndex(1); // no cookie
        m_page->planEditor().setModeChecked(probe::ProbeMode::Cached, false);
        QVERIFY(button("startRun")->isEnabled());
    }

    void linearAxesBeginAtNothing()
    {
        const auto axis = charts::LatencyAxis::around(3, 7.2e6, charts::LatencyScale::Linear);
        QCOMPARE(axis.ticks(), (std::vector<double>{0, 2e6, 4e6, 6e6, 8e6}));
        QVERIFY(axis.minorTicks().empty());
        QCOMPARE(axis.shareOf(2e6), 0.25);
        QCOMPARE(axis.at(0.75), 6e6);
        QCOMPARE(charts::tickLabel(0), QStringLiteral("0"));
        QCOMPARE(charts::tickLabel(1.5e6), QStringLiteral("1.5 ms"));
        QCOMPARE(charts::tickLabel(5e5), QString::fromUtf8("500 µs"));
        const auto decades = charts::LatencyAxis::around(3, 7.2e3);
        QCOMPARE(decades.ticks(), (std::vector<double>{1, 10, 100, 1000, 10'000}));
        QCOMPARE(decades.shareOf(100), 0.5);
        QCOMPARE(charts::LatencyAxis::around(5, 5, charts::LatencyScale::Linear).hi, 5.0);
    }

    void wrongPlansAreExplained()
    {
        auto *routes = find<QPlainTextEdit>("planRoutes");
        auto *hint = find<common::Label>("planHint");
        for (const char *wrong : {"dashboard", "", "/a\n/a#b"}) {
            routes->setPlainText(QString::fromUtf8(wrong));
            QVERIFY(!button("startRun")->isEnabled());
            // In the form's words: flags are the command line's.
            QVERIFY2(hint->text().startsWith(u"Routes: ") && hint->text().contains(u"path") &&
                         !hint->text().contains(u"--"),
                     qPrintable(hint->text()));
        }
        routes->setPlainText(QStringLiteral("/"));
        find<QComboBox>("planCookie")->setCurrentIndex(1); // no cookie
        m_page->planEditor().setModeChecked(probe::ProbeMode::Cached, true);
        QCOMPARE(hint->text(), QStringLiteral("Session: without a cookie there is nothing to cache."));
        for (const probe::ProbeMode mode :
             {probe::ProbeMode::Local, probe::ProbeMode::Proxy, probe::ProbeMode::Cached,
              probe::ProbeMode::CachedMemory, probe::ProbeMode::Route, probe::ProbeMode::Floor})
            m_page->planEditor().setModeChecked(mode, false);
        QCOMPARE(hint->text(), QStringLiteral("Choose at least one mode."));
        QVERIFY(!button("startRun")->isEnabled());
    }

    void figuresHaveTheUnitThatFitsThem()
    {
        auto document = std::make_shared<probe::RunDocument>();
        document->plan = {{QStringLiteral("concurrency"), 1}}; // judged by service times
        document->cells.resize(2);
        probe::CellResult &hit = document->cells[0];
        hit.count = hit.ok = 400;
        hit.service.quantiles = {129, 240, 982'000, 1'040'000, {}};
        hit.service.intervals[0] = probe::Interval{127, 131};
        hit.service.max = 1'300'000'000;
        probe::CellResult &timedOut = document->cells[1];
        timedOut.count = 400;
        timedOut.ok = 390;
        timedOut.censored = 10;
        timedOut.service = hit.service;
        timedOut.service.intervals[0] = probe::Interval{982'000, 1'040'000};
        latency::CellResultsModel model;
        model.setDocument(document);
        const auto said = [&model](int row, int column) {
            return model.index(row, column).data().toString().replace(QChar(0xa0), QLatin1Char(' '));
        };
        using Model = latency::CellResultsModel;
        QCOMPARE(said(0, Model::P50), QStringLiteral("129 ns"));
        QCOMPARE(said(0, Model::Interval), QStringLiteral("127–131 ns"));
        QCOMPARE(said(0, Model::P95), QStringLiteral("982 µs"));
        QCOMPARE(said(0, Model::P99), QStringLiteral("1.04 ms"));
        QCOMPARE(said(0, Model::Max), QStringLiteral("1.30 s"));
        // Of 400 the last ten are timeouts: the 99th hundredth and the largest lie among them, the 95th does not.
        QCOMPARE(said(1, Model::Interval), QStringLiteral("982 µs–1.04 ms"));
        QCOMPARE(said(1, Model::P95), QStringLiteral("982 µs"));
        QCOMPARE(said(1, Model::P99), QStringLiteral("≥ 1.04 ms"));
        QCOMPARE(said(1, Model::Max), QStringLiteral("≥ 1.30 s"));
        // What the signs mean is said where they stand.
        for (const int column : {Model::P50, Model::P90, Model::P95, Model::P99, Model::Max}) {
            const QString tip = model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString();
            QVERIFY2(tip.contains(QStringLiteral("≥: among timeouts")), qPrintable(QString::number(column)));
            QCOMPARE(tip.contains(QStringLiteral("≈")), column == Model::P99);
        }
        // A mode may be longer than its column.
        QCOMPARE(model.index(0, Model::Mode).data(Qt::ToolTipRole), model.index(0, Model::Mode).data());
        QVERIFY(!model.index(0, Model::Mode).data().toString().isEmpty());
    }

    void coldStartsHaveAPaceOfTheirOwn()
    {
        auto *pace = find<QComboBox>("planPace");
        auto *idle = find<QSpinBox>("planIdle");
        auto *samples = find<QSpinBox>("planSamples");
        auto *hint = find<common::Label>("planHint");
        QVERIFY(!idle->isVisible());
        pace->setFocus();
        QTest::keyClick(pace, Qt::Key_End);
        QVERIFY(idle->isVisible());
        QCOMPARE(samples->value(), 3);
        QVERIFY(!find<QCheckBox>("planCold")->isEnabled()); // each connects anew anyway
        QVERIFY(!find<QCheckBox>("planWithoutCookie")->isEnabled());
        // What else is asked keeps awake what is to sleep: said until there is one cell.
        QVERIFY2(hint->text().contains(QStringLiteral("one route in one mode")), qPrintable(hint->text()));
        QVERIFY(!button("startRun")->isEnabled());
        QVERIFY(m_demo.photograph("cold-starts-many"));
        for (const auto mode : {probe::ProbeMode::Local, probe::ProbeMode::Cached, probe::ProbeMode::Floor})
            m_page->planEditor().setModeChecked(mode, false);
        QVERIFY(button("startRun")->isEnabled());
        QVERIFY2(hint->text().startsWith(QStringLiteral("1 cell, 3 requests to the deployment, about 45 min")),
                 qPrintable(hint->text()));
        QVERIFY(m_demo.photograph("cold-starts"));

        QTest::keyClick(pace, Qt::Key_Tab);
        QVERIFY(idle->hasFocus());
        QCOMPARE(idle->accessibleName(), QStringLiteral("Rest before each request"));
        QVERIFY(!idle->toolTip().isEmpty());
        QTest::keyClicks(idle, QStringLiteral("5"));
        const auto plan = m_page->planEditor().plan();
        QVERIFY(plan.has_value());
        QVERIFY(plan->cold && !plan->reused && plan->guards && !plan->concurrency && plan->warmup == 0);
        QCOMPARE(plan->samples, std::optional(3));
        QVERIFY(plan->arrival == probe::Arrival::Constant);
        // So long apart that an answer which takes until the time limit has the whole rest after it.
        QCOMPARE(1 / *plan->rate, std::chrono::duration<double>(5min + plan->timeout).count());
        QTest::keyClick(idle, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(idle, QStringLiteral("50"));
        QVERIFY2(hint->text().contains(QStringLiteral("longer than an hour")), qPrintable(hint->text()));
        QVERIFY(!button("startRun")->isEnabled());

        pace->setCurrentIndex(0);
        QVERIFY(!idle->isVisible());
        QCOMPARE(samples->value(), 80);
        QVERIFY(find<QCheckBox>("planCold")->isEnabled());
        QVERIFY(button("startRun")->isEnabled());
    }

    void aRunIsMeasuredShownAndExported()
    {
        planShortRun(400);
        test::LoopTicks ticks;
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        QTest::mouseClick(button("startRun"), Qt::LeftButton);
        QVERIFY(m_page->isRunning());
        QVERIFY(button("stopRun")->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(m_page->document() != nullptr, 30'000);
        QVERIFY(ended.isEmpty());
        // The loop turns while the run goes on.
        QVERIFY2(ticks.longestOwnGap() < 500ms, qPrintable(QString::number(ticks.longestOwnGap().count())));
        QVERIFY(m_demo.photograph("running"));
        // The course of time is drawn while the run goes on.
        auto *board = m_page->findChild<latency::ChartBoard *>();
        board->setTab(latency::ChartBoard::OverTime);
        QVERIFY(!find<charts::HeatmapChart>("heatmapChart")->table().rows.empty());
        board->setTab(latency::ChartBoard::Percentiles);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);

        const probe::RunDocument *document = m_page->document();
        QCOMPARE(document->stopReason, probe::StopReason::Samples);
        QCOMPARE(document->cells.size(), 20U); // four routes: local, proxy, hit, miss, floor
        for (const probe::CellResult &cell : document->cells)
            QCOMPARE(cell.ok, 400);
        auto *table = find<common::TableView>("cellTable");
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table->model()->rowCount(), 20);
        QVERIFY(find<common::Label>("verdictHeadline")->text().contains(QStringLiteral("faster")));
        QVERIFY(m_demo.photograph("finished"));

        auto *dumbbell = find<charts::DumbbellChart>("dumbbellChart");
        QCOMPARE(dumbbell->routes().size(), 4);
        dumbbell->setFocus();
        QTest::keyClick(dumbbell, Qt::Key_Home);
        const QString first = dumbbell->selectedRoute();
        QCOMPARE(first, dumbbell->routes().first());
        QTest::keyClick(dumbbell, Qt::Key_Down);
        QVERIFY(dumbbell->selectedRoute() != first);
        QVERIFY(dumbbell->accessibleDescription().contains(dumbbell->selectedRoute()));
        QVERIFY(find<common::Label>("verdictHeadline")->text().contains(dumbbell->selectedRoute()));
        const QStringList byGap = dumbbell->routes();
        const QString chosen = dumbbell->selectedRoute();
        auto *order = find<QComboBox>("routeOrder");
        order->setCurrentIndex(2);
        QStringList byName = byGap;
        byName.sort();
        QCOMPARE(dumbbell->routes(), byName);
        QCOMPARE(dumbbell->selectedRoute(), chosen);
        order->setCurrentIndex(1);
        const auto slowest = [document](const QString &route) {
            qint64 ns = 0;
            for (const probe::CellResult &cell : document->cells) {
                if (cell.id.route == route)
                    ns = std::max(ns, document->judged(cell).quantiles[2].value_or(0));
            }
            return ns;
        };
        for (qsizetype i = 1; i < byGap.size(); ++i)
            QVERIFY(slowest(dumbbell->routes().at(i - 1)) >= slowest(dumbbell->routes().at(i)));
        order->setCurrentIndex(0);
        QCOMPARE(dumbbell->routes(), byGap);
        auto *percentiles = find<charts::PercentileChart>("percentileChart");
        QTest::keyClick(percentiles, Qt::Key_Home);
        const QString atMinimum = percentiles->accessibleDescription();
        QTest::keyClick(percentiles, Qt::Key_End);
        QVERIFY(percentiles->accessibleDescription() != atMinimum);

        chartsOfOneRoute();
        boxesOfTheRunsParts();

        document = m_page->document();
        const auto read = probe::RunDocument::fromJson(document->toJson(), QStringLiteral("export"));
        QVERIFY(read.has_value());
        QCOMPARE(read->toJson(), document->toJson());
        QCOMPARE(probe::cellsAsCsv(*document).count('\n'), 21);
        // How much warm-up there was is found by the run: a line for each sample, and the head.
        QVERIFY(read->samples.size() >= 20 * 403);
        QCOMPARE(probe::samplesAsCsv(*document).count('\n'), std::ssize(read->samples) + 1);
    }

    void figuresSortAndCopy()
    {
        planShortRun(10);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        QTest::mouseClick(button("startRun"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
        auto *table = find<common::TableView>("cellTable");
        table->sortByColumn(latency::CellResultsModel::P50, Qt::DescendingOrder);
        double last = std::numeric_limits<double>::max();
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            const double value = table->model()
                                     ->index(row, latency::CellResultsModel::P50)
                                     .data(latency::CellResultsModel::SortRole)
                                     .toDouble();
            QVERIFY(value <= last);
            last = value;
        }
        table->selectRow(0);
        table->setFocus();
        QTest::keySequence(table, QKeySequence::Copy);
        QTRY_COMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 1);
    }

    void stopEndsTheRunAndKeepsWhatThereIs()
    {
        planShortRun(20'000);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        QTest::mouseClick(button("startRun"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->document() != nullptr, 30'000);
        QTest::keyClick(m_page, Qt::Key_Escape);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 10'000);
        QCOMPARE(m_page->document()->stopReason, probe::StopReason::Cancelled);
        QVERIFY(button("startRun")->isVisible());
        QVERIFY(m_demo.photograph("stopped"));
    }

    void anUnreachableDeploymentIsSaidSo()
    {
        planShortRun(10);
        m_demo.stop();
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        QTest::mouseClick(button("startRun"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
        QVERIFY(m_page->findChild<common::ErrorBanner *>()->isVisible());
        QVERIFY(m_page->document() == nullptr);
        QVERIFY(m_demo.photograph("error"));
    }
};

QTEST_MAIN(LatencyPageTest)
#include "tst_LatencyPage.moc"
