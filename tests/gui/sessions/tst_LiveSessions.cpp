#include <QtTest>

#include <QAction>
#include <QHBoxLayout>
#include <QScrollBar>

#include "tests/support/LoopTicks.h"
#include "tests/support/ManualClock.h"
#include "tests/support/Patience.h"
#include "tests/support/PostgresServer.h"
#include "tests/support/Screenshots.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestConnection.h"
#include "tests/support/TestPaths.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/TableView.h"
#include "ui/sessions/LiveBar.h"
#include "ui/sessions/SessionsPage.h"

using namespace rollcall;
using namespace std::chrono_literals;
using sessions::LiveBar;
using sessions::SessionListModel;
using sessions::SessionsPage;

namespace {

using test::patience;
constexpr std::chrono::milliseconds longestGap{1000}; ///< an offscreen loop under load; a blocked one is more

base::Instant fixtureNow()
{
    using namespace std::chrono;
    return base::Instant(sys_days(2026y / June / 15) + 12h);
}

} // namespace

/// The live Sessions page over real databases.
class LiveSessionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void changesRowsWhereTheyStand();
    void announcesOnlyWhatTheFilterLists();
    void goesByKeyboard();
    void saysThatTheConnectionIsLost();
    void saysWhyItCannotFollow();

private:
    void open(const QString &database);
    [[nodiscard]] bool shot(const char *name)
    {
        return test::saveScreenshots(*m_window, *m_theme, QStringLiteral("sessions-live-") + QLatin1String(name));
    }
    template <typename T>
    [[nodiscard]] T *find(const char *name)
    {
        return m_page->findChild<T *>(QLatin1String(name));
    }
    [[nodiscard]] common::TableView *table() { return find<common::TableView>("sessionTable"); }
    [[nodiscard]] QString cell(int row, int column) { return table()->model()->index(row, column).data().toString(); }
    /// The row whose user is shown as @p user and whose expiry as @p expires; -1 for none.
    [[nodiscard]] int rowOf(const QString &user, const QString &expires);
    [[nodiscard]] QString said() { return find<LiveBar>("liveBar")->text(); }
    void goLive();

    std::unique_ptr<common::Theme> m_theme;
    test::ManualClock m_clock;
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    SessionsPage *m_page = nullptr;
};

void LiveSessionsTest::initTestCase()
{
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
}

void LiveSessionsTest::cleanup()
{
    m_window.reset();
    m_open.close();
}

void LiveSessionsTest::open(const QString &database)
{
    m_clock.advance(fixtureNow() - m_clock.now());
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("orchard-shop");
    workspace::ConnectionSecrets secrets;
    secrets.databaseUrl = base::SecretBytes(database.toUtf8());
    QVERIFY(m_open.open(std::move(profile), std::move(secrets)));
    m_window = std::make_unique<QWidget>();
    auto *row = new QHBoxLayout(m_window.get());
    row->setContentsMargins({});
    m_page = new SessionsPage(*m_theme, m_open.connection());
    row->addWidget(m_page, 1);
    m_page->details()->setFixedWidth(330);
    row->addWidget(m_page->details());
    m_page->details()->show();
    m_window->resize(1230, 640);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->activateWindow();
    m_page->activate();
    QTRY_VERIFY_WITH_TIMEOUT(table()->model()->rowCount() > 0, patience);
}

int LiveSessionsTest::rowOf(const QString &user, const QString &expires)
{
    for (int row = 0; row < table()->model()->rowCount(); ++row) {
        if (cell(row, SessionListModel::User) == user && cell(row, SessionListModel::Expires) == expires)
            return row;
    }
    return -1;
}

