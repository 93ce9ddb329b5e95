#include <QtTest>

#include <QAbstractButton>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QTableView>
#include <QTemporaryDir>

#include <sqlite3.h>

#include "app/desktop/AppContext.h"
#include "core/demo/DemoDeployment.h"
#include "tests/gui/revoke/HeldDeletions.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "tests/support/Shown.h"
#include "ui/audit/AuditPage.h"
#include "ui/cache/CachePage.h"
#include "ui/common/Actions.h"
#include "ui/common/Sheet.h"
#include "ui/connect/ConnectionPage.h"
#include "ui/main/ActivityDrawer.h"
#include "ui/main/AlarmBar.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/WriteModeButton.h"
#include "ui/sessions/SessionsPage.h"
#include "ui/users/UsersPage.h"
#include "ui/welcome/ProfileCard.h"
#include "ui/welcome/WelcomePage.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;

namespace {

using test::patience;

} // namespace

/// What the whole application asks before something that runs is left, and where it opens nothing: two saved
/// connections to one demo database, whose write lock is held so that an act stands still as long as is wanted.
class AppContextTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void asksBeforeAnotherConnectionIsOpened();
    void asksBeforeTheDemoIsOpened();
    void asksBeforeTheConnectionIsClosed();
    void asksBeforeTheWindowCloses();
    void asksNothingWhileNothingRuns();
    void opensNoSheetOverAHiddenBand();
    void showsNoOtherPageOverASheet();
    void theAlarmLeadsToThePlan();
    void anOutcomeMakesRoomForTheAlarm();

private:
    [[nodiscard]] main::MainWindow &window() { return m_context->window(); }
    template <typename Widget>
    Widget *shown(const char *name)
    {
        return test::shown<Widget>(window(), name);
    }
    QAbstractButton *button(const char *name) { return shown<QAbstractButton>(name); }
    void press(const char *name)
    {
        QVERIFY2(button(name), name);
        QTest::mouseClick(button(name), Qt::LeftButton);
    }
    template <typename Page>
    Page &page()
    {
        return *window().findChild<Page *>();
    }
    /// The action of a menu that says @p text.
    QAction *action(const QString &text);
    /// The name of the connection that is open; empty: none is.
    [[nodiscard]] QString openName()
    {
        return window().hasProfile() ? window().windowTitle().section(QStringLiteral(" ("), 0, 0) : QString();
    }
    [[nodiscard]] QMessageBox *question() { return shown<QMessageBox>("closeQuestion"); }
    [[nodiscard]] bool hasSheet() { return common::Sheet::openIn(window()) != nullptr; }
    void open(const QString &name);
    [[nodiscard]] revoke::Selection firstSessions(int count);
    /// Begins to revoke three sessions; they are held in the first batch.
    void begin();
    void release() { m_hold.reset(); }
    /// Presses "Keep working" and sees that nothing changed.
    void keepWorking();
    [[nodiscard]] bool execute(const QByteArray &sql) const;
    [[nodiscard]] QString databaseFile() const { return m_demo->info().databaseUrl.mid(7); }

    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<app::AppContext> m_context;
    std::unique_ptr<test::HeldDeletions> m_hold;
};

void AppContextTest::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    demo::DemoOptions demo;
    demo.sessions = 400;
    auto started = demo::DemoDeployment::start(demo, Call::within(1min));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
    const auto folders = workspace::Folders::below(m_home->path());
    app::DesktopOptions options;
    options.keyFile = m_home->filePath(QStringLiteral("keys"));
    const auto vault = workspace::openKeyFileVault(options.keyFile);
    workspace::Workspace saved(folders);
    for (const char *name : {"first", "second"}) {
        workspace::ConnectionProfile profile;
        profile.name = QLatin1String(name);
        profile.database = m_demo->info().databaseUrl;
        QVERIFY(saved.save(profile, {}, vault.get(), Call::within(1min)).has_value());
    }
    if (!m_theme)
        m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    m_context = std::make_unique<app::AppContext>(*m_theme, options, folders);
    window().resize(1440, 900);
    window().show();
    QVERIFY(QTest::qWaitForWindowExposed(&window()));
    QTRY_VERIFY_WITH_TIMEOUT(button("openDemo"), patience);
    open(QStringLiteral("first"));
}

void AppContextTest::cleanup()
{
    release();
    m_context.reset();
    m_demo.reset();
}

void AppContextTest::open(const QString &name)
{
    QTRY_COMPARE_WITH_TIMEOUT(window().findChildren<welcome::ProfileCard *>().size(), 2, patience);
    Q_EMIT page<welcome::WelcomePage>().connectRequested(name);
    QTRY_COMPARE_WITH_TIMEOUT(openName(), name, patience);
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    QTRY_VERIFY_WITH_TIMEOUT(
        shown<QTableView>("sessionTable") && shown<QTableView>("sessionTable")->model()->rowCount() > 3, patience);
}

