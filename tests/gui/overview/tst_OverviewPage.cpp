#include <QtTest>

#include <QClipboard>
#include <QHBoxLayout>
#include <QPlainTextEdit>

#include <sqlite3.h>

#include "tests/support/LoopTicks.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestConnection.h"
#include "ui/charts/TimelineChart.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/LoadingState.h"
#include "ui/overview/FindingRow.h"
#include "ui/overview/FindingsList.h"
#include "ui/overview/OverviewPage.h"
#include "ui/overview/ProviderBars.h"
#include "ui/overview/Tile.h"

using namespace rollcall;
using namespace std::chrono_literals;
using overview::FindingRow;
using overview::FindingsList;
using overview::OverviewPage;
using overview::Tile;

namespace {

using test::patience;
constexpr std::chrono::milliseconds longestGap{500}; ///< a blocked loop is seconds

base::Instant fixtureNow()
{
    using namespace std::chrono;
    return base::Instant(sys_days(2026y / June / 15) + 12h);
}

/// Holds a SQLite file locked against readers.
class Locked final
{
public:
    explicit Locked(const QString &path)
    {
        sqlite3_open(QFile::encodeName(path).constData(), &m_database);
        m_held = sqlite3_exec(m_database, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    ~Locked() { sqlite3_close(m_database); }
    Locked(const Locked &) = delete;
    Locked &operator=(const Locked &) = delete;
    [[nodiscard]] bool isHeld() const { return m_held; }

private:
    sqlite3 *m_database = nullptr;
    bool m_held = false;
};

} // namespace

/// The Overview page over real tables: its figures are the database's own.
class OverviewPageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void showsFiguresAndFindings();
    void copiesAStatement();
    void goesByKeyboard();
    void saysThatNothingIsWrong();
    void saysWhyNothingCouldBeRead();
    void waitsWithoutBlockingAndCanBeCancelled();
    void staysAsItIsAfterRevocations();
    void speaksOfOneRow();
    void hasNoRowsToLookAt();
    void fitsANarrowWindow();

private:
    void open(const QString &database, const QSize &size = QSize(1230, 780));
    [[nodiscard]] bool shot(const char *name)
    {
        return test::saveScreenshots(*m_window, *m_theme, QStringLiteral("overview-") + QLatin1String(name));
    }
    template <typename T>
    T *find(const char *name)
    {
        return m_page->findChild<T *>(QLatin1String(name));
    }
    [[nodiscard]] QString figure(const char *tile) { return find<Tile>(tile)->figure(); }
    [[nodiscard]] QList<FindingRow *> rows() { return m_page->findChildren<FindingRow *>(); }
    [[nodiscard]] FindingRow *row(const char *id);

    std::unique_ptr<common::Theme> m_theme;
    base::FixedClock m_clock{fixtureNow()};
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    OverviewPage *m_page = nullptr;
};

void OverviewPageTest::initTestCase()
{
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
}

void OverviewPageTest::cleanup()
{
    m_window.reset();
    m_open.close();
}

void OverviewPageTest::open(const QString &database, const QSize &size)
{
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("orchard-shop");
    profile.database = database;
    QVERIFY(m_open.open(std::move(profile)));
    m_window = std::make_unique<QWidget>();
    auto *row = new QHBoxLayout(m_window.get());
    row->setContentsMargins({});
    m_page = new OverviewPage(*m_theme, m_open.connection());
    row->addWidget(m_page);
    m_window->resize(size);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->activateWindow();
    m_page->activate();
}

FindingRow *OverviewPageTest::row(const char *id)
{
    const auto all = rows();
    const auto found =
        std::ranges::find_if(all, [id](const FindingRow *each) { return each->finding().id == QLatin1String(id); });
    return found == all.end() ? nullptr : *found;
}

void OverviewPageTest::showsFiguresAndFindings()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    database.exec(QStringLiteral(
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 50) "
        "INSERT INTO session (sessionToken, userId, expires) SELECT 'seeded-token-of-a-test-' || n, "
        "(SELECT max(id) FROM user), 1781524800000 + (n * n * 86400000 / 90) - 3 * 86400000 FROM series"));
    open(database.url());
    QSignalSpy badges(m_page, &common::Page::badgeChanged);
    QTRY_VERIFY_WITH_TIMEOUT(!rows().isEmpty(), patience);
    const auto stats = database.value(
        QStringLiteral("SELECT count(*) FROM session s JOIN user u ON u.id = s.userId WHERE expires >= 1781524800000"));
    QCOMPARE(figure("tileLive"), stats.value_or(QString()));
    QCOMPARE(figure("tileUsers"), database
                                      .value(QStringLiteral("SELECT count(DISTINCT userId) FROM session s JOIN user "
                                                            "u ON u.id = s.userId WHERE expires >= 1781524800000"))
                                      .value_or(QString()));
    QCOMPARE(figure("tileOrphans"), QStringLiteral("1"));
    QVERIFY(find<common::Label>("overviewSummary")->text().contains(QStringLiteral("exact")));
    QVERIFY(row("index-user-missing") && row("prune-due") && row("orphans"));
    // The heaviest first, and one is selected from the start.
    const auto all = rows();
    QVERIFY(std::ranges::is_sorted(all, std::ranges::greater(),
                                   [](const FindingRow *each) { return each->finding().weight; }));
    QVERIFY(all.front()->isChecked());
    QCOMPARE(badges.count(), 1);
    QCOMPARE(badges.front().at(0).toString(), QString::number(all.size()));
    QVERIFY(!m_page->statusItems().isEmpty());
    // What is drawn is said as well.
    for (const char *name : {"tileLive", "timeline", "providers"}) {
        const auto *widget = find<QWidget>(name);
        QVERIFY2(widget && !widget->accessibleName().isEmpty() && !widget->accessibleDescription().isEmpty(), name);
    }
    for (const FindingRow *each : all)
        QVERIFY(!each->accessibleName().isEmpty() && !each->accessibleDescription().isEmpty());
    QVERIFY(shot("findings"));
}

