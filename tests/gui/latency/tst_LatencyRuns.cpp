#include <QtTest>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSlider>

#include "core/demo/DemoDeployment.h"
#include "tests/support/Screenshots.h"
#include "tests/support/TestConnection.h"
#include "tests/support/TestPaths.h"
#include "ui/charts/ChartCard.h"
#include "ui/charts/ChartTableView.h"
#include "ui/charts/RevocationChart.h"
#include "ui/charts/TradeoffChart.h"
#include "ui/common/Activities.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/Label.h"
#include "ui/common/TableView.h"
#include "ui/latency/BudgetSheet.h"
#include "ui/latency/CompareSheet.h"
#include "ui/latency/LatencyPage.h"
#include "ui/latency/RunExport.h"
#include "ui/latency/RunPlanEditor.h"
#include "ui/latency/RunsSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using latency::LatencyPage;

/// What surrounds a run on the Latency page: saved runs, their comparison, budgets, routes read from files and the
/// trade-off of a cache. Runs are measured on the demo deployment.
class LatencyRunsTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<common::Theme> m_theme;
    base::SystemClock m_clock;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    test::TestConnection m_open{m_clock};
    QTemporaryDir m_folder;
    std::unique_ptr<QWidget> m_window;
    LatencyPage *m_page = nullptr;

    template <typename T>
    T *find(const char *name)
    {
        return m_window->findChild<T *>(QLatin1String(name));
    }
    common::Button *button(const char *name) { return find<common::Button>(name); }
    void press(const char *name) { QTest::mouseClick(button(name), Qt::LeftButton); }
    /// What theTradeOffFollowsItsSlider() measured, over the time since each revocation.
    void theCurveFalls()
    {
        auto *card = find<charts::RevocationChart>("revocationChart")->parentWidget();
        while (qobject_cast<charts::ChartCard *>(card) == nullptr)
            card = card->parentWidget();
        qobject_cast<charts::ChartCard *>(card)->setCurrent(1);
        auto *curve = find<charts::RevocationChart>("revocationChart");
        QTest::keyClick(curve, Qt::Key_End);
        QCOMPARE(curve->accessibleDescription(), curve->sentence());
        QVERIFY2(curve->sentence().count(QStringLiteral(" 0 % (0–")) == 3, qPrintable(curve->sentence()));
        QTest::keyClick(curve, Qt::Key_Home);
        QVERIFY2(curve->sentence().count(QStringLiteral(" 100 % (")) == 3, qPrintable(curve->sentence()));
        // Never up again, each with its interval around it.
        const charts::ChartTable table = curve->table();
        QVERIFY(table.rows.size() >= 9);
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            const auto number = [&](std::size_t row, std::size_t column) { return *table.rows[row][column].number; };
            QVERIFY(number(i, 3) <= number(i, 2) && number(i, 2) <= number(i, 4));
            if (i > 0 && table.rows[i][0].text == table.rows[i - 1][0].text)
                QVERIFY(number(i, 2) <= number(i - 1, 2) && number(i, 1) > number(i - 1, 1));
        }
        QTest::mouseClick(curve, Qt::LeftButton, {}, QPoint(curve->width() / 3, curve->height() / 2));
        QVERIFY(shot(QStringLiteral("revocation-curve")));
        qobject_cast<charts::ChartCard *>(card)->setCurrent(0);
    }
    [[nodiscard]] bool shot(const QString &name)
    {
        return test::saveScreenshots(*m_window, *m_theme, QStringLiteral("latency-") + name);
    }
    /// What the menu's first entry writes.
    QByteArray exportedReport()
    {
        const QString path = m_folder.filePath(QStringLiteral("exported.html"));
        QFile::remove(path);
        button("exportRun")->menu()->actions().first()->trigger();
        auto *dialog = m_page->findChild<QFileDialog *>();
        Q_EMIT dialog->fileSelected(path);
        dialog->close();
        QFile file(path);
        if (!QTest::qWaitFor([&] { return file.exists(); }, 30'000) || !file.open(QIODevice::ReadOnly))
            return {};
        return file.readAll();
    }
    /// A sheet is deleted by the event loop after it was dismissed.
    void dismiss(const char *sheet)
    {
        QTest::keyClick(find<common::Sheet>(sheet), Qt::Key_Escape);
        QTRY_VERIFY(find<common::Sheet>(sheet) == nullptr);
    }

    void measure(int samples)
    {
        m_page->planEditor().setRoutes(m_demo->info().routes.mid(0, 2));
        m_page->planEditor().setSamples(samples);
        m_page->planEditor().setGuarded(false);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
        QVERIFY(m_page->document() != nullptr);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
        demo::DemoOptions options;
        options.sessions = 200;
        auto started = demo::DemoDeployment::start(options, base::Call::within(30s));
        QVERIFY(started.has_value());
        m_demo = std::move(*started);
        QFile secret(m_demo->info().secretFile);
        QVERIFY(secret.open(QIODevice::ReadOnly));
        workspace::ConnectionProfile profile;
        workspace::ConnectionSecrets secrets;
        profile.name = QStringLiteral("demo");
        profile.baseUrl = m_demo->info().baseUrl.toString();
        profile.database = m_demo->info().databaseUrl;
        secrets.authSecrets.emplace_back(QByteArrayView(secret.readAll().trimmed()));
        QVERIFY(m_open.open(std::move(profile), std::move(secrets), {true, true}));
        m_open.connection().setWriteMode(common::WriteMode::Guarded);
    }
    void init()
    {
        m_window = std::make_unique<QWidget>();
        auto *row = new QHBoxLayout(m_window.get());
        row->setContentsMargins({});
        m_page = new LatencyPage(*m_theme, m_open.connection());
        m_page->setRunsFolder(m_folder.filePath(QStringLiteral("runs")));
        row->addWidget(m_page);
        m_window->resize(1272, 780);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
    void cleanup() { m_window.reset(); }

    void withoutSavedRunsTheListSaysSo()
    {
        press("savedRuns");
        auto *sheet = find<latency::RunsSheet>("runsSheet");
        QVERIFY(sheet != nullptr);
        QVERIFY(sheet->findChild<common::EmptyState *>()->isVisible());
        QVERIFY(!button("runsOpen")->isEnabled());
        QVERIFY(shot(QStringLiteral("runs-empty")));
        dismiss("runsSheet");
        press("compareRuns");
        QVERIFY(find<common::Label>("compareSentence")->text().contains(QStringLiteral("No run is saved")));
        dismiss("compareSheet");
    }

    void runsAreKeptOpenedAndCompared()
    {
        measure(40);
        QTRY_VERIFY(button("savedRuns")->text().startsWith(QStringLiteral("Run 1,")));
        const QByteArray first = m_page->document()->toJson();
        measure(40);
        QTRY_VERIFY(button("savedRuns")->text().startsWith(QStringLiteral("Run 2,")));
        QVERIFY(m_page->document()->toJson() != first);
        QVERIFY(shot(QStringLiteral("saved")));

        press("savedRuns");
        auto *list = find<charts::ChartTableView>("runsTable");
        QCOMPARE(list->model()->rowCount(), 2);
        QVERIFY(shot(QStringLiteral("runs")));
        list->clearSelection();
        list->selectRow(1);
        QVERIFY(!button("runsCompare")->isEnabled());
        press("runsOpen");
        QTRY_VERIFY(button("savedRuns")->text().startsWith(QStringLiteral("Run 1,")));
        QCOMPARE(m_page->document()->toJson(), first); // byte for byte what was saved

        press("compareRuns");
        auto *table = find<charts::ChartTableView>("compareTable");
        QTRY_VERIFY(table->model()->rowCount() > 0);
        QCOMPARE(table->model()->rowCount(), 10); // two routes: local, proxy, hit, miss, floor
        find<QComboBox>("compareA")->setCurrentIndex(1);
        find<QComboBox>("compareB")->setCurrentIndex(0);
        QTRY_VERIFY(find<common::Label>("compareSentence")->text().contains(QStringLiteral("of 10 cells")));
        QVERIFY(shot(QStringLiteral("compare")));
        const QStringList words{QStringLiteral("Faster"), QStringLiteral("Slower"),
                                QStringLiteral("No relevant difference"), QStringLiteral("Cannot tell")};
        for (int i = 0; i < table->model()->rowCount(); ++i)
            QVERIFY(words.contains(table->model()->index(i, 7).data().toString()));

        // Another tool's run stands beside ours, unjudged.
        find<latency::CompareSheet>("compareSheet")
            ->addFile(test::sourceFile(QStringLiteral("tests/data/foreign/wrk2.txt")));
        QTRY_VERIFY(find<common::Label>("compareSentence")->text().contains(QStringLiteral("not judged")));
        QVERIFY(shot(QStringLiteral("compare-foreign")));
        dismiss("compareSheet");

        for (const latency::RunExport &format : latency::runExports())
            QVERIFY2(!format.write(*m_page->document()).isEmpty(), format.id);
        press("runRecordLink");
        QVERIFY(find<charts::ChartTableView>("runMeta")->model()->rowCount() > 20);
        QVERIFY(shot(QStringLiteral("record")));
        dismiss("runRecord");
    }

    void budgetsAreSetAndJudgeTheRunShown()
    {
        measure(40);
        const std::size_t before = m_page->planEditor().budgets().size();
        press("editPlan");
        press("planBudgets");
        auto *sheet = find<latency::BudgetSheet>("budgetSheet");
        QCOMPARE(sheet->budgets().size(), before);
        press("budgetAdd");
        QCOMPARE(sheet->budgets().size(), before + 1);
        QVERIFY(shot(QStringLiteral("budgets")));
        // A limit nobody keeps, on the median of the first route alone.
        auto *row = sheet->findChildren<QWidget *>(QStringLiteral("budgetRow")).last();
        row->findChild<QComboBox *>(QStringLiteral("route"))->setCurrentIndex(1);
        row->findChild<QComboBox *>(QStringLiteral("measure"))->setCurrentIndex(0);
        row->findChild<QDoubleSpinBox *>(QStringLiteral("limit"))->setValue(0.001);
        press("budgetSave");
        QCOMPARE(m_page->planEditor().budgets().back().limit, 1us);
        const auto &results = m_page->document()->budgets;
        const auto over = std::count_if(results.begin(), results.end(), [](const probe::BudgetResult &result) {
            return result.verdict == probe::Verdict::Over;
        });
        QCOMPARE(over, 1);
        QTRY_VERIFY(find<common::Sheet>("budgetSheet") == nullptr);
        auto *table = find<common::TableView>("cellTable");
        int said = 0;
        for (int i = 0; i < table->model()->rowCount(); ++i)
            said += table->model()->index(i, latency::CellResultsModel::Budget).data().toString() ==
                            QStringLiteral("Over budget")
                        ? 1
                        : 0;
        QCOMPARE(said, 1);
    }

    void routesAreReadFromFiles()
    {
        const auto write = [this](const QString &name, const QByteArray &content) {
            QFile file(m_folder.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? file.fileName()
                                                                                            : QString();
        };
        auto *routes = find<QPlainTextEdit>("planRoutes");
        auto *remark = find<common::Label>("routesRemark");
        m_page->planEditor().importRoutes(latency::RouteSource::List,
                                          write(QStringLiteral("list"), "# mine\n/a\n/b\n/a\n/orders/[id]\n"));
        QTRY_COMPARE(routes->toPlainText(), QStringLiteral("/a\n/b"));
        QVERIFY(remark->text().contains(QStringLiteral("take parameters: 1")));
        QVERIFY(shot(QStringLiteral("routes-read")));
        const auto sitemapOf = [&](const QString &name, const QByteArray &site) {
            const QByteArray head("<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>");
            return write(name, head + "<url><loc>" + site + "/</loc></url><url><loc>" + site + "/shop</loc></url>" +
                                   "<url><loc>https://elsewhere.example/x</loc></url></urlset>");
        };
        const QByteArray own = m_open.connection().deployment().config().baseUrl.value_or(QUrl()).toEncoded(
            QUrl::RemovePath | QUrl::RemoveQuery);
        m_page->planEditor().importRoutes(latency::RouteSource::Sitemap, sitemapOf(QStringLiteral("own.xml"), own));
        QTRY_COMPARE(routes->toPlainText(), QStringLiteral("/\n/shop"));
        QVERIFY2(remark->text().contains(QStringLiteral("other hosts: 1")), qPrintable(remark->text()));
        m_page->planEditor().importRoutes(latency::RouteSource::Har, write(QStringLiteral("broken.har"), "{"));
        QTRY_VERIFY(remark->text().contains(QStringLiteral("broken.har")));
        QCOMPARE(routes->toPlainText(), QStringLiteral("/\n/shop")); // what was there stays
        m_page->planEditor().importRoutes(latency::RouteSource::Build, m_folder.path());
        QTRY_VERIFY(!remark->text().contains(QStringLiteral("broken.har")) &&
                    !remark->text().contains(QStringLiteral("Reading")));
        QCOMPARE(routes->toPlainText(), QStringLiteral("/\n/shop"));
    }

    void theDepartureFromTheModelIsSaid()
    {
        charts::TradeoffChart chart(*m_theme);
        const probe::ModelDeparture median{{480, true}, 400, 560.0, 475};
        const probe::ModelDeparture tail{{950, true}, 900, {}, 947.5};
        chart.setMeasured({{{{}, probe::ProbeMode::CachedMemory, {}}, 0.95, 0.95, 0.48, median, tail}}, {20, 1, 1});
        QVERIFY2(chart.measuredSentence().contains(QRegularExpression(QStringLiteral(
                     "Against the model at 20 a second and a time to live of 1 s: .* p95 \\+0.3.% \\(95 % CI −5.0.% or "
                     "more\\), median \\+1.1.% \\(95 % CI −16.% to \\+18.%\\)\\."))),
                 qPrintable(chart.measuredSentence()));
        QVERIFY(chart.table().rows.back().back().text.contains(u"95 % CI"));
    }

    void aWindowOfNothingIsAtOnce()
    {
        charts::TradeoffChart chart(*m_theme);
        chart.show({1.0 / 6'000, 60, 1}); // so seldom that hardly a revoked session is in the cache
        QVERIFY2(chart.modelSentence().contains(u"is refused at once in 95 of 100 cases"),
                 qPrintable(chart.modelSentence()));
        chart.show({20, 10, 1});
        QVERIFY2(chart.modelSentence().contains(QRegularExpression(QStringLiteral("is refused after 9.* in 95 of"))),
                 qPrintable(chart.modelSentence()));
    }

    void trialsThatStillRunHoldTheCurveUp()
    {
        charts::RevocationChart chart(*m_theme);
        // Five refused after 2 s, five still accepted 8 s after their revocation; of the others none was ever refused.
        probe::PropagationCell half;
        half.arm.mode = probe::ProbeMode::CachedMemory;
        half.figures.trials = half.figures.refused = 5;
        half.figures.watched.assign(5, {2'000, true});
        half.figures.watched.insert(half.figures.watched.end(), 5, {8'000, false});
        probe::PropagationCell never;
        never.arm.mode = probe::ProbeMode::Proxy;
        never.figures.trials = 10;
        never.figures.watched.assign(10, {12'000, false});
        chart.show({half, never}, 4s);
        QVERIFY2(chart.remark().contains(QStringLiteral("bar: watched no longer")), qPrintable(chart.remark()));
        // The axis ends at 15 s: stop 48 of 120 is 6 s, stop 72 is 9 s.
        chart.setCursorStop(48);
        QVERIFY2(chart.sentence().contains(QStringLiteral(" 50.0 % (24–76), n 10, of which 5 have ended; ")) &&
                     chart.sentence().contains(QStringLiteral(" 100 % (72–100), n 10.")),
                 qPrintable(chart.sentence()));
        chart.setCursorStop(72);
        QVERIFY2(chart.sentence().contains(QStringLiteral("not watched so long, n 10, of which 5 have ended; ")),
                 qPrintable(chart.sentence()));
        // Its table: the method's times, each step and each end, for both.
        std::vector<double> times;
        for (const std::vector<charts::ChartValue> &row : chart.table().rows) {
            times.push_back(*row[1].number);
            QCOMPARE(row.size(), chart.table().head.size());
        }
        QCOMPARE(times, (std::vector<double>{0, 1, 2, 4, 5, 8, 0, 1, 4, 5, 8, 12}));
        QCOMPARE(*chart.table().rows[2][2].number, 0.5);
        chart.resize(700, 320);
        chart.setVisible(true);
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QVERIFY(test::saveScreenshots(chart, *m_theme, QStringLiteral("latency-revocation-running")));
    }

    void theTradeOffWritesNothingOnceReadOnly()
    {
        const auto entries = [this] { return m_open.log().list(0, 1000).value().size(); };
        const auto before = entries();
        latency::RevocationTiming timing(m_open.connection());
        QSignalSpy ended(&timing, &latency::RevocationTiming::finished);
        press("tradeoff");
        QVERIFY(button("tradeoffMeasure")->isEnabled());
        m_open.connection().setWriteMode(common::WriteMode::ReadOnly);
        const auto restored = qScopeGuard([this] { m_open.connection().setWriteMode(common::WriteMode::Guarded); });
        QVERIFY(!button("tradeoffMeasure")->isEnabled()); // while its sheet is open
        QVERIFY(find<common::Label>("tradeoffMeasured")->text().contains(QStringLiteral("switch to Guarded")));
        timing.start(1s);
        QVERIFY(!timing.isRunning());
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended.first().first().toString(), timing.obstacle());
        QCOMPARE(entries(), before);

        // One that goes on ends, long before its trials are done.
        m_open.connection().setWriteMode(common::WriteMode::Guarded);
        QVERIFY(button("tradeoffMeasure")->isEnabled());
        QSignalSpy progressed(&timing, &latency::RevocationTiming::progressed);
        timing.start(10min);
        QVERIFY(timing.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!progressed.isEmpty(), 30'000);
        m_open.connection().setWriteMode(common::WriteMode::ReadOnly);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 2, 30'000);
        QVERIFY2(ended.last().first().toString().contains(QStringLiteral("Stopped")),
                 qPrintable(ended.last().first().toString()));
        dismiss("tradeoffSheet");
    }

    void aRunAndTheTradeOffExcludeEachOther()
    {
        m_page->planEditor().setRoutes(m_demo->info().routes.mid(0, 2));
        m_page->planEditor().setSamples(20'000);
        m_page->planEditor().setGuarded(false);
        QSignalSpy ended(m_page, &LatencyPage::runEnded);
        m_page->run();
        QVERIFY(m_page->isRunning());
        press("tradeoff");
        QVERIFY(!button("tradeoffMeasure")->isEnabled());
        QVERIFY(button("tradeoffMeasure")->toolTip().contains(QStringLiteral("latency run")));
        m_page->stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
        QVERIFY(button("tradeoffMeasure")->isEnabled());

        press("tradeoffMeasure");
        QVERIFY(!button("startRun")->isEnabled());
        QVERIFY(button("startRun")->toolTip().contains(QStringLiteral("trade-off")));
        m_page->run();
        QVERIFY(!m_page->isRunning());
        // It goes on when its sheet is closed, and is an activity that can be stopped but not stand still.
        dismiss("tradeoffSheet");
        QVERIFY(!button("startRun")->isEnabled());
        common::Activity *act = m_open.connection().activities().acts().first();
        QVERIFY2(act->head().title.contains(QStringLiteral("revoked")), qPrintable(act->head().title));
        QVERIFY(act->isMeasurement() && !act->canPause());
        QTRY_VERIFY_WITH_TIMEOUT(act->head().planned > 0, 30'000);
        act->stop();
        QTRY_VERIFY_WITH_TIMEOUT(act->isEnded(), 30'000);
        QVERIFY2(act->end()->words.contains(QStringLiteral("Stopped")), qPrintable(act->end()->words));
        QTRY_VERIFY(button("startRun")->isEnabled());
    }

    void aCacheInMemoryIsMeasuredBesideTheDeployments_data()
    {
        QTest::addColumn<QString>("cache");
        QTest::addColumn<QString>("named");
        QTest::newRow("Redis") << QStringLiteral("redis://127.0.0.1:1") << QStringLiteral("cached-redis");
        QTest::newRow("none") << QString() << QStringLiteral("cached");
    }
    void aCacheInMemoryIsMeasuredBesideTheDeployments()
    {
        QFETCH(QString, cache);
        QFETCH(QString, named);
        test::TestConnection open{m_clock};
        workspace::ConnectionProfile profile;
        profile.name = QStringLiteral("with a cache");
        profile.version = session::AuthVersion::V5;
        profile.strategy = session::Strategy::Jwt;
        profile.cache = cache;
        workspace::ConnectionSecrets secrets;
        secrets.authSecrets.emplace_back(QByteArrayView("secret"));
        QVERIFY(open.open(std::move(profile), std::move(secrets)));
        latency::RunPlanEditor editor(*m_theme, open.connection());
        QStringList offered;
        for (const QCheckBox *box : editor.findChildren<QCheckBox *>()) {
            if (box->objectName().startsWith(QLatin1String("planMode-cached")))
                offered << box->objectName().mid(9);
        }
        QCOMPARE(offered, cache.isEmpty() ? QStringList{named} : (QStringList{named, QStringLiteral("cached-memory")}));
        editor.setModeChecked(probe::ProbeMode::CachedMemory, true);
        const auto plan = editor.plan();
        QVERIFY(plan.has_value());
        std::vector<probe::ProbeMode> modes{probe::ProbeMode::Local, *probe::probeModeOf(named)};
        if (!cache.isEmpty())
            modes.push_back(probe::ProbeMode::CachedMemory);
        QVERIFY(plan->modes == modes);
        for (const probe::Budget &budget : plan->budgets)
            QVERIFY(std::find(modes.begin(), modes.end(), budget.mode) != modes.end());
    }

    void theTradeOffFollowsItsSlider()
    {
        press("tradeoff");
        auto *slider = find<QSlider>("tradeoffTtl");
        auto *sentence = find<common::Label>("tradeoffSentence");
        const QString atAMinute = sentence->text();
        QVERIFY2(atAMinute.contains(QStringLiteral("50 %")), qPrintable(atAMinute)); // 1 a minute, 60 s: half
        QVERIFY(shot(QStringLiteral("tradeoff")));
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Right);
        QVERIFY(sentence->text() != atAMinute);
        auto *chart = find<charts::TradeoffChart>("tradeoffChart");
        QCOMPARE(chart->cursor(), slider->value());
        QTest::keyClick(chart, Qt::Key_Left);
        QCOMPARE(sentence->text(), atAMinute); // the chart moves the slider as the slider moves the chart
        QCOMPARE(chart->table().rows.size(), charts::TradeoffChart::ttls().size());
        // Canary sessions are deleted and refused: rings beside the model.
        slider->setValue(0); // 1 s
        press("tradeoffMeasure");
        auto *measured = find<common::Label>("tradeoffMeasured");
        QTRY_VERIFY2_WITH_TIMEOUT(chart->measured().size() == 3 &&
                                      button("tradeoffMeasure")->text().startsWith(QStringLiteral("Measure")),
                                  qPrintable(measured->text()), 150'000);
        for (const charts::MeasuredWindow &each : chart->measured()) {
            QVERIFY2(each.seconds < 2, qPrintable(measured->text()));
            // Four times in a time to live is too rarely to be held against the model.
            QVERIFY(!each.off);
            QCOMPARE(each.isCoarse, each.id.mode == probe::ProbeMode::CachedMemory);
        }
        // Why that is not held against the model is said and stands in the table.
        QCOMPARE(chart->sentence(), sentence->text() + QLatin1Char(' ') + chart->measuredSentence());
        QVERIFY(measured->text().startsWith(chart->measuredSentence()));
        QVERIFY2(chart->measuredSentence().contains(QStringLiteral("Asked at 4 a second, too rarely to be held against "
                                                                   "the model of a time to live of 1 s")),
                 qPrintable(chart->sentence()));
        const charts::ChartTable table = chart->table();
        QCOMPARE(table.rows.size(), charts::TradeoffChart::ttls().size() + 3);
        for (const auto &row : table.rows)
            QCOMPARE(row.size(), table.head.size());
        QVERIFY(std::ranges::count_if(table.rows,
                                      [](const auto &row) { return row.back().text == u"asked too rarely"; }) == 1);
        QVERIFY(shot(QStringLiteral("tradeoff-measured")));
        theCurveFalls();
        m_window->resize(972, 530);
        QVERIFY(shot(QStringLiteral("narrow-tradeoff")));
        dismiss("tradeoffSheet");
        // A run of this connection is exported with it beside, one that was opened from a file without.
        measure(12);
        QVERIFY(exportedReport().contains("id=\"revocations\""));
        const auto shown = m_page->document();
        press("savedRuns");
        QTRY_VERIFY(find<charts::ChartTableView>("runsTable")->model()->rowCount() > 0);
        find<charts::ChartTableView>("runsTable")->selectRow(0);
        press("runsOpen");
        QTRY_VERIFY(m_page->document() != shown);
        QVERIFY(exportedReport().contains("</html>") && !exportedReport().contains("id=\"revocations\""));
    }
};

QTEST_MAIN(LatencyRunsTest)
#include "tst_LatencyRuns.moc"
