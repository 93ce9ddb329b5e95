#include <QtTest>

#include <QAbstractButton>
#include <QApplication>
#include <QDropEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QMimeData>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QThread>

#include <libpq-fe.h>

#include "app/desktop/AppContext.h"
#include "tests/integration/scale/ScaleDatabase.h"
#include "tests/integration/scale/ServerActivity.h"
#include "tests/support/LoopTicks.h"
#include "tests/support/ProcessMemory.h"
#include "tests/support/Screenshots.h"
#include "tests/support/Shown.h"
#include "ui/common/LoadingState.h"
#include "ui/common/Page.h"
#include "ui/overview/Tile.h"
#include "ui/sessions/SessionListModel.h"

using namespace rollcall;
using namespace std::chrono_literals;
using test::shown;

namespace {

constexpr int patience = 60'000;
constexpr std::chrono::milliseconds mostMoreThanIdle{50};
/// In the test command others load the machine, and take from a loop that works more than from one that sleeps.
constexpr std::chrono::milliseconds mostMoreUnderLoad{250};
constexpr std::chrono::milliseconds mostUntilCancelled{200};
constexpr qint64 mostMemoryKiB = 200 * 1024;

/// An event loop in a thread of its own that does nothing but tick: how long a loop waits on this machine, now.
class IdleLoop final
{
public:
    IdleLoop()
    {
        m_thread.start();
        m_context.moveToThread(&m_thread);
        onThread([this] { m_ticks = std::make_unique<test::LoopTicks>(); });
    }
    ~IdleLoop()
    {
        onThread([this] { m_ticks.reset(); });
        m_thread.quit();
        m_thread.wait();
    }
    IdleLoop(const IdleLoop &) = delete;
    IdleLoop &operator=(const IdleLoop &) = delete;
    void restart()
    {
        onThread([this] { m_ticks->restart(); });
    }
    [[nodiscard]] std::chrono::milliseconds longestGap()
    {
        std::chrono::milliseconds gap{0};
        onThread([&] { gap = m_ticks->longestGap(); });
        return gap;
    }

private:
    template <typename Function>
    void onThread(Function function)
    {
        QMetaObject::invokeMethod(&m_context, function, Qt::BlockingQueuedConnection);
    }
    QThread m_thread;
    QObject m_context;
    std::unique_ptr<test::LoopTicks> m_ticks;
};

/// A transaction that keeps the sessions table to itself: whatever asks for its rows waits.
class LockedSessions final
{
public:
    explicit LockedSessions(const QByteArray &url) : m_connection(PQconnectdb(url.constData()))
    {
        PGresult *result = PQexec(m_connection, "BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");
        m_held = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
    }
    ~LockedSessions() { PQfinish(m_connection); }
    LockedSessions(const LockedSessions &) = delete;
    LockedSessions &operator=(const LockedSessions &) = delete;
    [[nodiscard]] bool isHeld() const { return m_held; }

private:
    PGconn *m_connection;
    bool m_held = false;
};

} // namespace

/// The whole application at work on a large PostgreSQL database, through real widgets: its loop never waits longer than
/// an idle one, what is no longer wanted ends at the server, memory stays bounded. ROLLCALL_SCALE_URL as in
/// tst_PostgresScale.
class ScaleJourneyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void opensWithEstimates();
    void scrolls();
    void filters();
    void refreshes();
    void ordersByUser();
    void countsExactlyOnRequest();
    void cancelsAtTheServer_data();
    void cancelsAtTheServer();
    void keepsMemoryBounded();
    void showsItself();
    void cleanupTestCase();