void OverviewPageTest::copiesAStatement()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(row("index-user-missing"), patience);
    QGuiApplication::clipboard()->clear();
    auto *copy = row("index-user-missing")->findChild<common::Button *>(QStringLiteral("copyStatement"));
    QVERIFY(copy);
    QTest::mouseClick(copy, Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("CREATE INDEX \"session_userId_idx\" ON \"session\" (\"userId\");"));
    QCOMPARE(copy->text(), QStringLiteral("Copied"));
    QVERIFY(row("index-user-missing")->isChecked());
    // There is nothing to copy where there is no statement.
    QVERIFY(!row("orphans")->findChild<common::Button *>(QStringLiteral("copyStatement")));
}

void OverviewPageTest::goesByKeyboard()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(!rows().isEmpty(), patience);
    auto *worst = find<common::Button>("openWorst");
    worst->setFocus();
    QTest::keyClick(worst, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(QApplication::focusWidget(), static_cast<QWidget *>(rows().front()), patience);
    auto *list = find<FindingsList>("findingsList");
    for (qsizetype i = 1; i < rows().size(); ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget *>(rows().at(i)));
        QCOMPARE(list->selected(), rows().at(i)->finding().id);
        const auto labels = list->findChild<QWidget *>(QStringLiteral("remedy"))->findChildren<common::Label *>();
        QVERIFY(std::ranges::any_of(
            labels, [&](const common::Label *each) { return each->text() == rows().at(i)->finding().remedy; }));
    }
    QVERIFY(shot("keyboard"));
    // Looking again keeps the selection and the keyboard.
    const QString selected = list->selected();
    m_page->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!m_page->findChild<common::LoadingState *>()->isRunning(), patience);
    QCOMPARE(list->selected(), selected);

    auto *chart = find<charts::TimelineChart>("timeline");
    chart->setFocus();
    QVERIFY(chart->sentence().contains(QStringLiteral("29 days after")));
    QTest::keyClick(chart, Qt::Key_Right);
    QCOMPARE(chart->selectedDay(), findings::daysBefore);
    QTest::keyClick(chart, Qt::Key_Left);
    QVERIFY(chart->sentence().contains(QStringLiteral("rows expired 0 to 1 days ago")));
    QCOMPARE(find<common::Label>("timelineWords")->text(), chart->sentence());
    QTest::keyClick(chart, Qt::Key_End);
    QTest::keyClick(chart, Qt::Key_Right); // stays at the end
    QCOMPARE(chart->selectedDay(), findings::daysBefore + findings::daysAfter - 1);
    QVERIFY(shot("chart"));
}

void OverviewPageTest::saysThatNothingIsWrong()
{
    const test::SqliteDatabase database(QStringLiteral("kysely-adapter-sqlite"));
    database.exec(QStringLiteral("CREATE INDEX e ON \"Session\"(expires); "
                                 "DELETE FROM \"Session\" WHERE expires < '2026-06-15T12:00:00.000Z'"));
    open(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(figure("tileLive") != QStringLiteral("–"), patience);
    QVERIFY(rows().isEmpty());
    QVERIFY(!find<common::Button>("openWorst")->isEnabled());
    auto *empty = find<FindingsList>("findingsList")->findChild<common::EmptyState *>();
    QVERIFY(empty->isVisible() && empty->accessibleName() == QStringLiteral("Nothing is wrong"));
    QVERIFY(shot("nothing"));
}

void OverviewPageTest::saysWhyNothingCouldBeRead()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(!rows().isEmpty(), patience);
    {
        const Locked locked(database.path());
        QVERIFY(locked.isHeld());
        m_page->refresh();
        auto *banner = m_page->findChild<common::ErrorBanner *>();
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), patience);
        QVERIFY(!rows().isEmpty()); // what was known stays
        QVERIFY(shot("failed"));
    }
    m_page->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!m_page->findChild<common::ErrorBanner *>()->isVisible(), patience);
    QVERIFY(!rows().isEmpty());
}