QAction *AppContextTest::action(const QString &text)
{
    for (const QAction *menu : window().menuBar()->actions()) {
        for (QAction *found : menu->menu() ? menu->menu()->actions() : QList<QAction *>()) {
            if (common::plainText(*found) == text)
                return found;
        }
    }
    return nullptr;
}

revoke::Selection AppContextTest::firstSessions(int count)
{
    revoke::Selection selection;
    sqlite3 *database = nullptr;
    sqlite3_open(databaseFile().toUtf8().constData(), &database);
    const QByteArray sql = "SELECT \"id\" FROM \"Session\" ORDER BY \"id\" LIMIT " + QByteArray::number(count);
    sqlite3_exec(
        database, sql.constData(),
        [](void *target, int, char **texts, char **) {
            static_cast<revoke::Selection *>(target)->sessions << QString::fromUtf8(texts[0]);
            return 0;
        },
        &selection, nullptr);
    sqlite3_close(database);
    return selection;
}

bool AppContextTest::execute(const QByteArray &sql) const
{
    sqlite3 *database = nullptr;
    const bool done = sqlite3_open(databaseFile().toUtf8().constData(), &database) == SQLITE_OK &&
                      sqlite3_busy_timeout(database, 5'000) == SQLITE_OK &&
                      sqlite3_exec(database, sql.constData(), nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    return done;
}

void AppContextTest::begin()
{
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
    Q_EMIT page<sessions::SessionsPage>().revokeRequested(firstSessions(3));
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute"), patience);
    QTest::keyClicks(shown<QLineEdit>("planReason"), QStringLiteral("Laptops stolen in Lyon"));
    m_hold = std::make_unique<test::HeldDeletions>(databaseFile());
    QVERIFY(m_hold->isHeld());
    press("planExecute");
    QTRY_VERIFY_WITH_TIMEOUT(button("planBackground"), patience);
    // Its intent is on record: it is held.
    const QString log = workspace::Folders::below(m_home->path()).data + QStringLiteral("/audit.ndjson");
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(log).size() > 0, patience);
    press("planBackground");
    QTRY_VERIFY_WITH_TIMEOUT(!hasSheet(), patience);
}

void AppContextTest::keepWorking()
{
    QTRY_VERIFY_WITH_TIMEOUT(question(), patience);
    const QString name = openName();
    QTest::mouseClick(question()->escapeButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!question(), patience);
    QTest::qWait(0);
    QCOMPARE(openName(), name);
    QVERIFY(window().isVisible());
}

void AppContextTest::asksBeforeAnotherConnectionIsOpened()
{
    begin();
    Q_EMIT page<welcome::WelcomePage>().connectRequested(QStringLiteral("second"));
    keepWorking();
    QCOMPARE(openName(), QStringLiteral("first"));
    Q_EMIT page<welcome::WelcomePage>().connectRequested(QStringLiteral("second"));
    QTRY_VERIFY_WITH_TIMEOUT(question(), patience);
    press("pauseAndClose");
    QTest::qWait(0);
    QCOMPARE(openName(), QStringLiteral("first")); // not before what runs has stopped
    release();
    QTRY_COMPARE_WITH_TIMEOUT(openName(), QStringLiteral("second"), patience);
}

void AppContextTest::asksBeforeTheDemoIsOpened()
{
    begin();
    action(QStringLiteral("Open the demo deployment"))->trigger();
    keepWorking();
    release();
}

void AppContextTest::asksBeforeTheConnectionIsClosed()
{
    begin();
    action(QStringLiteral("Close connection"))->trigger();
    keepWorking();
    action(QStringLiteral("Close connection"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(question(), patience);
    press("pauseAndClose");
    release();
    QTRY_VERIFY_WITH_TIMEOUT(openName().isEmpty(), patience);
    QVERIFY(button("openDemo"));
}

void AppContextTest::asksBeforeTheWindowCloses()
{
    begin();
    QVERIFY(!window().close());
    keepWorking();
    QVERIFY(!window().close());
    QTRY_VERIFY_WITH_TIMEOUT(question(), patience);
    press("pauseAndClose");
    QVERIFY(window().isVisible());
    release();
    QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience);
}

void AppContextTest::asksNothingWhileNothingRuns()
{
    Q_EMIT page<welcome::WelcomePage>().connectRequested(QStringLiteral("second"));
    QVERIFY(!question());
    QTRY_COMPARE_WITH_TIMEOUT(openName(), QStringLiteral("second"), patience);
    QVERIFY(window().close());
}

void AppContextTest::opensNoSheetOverAHiddenBand()
{
    const revoke::Selection selection = firstSessions(1);
    action(QStringLiteral("New connection…"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(window().findChild<connect::ConnectionPage *>(), patience);
    QVERIFY(window().band().isHidden());
    // Every way to a sheet, as if its signal came late: nobody would see which connection it is about.
    Q_EMIT page<sessions::SessionsPage>().revokeRequested(selection);
    Q_EMIT page<sessions::SessionsPage>().chooseRequested({});
    Q_EMIT page<users::UsersPage>().revokeRequested(selection);
    Q_EMIT page<users::UsersPage>().chooseRequested({});
    Q_EMIT page<cache::CachePage>().purgeRequested({});
    Q_EMIT page<audit::AuditPage>().undoRequested(QStringLiteral("op-1"));
    Q_EMIT window().drawer().resumeRequested({});
    Q_EMIT window().drawer().revokeAgainRequested({revoke::Resurrection()});
    Q_EMIT window().alarm().revokeRequested({revoke::Resurrection()});
    QTest::qWait(0);
    QVERIFY(!hasSheet());
    for (const QString &text : {QStringLiteral("Prune expired sessions…"), QStringLiteral("Arm or disarm"),
                                QStringLiteral("Close connection")}) {
        QVERIFY2(action(text) && !action(text)->isEnabled(), qPrintable(text));
        QVERIFY2(!common::unavailableReason(*action(text)).isEmpty(), qPrintable(text));
    }
    Q_EMIT page<connect::ConnectionPage>().cancelled();
    QTRY_VERIFY_WITH_TIMEOUT(!window().band().isHidden(), patience);
    QVERIFY(action(QStringLiteral("Prune expired sessions…"))->isEnabled());
    Q_EMIT page<sessions::SessionsPage>().revokeRequested(selection);
    QVERIFY(hasSheet());
}

void AppContextTest::showsNoOtherPageOverASheet()
{
    Q_EMIT page<sessions::SessionsPage>().revokeRequested(firstSessions(1));
    QVERIFY(hasSheet());
    action(QStringLiteral("New connection…"))->trigger();
    QTest::qWait(0);
    QVERIFY(!window().findChild<connect::ConnectionPage *>());
    QVERIFY(!window().band().isHidden());
    QVERIFY(hasSheet());
    // One sheet at a time.
    Q_EMIT page<users::UsersPage>().chooseRequested({});
    QCOMPARE(window().findChildren<common::Sheet *>().size(), 1);
}

void AppContextTest::theAlarmLeadsToThePlan()
{
    QVERIFY(execute("CREATE TABLE kept AS SELECT * FROM \"Session\""));
    begin();
    release();
    QTRY_VERIFY_WITH_TIMEOUT(window().drawer().summary() == QStringLiteral("watching for returns"), patience);
    QVERIFY(window().showPage(QStringLiteral("users")));
    QVERIFY(execute("INSERT INTO \"Session\" SELECT * FROM kept WHERE \"sessionToken\" NOT IN (SELECT \"sessionToken\" "
                    "FROM \"Session\") LIMIT 2"));
    QTRY_VERIFY_WITH_TIMEOUT(window().alarm().isVisible(), patience);
    QVERIFY(window().showPage(QStringLiteral("overview")));
    QVERIFY(window().alarm().isVisible());
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("alarm-overview")));
    press("alarmRevoke");
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute"), patience);
    QCOMPARE(button("planExecute")->text(), QStringLiteral("Revoke 2 sessions"));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("alarm-plan")));
    // A look at the plan is no answer; carrying it out is.
    QTest::keyClick(common::Sheet::openIn(window()), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!hasSheet(), patience);
    QVERIFY(window().alarm().isVisible());
    press("alarmRevoke");
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute"), patience);
    QTest::keyClicks(shown<QLineEdit>("planReason"), QStringLiteral("They came back"));
    press("planExecute");
    QTRY_VERIFY_WITH_TIMEOUT(button("planDone"), patience);
    QVERIFY(!window().alarm().isVisible());
}