private:
    [[nodiscard]] main::MainWindow &window() { return m_context->window(); }
    [[nodiscard]] QTableView *table() { return shown<QTableView>(window(), "sessionTable"); }
    [[nodiscard]] QLineEdit *filter() { return shown<QLineEdit>(window(), "sessionFilter"); }
    [[nodiscard]] bool isProof() const { return m_sessions >= test::ScaleDatabase::proofSessions; }
    [[nodiscard]] QString status();
    [[nodiscard]] bool isQuiet() { return !status().contains(QStringLiteral("Query running")); }
    /// Runs @p what while both loops are watched, and notes the gaps under @p name.
    void watched(const char *name, const std::function<void()> &what);
    void setFilter(const QString &text);

    QTemporaryDir m_home;
    std::unique_ptr<test::ScaleDatabase> m_database;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<app::AppContext> m_context;
    qint64 m_sessions = 0;
    /// A line of the table, at once: what is known stands there whatever comes later.
    static void say(const QString &line) { qInfo("%s", qPrintable(line)); }
};

void ScaleJourneyTest::initTestCase()
{
    m_database = std::make_unique<test::ScaleDatabase>();
    QVERIFY2(m_database->problem().isEmpty(), qPrintable(m_database->problem()));
    PGconn *connection = PQconnectdb(m_database->text().constData());
    PGresult *counted = PQexec(connection, "SELECT reltuples::bigint FROM pg_class WHERE relname = 'sessions'");
    QCOMPARE(PQntuples(counted), 1);
    m_sessions = QByteArray(PQgetvalue(counted, 0, 0)).toLongLong();
    PQclear(counted);
    PQfinish(connection);
    QVERIFY(m_sessions > 0);

    QFile env(m_home.filePath(QStringLiteral("scale.env")));
    QVERIFY(env.open(QIODevice::WriteOnly));
    env.write("DATABASE_URL=" + m_database->text() + "\nAUTH_SECRET=a-secret-of-the-scale-test-that-is-long-enough\n");
    env.close();
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    app::DesktopOptions options;
    options.keyFile = m_home.filePath(QStringLiteral("keys"));
    m_context = std::make_unique<app::AppContext>(*m_theme, options, workspace::Folders::below(m_home.path()));
    window().resize(1440, 900);
    window().show();
    QVERIFY(QTest::qWaitForWindowExposed(&window()));

    auto *welcome = shown<QWidget>(window(), "welcomePage");
    QVERIFY(welcome);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(env.fileName())});
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(welcome, &enter);
    QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(welcome, &drop);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "saveAndOpen") &&
                                 shown<QAbstractButton>(window(), "saveAndOpen")->isEnabled(),
                             patience);
    say(QStringLiteral("%1 sessions in PostgreSQL, the whole application in one window")
            .arg(QLocale::c().toString(m_sessions)));
    say(QStringLiteral("%1 %2 %3")
            .arg(QStringLiteral("longest gap in ms"), -34)
            .arg(QStringLiteral("GUI"), 6)
            .arg(QStringLiteral("idle loop"), 10));
}

QString ScaleJourneyTest::status()
{
    QStringList words;
    const auto *page = shown<common::Page>(window(), "sessionsPage");
    if (page) {
        for (const common::StatusItem &item : page->statusItems())
            words << item.text;
    }
    return words.join(QStringLiteral(" | "));
}

void ScaleJourneyTest::watched(const char *name, const std::function<void()> &what)
{
    IdleLoop idle;
    test::LoopTicks ticks;
    QTest::qWait(20);
    idle.restart();
    ticks.restart();
    what();
    const auto gap = ticks.longestGap();
    const auto idleGap = idle.longestGap();
    say(QStringLiteral("%1 %2 %3").arg(QLatin1StringView(name), -34).arg(gap.count(), 6).arg(idleGap.count(), 10));
    QVERIFY2(gap <= idleGap + (isProof() ? mostMoreThanIdle : mostMoreUnderLoad),
             qPrintable(QStringLiteral("%1: %2 ms, an idle loop %3 ms")
                            .arg(QLatin1StringView(name))
                            .arg(gap.count())
                            .arg(idleGap.count())));
}