void LiveSessionsTest::goLive()
{
    QTest::mouseClick(find<common::Button>("liveButton"), Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Following")), qPrintable(said()), patience);
}

void LiveSessionsTest::changesRowsWhereTheyStand()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    // More rows than fit, so that there is something to scroll.
    database.exec(
        QStringLiteral("INSERT INTO session SELECT 'more-token-000000000000' || value, '4ecd113e-8887-4ce1-9151-"
                       "16e5107acf98', 1784116800000 + value * 60000 FROM generate_series(1, 60)")
            .replace(QStringLiteral("FROM generate_series(1, 60)"),
                     QStringLiteral("FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 "
                                    "FROM n WHERE value < 60) SELECT value FROM n)")));
    open(database.url());
    QVERIFY(!find<LiveBar>("liveBar")->isVisible());
    test::LoopTicks ticks;
    goLive();
    QVERIFY(find<LiveBar>("liveBar")->isVisible());
    const int rows = table()->model()->rowCount();

    // When a session was last used is told as an interval, and drawn as one.
    const QModelIndex active = table()->model()->index(0, SessionListModel::LastActive);
    QCOMPARE(active.data().toString(), QStringLiteral("28–29 d ago")); // it expires in 1 s; 30 days, 1 day
    const QPointF drawn = active.data(SessionListModel::ActivityRole).toPointF();
    QVERIFY2(drawn.x() < 0.001 && drawn.y() > 0.033 && drawn.y() < 0.034, qPrintable(QString::number(drawn.y())));
    QVERIFY(active.data(Qt::ToolTipRole).toString().contains(QStringLiteral("a lifetime of 30 d")));

    // The user has selected a row and scrolled.
    table()->selectRow(4);
    table()->verticalScrollBar()->setValue(57);
    const QString selected = cell(4, SessionListModel::User) + cell(4, SessionListModel::ExpiresAt);
    const int ada = rowOf(QStringLiteral("Ada Example"), QStringLiteral("in 3 h"));
    const int ben = rowOf(QStringLiteral("ben@example.com"), QStringLiteral("in 1 s"));
    const int zoe = rowOf(QStringLiteral("Zoë Ångström-Müller"), QStringLiteral("in 7 d"));
    QVERIFY(ada >= 0 && ben >= 0 && zoe >= 0);

    database.exec(QStringLiteral("UPDATE session SET expires = 1781535600000 + 864000000 WHERE sessionToken = "
                                 "'5e551000-0000-4000-8000-000000000002'"));
    QTRY_COMPARE_WITH_TIMEOUT(cell(ada, SessionListModel::Expires), QStringLiteral("in 10 d 3 h"), patience);
    QCOMPARE(cell(ada, SessionListModel::State), QStringLiteral("Live"));
    database.exec(QStringLiteral("DELETE FROM session WHERE sessionToken = '5e551000-0000-4000-8000-000000000006'"));
    QTRY_COMPARE_WITH_TIMEOUT(cell(zoe, SessionListModel::State), QStringLiteral("Revoked"), patience);
    const QModelIndex zoeState = table()->model()->index(zoe, SessionListModel::State);
    QCOMPARE(zoeState.data(common::cell::IconRole).toInt(), int(common::Icon::Revoked)); // not by colour alone
    m_clock.advance(2s);
    QTRY_COMPARE_WITH_TIMEOUT(cell(ben, SessionListModel::State), QStringLiteral("Expired"), patience);
    QVERIFY2(cell(ben, SessionListModel::Expires).endsWith(QStringLiteral("ago")),
             qPrintable(cell(ben, SessionListModel::Expires)));

    auto *showNew = find<common::Button>("showNew");
    QVERIFY(!showNew->isVisible());
    database.exec(
        QStringLiteral("INSERT INTO session SELECT 'new-token-000000000000' || id, id, 1784200000000 + 86400000 * 5 "
                       "FROM user WHERE email LIKE 'taro@%' OR email LIKE 'ada@%'"));
    QTRY_COMPARE_WITH_TIMEOUT(showNew->text(), QStringLiteral("2 new sessions — show"), patience);
    QVERIFY(showNew->isVisible());
    QCOMPARE(showNew->accessibleName(), showNew->text());

    // Nothing has moved under the hand.
    QCOMPARE(table()->model()->rowCount(), rows);
    QCOMPARE(table()->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(table()->currentIndex().row(), 4);
    QCOMPARE(cell(4, SessionListModel::User) + cell(4, SessionListModel::ExpiresAt), selected);
    QCOMPARE(table()->verticalScrollBar()->value(), 57);
    QVERIFY2(ticks.longestOwnGap() < longestGap, qPrintable(QString::number(ticks.longestOwnGap().count())));
    table()->verticalScrollBar()->setValue(0);
    QVERIFY(shot("changes"));

    QTest::mouseClick(showNew, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), rows, patience); // two ended, two are new
    QTRY_VERIFY_WITH_TIMEOUT(cell(0, SessionListModel::Expires).startsWith(QStringLiteral("in 35 d")), patience);
    QVERIFY(!showNew->isVisible());
    QVERIFY(find<LiveBar>("liveBar")->isVisible()); // it goes on
}