void AppContextTest::anOutcomeMakesRoomForTheAlarm()
{
    QVERIFY(execute("CREATE TABLE kept AS SELECT * FROM \"Session\""));
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
    Q_EMIT page<sessions::SessionsPage>().revokeRequested(firstSessions(3));
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute"), patience);
    QTest::keyClicks(shown<QLineEdit>("planReason"), QStringLiteral("Laptops stolen in Lyon"));
    press("planExecute");
    QTRY_VERIFY_WITH_TIMEOUT(button("planDone"), patience);
    QVERIFY(execute("INSERT INTO \"Session\" SELECT * FROM kept WHERE \"sessionToken\" NOT IN (SELECT \"sessionToken\" "
                    "FROM \"Session\") LIMIT 2"));
    QTRY_VERIFY_WITH_TIMEOUT(window().alarm().isVisible(), patience);
    QVERIFY(button("planDone")); // the outcome is still in front
    press("alarmRevoke");
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute"), patience);
    QCOMPARE(button("planExecute")->text(), QStringLiteral("Revoke 2 sessions"));
    // What asks for consent does not make room.
    const QPointer<common::Sheet> plan = common::Sheet::openIn(window());
    press("alarmRevoke");
    QTest::qWait(0);
    QVERIFY(plan && plan == common::Sheet::openIn(window()));
}

QTEST_MAIN(AppContextTest)
#include "tst_AppContext.moc"