void ScaleJourneyTest::setFilter(const QString &text)
{
    filter()->setFocus();
    filter()->selectAll();
    QTest::keyClick(filter(), Qt::Key_Delete);
    QTest::keyClicks(filter(), text);
    QTest::keyClick(filter(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), patience);
}

void ScaleJourneyTest::opensWithEstimates()
{
    QElapsedTimer timer;
    timer.start();
    QTest::mouseClick(shown<QAbstractButton>(window(), "saveAndOpen"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(shown<overview::Tile>(window(), "tileLive") &&
                                 shown<overview::Tile>(window(), "tileLive")->figure() != QStringLiteral("–"),
                             patience);
    say(QStringLiteral("connected, and Overview shown: %1 ms").arg(timer.elapsed()));
    watched("Overview again", [this] {
        auto *page = shown<common::Page>(window(), "overviewPage");
        QVERIFY(page);
        page->refresh();
        QTRY_VERIFY_WITH_TIMEOUT(!page->findChild<common::LoadingState *>()->isRunning(), patience);
    });
    const QString live = shown<overview::Tile>(window(), "tileLive")->figure();
    QCOMPARE(live.startsWith(QStringLiteral("about")), isProof());
    QCOMPARE(shown<QAbstractButton>(window(), "countExactly") != nullptr, isProof());
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("scale-01-overview")));
}

void ScaleJourneyTest::scrolls()
{
    watched("first page", [this] {
        QVERIFY(window().showPage(QStringLiteral("sessions")));
        QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 0, patience);
    });
    QTRY_VERIFY_WITH_TIMEOUT(status().contains(QStringLiteral(" of ")), patience);
    QCOMPARE(status().contains(QStringLiteral("of about")), isProof());
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("scale-02-sessions")));
    const int before = table()->model()->rowCount();
    watched("scrolling, 4 s", [this] {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 4000) {
            const QPointF middle = table()->viewport()->rect().center();
            QWheelEvent wheel(middle, table()->viewport()->mapToGlobal(middle), QPoint(), QPoint(0, -960), Qt::NoButton,
                              Qt::NoModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(table()->viewport(), &wheel);
            QTest::qWait(16);
        }
    });
    QVERIFY(table()->model()->rowCount() > before);
    say(QStringLiteral("rows after scrolling: %1").arg(table()->model()->rowCount()));
}

void ScaleJourneyTest::filters()
{
    watched("typing and clearing filters", [this] {
        setFilter(QStringLiteral("provider:github"));
        QVERIFY(table() && table()->model()->rowCount() > 0);
        setFilter(QStringLiteral("state:expired"));
        QVERIFY(table() && table()->model()->rowCount() > 0);
        setFilter(QStringLiteral("bois.77@"));
        QTRY_VERIFY_WITH_TIMEOUT(status().contains(QStringLiteral("exact")), patience);
        setFilter(QString());
    });
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 100, patience);
}

void ScaleJourneyTest::refreshes()
{
    watched("F5, ten times", [this] {
        for (int i = 0; i < 10; ++i) {
            table()->setFocus();
            QTest::keyClick(table(), Qt::Key_F5);
            QTest::qWait(50);
            QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), patience);
        }
    });
}

void ScaleJourneyTest::ordersByUser()
{
    watched("order by user and back", [this] {
        for (const int column : {sessions::SessionListModel::User, sessions::SessionListModel::Expires}) {
            QHeaderView *header = table()->horizontalHeader();
            const QPoint at(header->sectionViewportPosition(column) + 20, header->height() / 2);
            QTest::mouseClick(header->viewport(), Qt::LeftButton, Qt::NoModifier, at);
            QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), patience);
            QVERIFY(!status().contains(QStringLiteral("without an index")));
        }
    });
}