void LiveSessionsTest::announcesOnlyWhatTheFilterLists()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    m_page->setFilter(QStringLiteral("provider:google"));
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 3, patience);
    goLive();
    // One by another provider, and one that the filter lists.
    database.exec(
        QStringLiteral("INSERT INTO session SELECT 'new-token-000000000000' || id, id, 1784200000000 FROM user WHERE "
                       "email LIKE 'taro@%' OR email LIKE 'zoe@%'"));
    auto *showNew = find<common::Button>("showNew");
    QTRY_COMPARE_WITH_TIMEOUT(showNew->text(), QStringLiteral("1 new session — show"), patience);
    // It goes before anybody looked.
    database.exec(QStringLiteral("DELETE FROM session WHERE sessionToken LIKE 'new-token-%'"));
    QTRY_VERIFY_WITH_TIMEOUT(!showNew->isVisible(), patience);
}

void LiveSessionsTest::goesByKeyboard()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    m_page->focusMain();
    QTest::keyClick(table(), Qt::Key_L, Qt::ControlModifier);
    auto *button = find<common::Button>("liveButton");
    QTRY_VERIFY_WITH_TIMEOUT(button->isChecked(), patience);
    QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Following all")), qPrintable(said()), patience);
    QVERIFY(!button->accessibleDescription().isEmpty());
    button->setFocus();
    QTest::keyClick(button, Qt::Key_Space);
    QVERIFY(!button->isChecked());
    QVERIFY(!find<LiveBar>("liveBar")->isVisible());
    QTest::keyClick(button, Qt::Key_Space); // and again, while the first may still be ending
    QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Following all")), qPrintable(said()), patience);
}

void LiveSessionsTest::saysThatTheConnectionIsLost()
{
    test::PostgresServer server;
    const QString shop = QStringLiteral("shop");
    QString problem = server.problem();
    if (problem.isEmpty())
        problem = server.createDatabase(shop);
    if (problem.isEmpty())
        problem = server.runSqlFile(shop, test::dataFile(QStringLiteral("fixtures/better-auth-drizzle-postgres.sql")));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    open(QStringLiteral("postgresql://postgres:%1@127.0.0.1:%2/shop")
             .arg(QString::fromUtf8(server.url(shop).password.view()), QString::number(server.port())));
    goLive();
    QVERIFY(server.kill());
    test::LoopTicks ticks;
    QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Connection lost — trying again")), qPrintable(said()),
                              patience);
    auto *retry = find<common::Button>("retryNow");
    QVERIFY(retry->isVisible());
    // The waits grow, so that there is something to count down.
    QTRY_VERIFY2_WITH_TIMEOUT(said().contains(QStringLiteral("in 3 s")) || said().contains(QStringLiteral("in 4 s")),
                              qPrintable(said()), patience);
    QVERIFY(table()->model()->rowCount() > 0); // what was read stays
    QVERIFY(table()->isStale());
    QVERIFY(shot("lost"));
    QVERIFY2(ticks.longestOwnGap() < longestGap, qPrintable(QString::number(ticks.longestOwnGap().count())));
    QVERIFY(server.start());
    QTest::mouseClick(retry, Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Following all")), qPrintable(said()), patience);
    QVERIFY(!retry->isVisible());
    QVERIFY(!table()->isStale());
    QVERIFY(shot("following"));
}

void LiveSessionsTest::saysWhyItCannotFollow()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    open(database.url());
    database.exec(QStringLiteral("DROP TABLE session"));
    QTest::mouseClick(find<common::Button>("liveButton"), Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Not followed any more: ")), qPrintable(said()),
                              patience);
    QVERIFY(find<common::Button>("retryNow")->isVisible());
    QVERIFY(shot("failed"));
}

QTEST_MAIN(LiveSessionsTest)
#include "tst_LiveSessions.moc"