void OverviewPageTest::waitsWithoutBlockingAndCanBeCancelled()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(!rows().isEmpty(), patience);
    const Locked locked(database.path());
    QVERIFY(locked.isHeld());
    test::LoopTicks ticks;
    m_page->refresh();
    auto *loading = m_page->findChild<common::LoadingState *>();
    QTRY_VERIFY_WITH_TIMEOUT(loading->isVisible(), patience);
    QTest::keyClick(m_page, Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!loading->isRunning(), patience);
    QVERIFY(ticks.longestOwnGap() < longestGap);
    QVERIFY(!m_page->findChild<common::ErrorBanner *>()->isVisible()); // asked for, so no error
    QVERIFY(!rows().isEmpty());
}

void OverviewPageTest::staysAsItIsAfterRevocations()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(!rows().isEmpty(), patience);
    const QString live = figure("tileLive");
    database.exec(QStringLiteral("DELETE FROM session"));
    Q_EMIT m_open.connection().sessionsChanged();
    // Counting may read a large table: nobody asked for that.
    QVERIFY(!m_page->findChild<common::LoadingState *>()->isRunning());
    QVERIFY(find<common::Label>("overviewSummary")->text().contains(QStringLiteral("changed since")));
    QCOMPARE(figure("tileLive"), live);
    QVERIFY(shot("stale"));
    m_page->refresh();
    QTRY_COMPARE_WITH_TIMEOUT(figure("tileLive"), QStringLiteral("0"), patience);
    QVERIFY(!find<common::Label>("overviewSummary")->text().contains(QStringLiteral("changed since")));
}

void OverviewPageTest::speaksOfOneRow()
{
    charts::TimelineChart chart(*m_theme);
    std::vector<qint64> days(findings::daysBefore + findings::daysAfter, 0);
    days[0] = 1;
    days[findings::daysBefore] = 1;
    days.back() = 2'345'678;
    chart.display(days, findings::daysBefore, false);
    QVERIFY(
        chart.sentence().startsWith(QStringLiteral("1 row expires within 24 h, 2,345,678 in the 29 days after; 1 ")));
    QTest::keyClick(&chart, Qt::Key_Home);
    QCOMPARE(chart.sentence(), QStringLiteral("1 row expired 13 to 14 days ago."));
    QTest::keyClick(&chart, Qt::Key_End);
    QCOMPARE(chart.sentence(), QStringLiteral("2,345,678 rows expire in 29 to 30 days."));
    chart.display(days, findings::daysBefore, true);
    QTest::keyClick(&chart, Qt::Key_End);
    QCOMPARE(chart.sentence(), QStringLiteral("About 2.3 million rows expire in 29 to 30 days."));
}

void OverviewPageTest::hasNoRowsToLookAt()
{
    const test::SqliteDatabase none;
    open(none.url());
    QTRY_VERIFY_WITH_TIMEOUT(!m_page->findChild<common::LoadingState *>()->isRunning(), patience);
    const auto states = m_page->findChildren<common::EmptyState *>();
    QVERIFY(std::ranges::any_of(states, [](const common::EmptyState *state) {
        return state->isVisible() && state->accessibleName().contains(QStringLiteral("no rows"));
    }));
    QVERIFY(!find<common::Button>("openWorst")->isEnabled());
    QVERIFY(shot("no-rows"));
}

void OverviewPageTest::fitsANarrowWindow()
{
    const test::SqliteDatabase database(QStringLiteral("d1-adapter-sqlite"));
    open(database.url(), QSize(960, 560));
    QTRY_VERIFY_WITH_TIMEOUT(!rows().isEmpty(), patience);
    QCOMPARE(m_window->size(), QSize(960, 560)); // nothing forced it wider
    for (const FindingRow *each : rows())
        QVERIFY(each->width() <= each->parentWidget()->parentWidget()->width()); // and none is cut off
    QVERIFY(shot("narrow"));
}

QTEST_MAIN(OverviewPageTest)
#include "tst_OverviewPage.moc"