void ScaleJourneyTest::countsExactlyOnRequest()
{
    QTRY_VERIFY_WITH_TIMEOUT(status().contains(QStringLiteral(" of ")), patience);
    if (!isProof()) { // so few are counted unasked
        QTRY_VERIFY_WITH_TIMEOUT(status().contains(QStringLiteral("exact")), patience);
        return;
    }
    QElapsedTimer timer;
    watched("count exactly", [&] {
        timer.start();
        QTest::mouseClick(shown<QAbstractButton>(window(), "countExactly"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(status().contains(QStringLiteral("exact")), patience);
    });
    say(QStringLiteral("counted exactly in %1 ms").arg(timer.elapsed()));
}

void ScaleJourneyTest::cancelsAtTheServer_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<bool>("locked");
    QTest::newRow("waiting for a lock") << QString() << true;
    if (isProof())
        QTest::newRow("reading the table") << QStringLiteral("state:orphan") << false;
}

void ScaleJourneyTest::cancelsAtTheServer()
{
    QFETCH(QString, filter);
    QFETCH(bool, locked);
    QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), patience);
    test::ServerActivity activity(m_database->text());
    QByteArrayList running;
    std::optional<test::ServerActivity::Clock::time_point> ended;
    test::ServerActivity::Clock::time_point changed;
    {
        std::unique_ptr<LockedSessions> lock;
        if (locked) {
            lock = std::make_unique<LockedSessions>(m_database->text());
            QVERIFY(lock->isHeld());
        }
        auto *field = this->filter();
        field->setFocus();
        field->selectAll();
        if (filter.isEmpty())
            QTest::keyClick(table() ? static_cast<QWidget *>(table()) : field, Qt::Key_F5);
        else
            QTest::keyClicks(field, filter);
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!(running = activity.running()).isEmpty(), patience);
        QTest::qWait(300); // it is under way
        running = activity.running();
        QVERIFY(!running.isEmpty());
        activity.awaitEnd(running);
        changed = test::ServerActivity::Clock::now();
        QTest::keyClick(field, Qt::Key_X);
        QTRY_VERIFY_WITH_TIMEOUT((ended = activity.ended()), patience);
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(*ended - changed);
    say(QStringLiteral("old query gone from the server (%1): %2 ms")
            .arg(QLatin1StringView(QTest::currentDataTag()))
            .arg(took.count()));
    QVERIFY2(took <= mostUntilCancelled, qPrintable(QString::number(took.count())));
    setFilter(QString());
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 0, patience);
}

void ScaleJourneyTest::keepsMemoryBounded()
{
    const qint64 afterUse = test::memoryOfThis("VmRSS");
    watched("scrolling to the last row kept", [this] {
        QElapsedTimer timer;
        timer.start();
        int rows = -1;
        while (timer.elapsed() < patience && rows < sessions::SessionListModel::maxRows) {
            rows = table()->model()->rowCount();
            table()->verticalScrollBar()->setValue(table()->verticalScrollBar()->maximum());
            (void)QTest::qWaitFor([&] { return table()->model()->rowCount() > rows; }, 2000);
            if (table()->model()->rowCount() == rows)
                break;
        }
    });
    const qint64 atMost = test::memoryOfThis("VmRSS");
    say(QStringLiteral("memory of the program: %1 MiB, with %2 rows loaded %3 MiB, at most %4 MiB")
            .arg(static_cast<double>(afterUse) / 1024, 0, 'f', 0)
            .arg(table()->model()->rowCount())
            .arg(static_cast<double>(atMost) / 1024, 0, 'f', 0)
            .arg(static_cast<double>(test::memoryOfThis("VmHWM")) / 1024, 0, 'f', 0));
    QVERIFY2(test::memoryOfThis("VmHWM") < mostMemoryKiB, qPrintable(QString::number(test::memoryOfThis("VmHWM"))));
}

void ScaleJourneyTest::showsItself()
{
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("scale-03-end-of-list")));
}

void ScaleJourneyTest::cleanupTestCase()
{
    m_context.reset();
}

QTEST_MAIN(ScaleJourneyTest)
#include "tst_ScaleJourney.moc"
