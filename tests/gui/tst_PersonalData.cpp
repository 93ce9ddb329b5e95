#include <QtTest>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTemporaryDir>
#include <QVBoxLayout>

#include <sqlite3.h>

#include "app/desktop/AppContext.h"
#include "core/audit/AuditVerifier.h"
#include "core/base/FileLock.h"
#include "core/base/PersonalText.h"
#include "core/demo/DemoDeployment.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/Screenshots.h"
#include "ui/common/CodeBlock.h"
#include "ui/common/PersonalData.h"
#include "ui/common/Sheet.h"
#include "ui/common/TableView.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/PersonalMark.h"
#include "ui/main/WriteModeButton.h"
#include "ui/sessions/SessionListModel.h"
#include "ui/sessions/SessionsPage.h"
#include "ui/users/UsersPage.h"
#include "ui/welcome/WelcomePage.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using common::PersonalData;
using sessions::SessionListModel;

namespace {

constexpr int patience = 20'000;

/// All that @p root shows, says on hovering, or tells a screen reader, a line each.
QString everythingOf(const QWidget &root)
{
    QStringList all;
    const auto add = [&all](const QString &text) {
        if (!text.isEmpty())
            all << text;
    };
    for (const QWidget *widget : root.findChildren<QWidget *>()) {
        if (!widget->isVisible())
            continue;
        add(widget->toolTip());
        add(widget->accessibleName());
        add(widget->accessibleDescription());
        if (const auto *label = qobject_cast<const QLabel *>(widget))
            add(label->text());
        if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
            add(button->text());
        if (const auto *line = qobject_cast<const QLineEdit *>(widget))
            add(line->text());
        if (const auto *text = qobject_cast<const QPlainTextEdit *>(widget))
            add(text->toPlainText());
        const auto *table = qobject_cast<const QTableView *>(widget);
        if (!table)
            continue;
        QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(const_cast<QTableView *>(table));
        const int rows = std::min(table->model()->rowCount(), 60);
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < table->model()->columnCount(); ++column) {
                const QModelIndex index = table->model()->index(row, column);
                for (const int role : {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(Qt::AccessibleTextRole),
                                       int(Qt::AccessibleDescriptionRole), int(common::cell::SecondaryRole)})
                    add(index.data(role).toString());
                if (QAccessibleInterface *cell = spoken->tableInterface()->cellAt(row, column))
                    add(cell->text(QAccessible::Name));
            }
        }
    }
    return all.join(QLatin1Char('\n'));
}

} // namespace

/// A connection that asks for masks shows no name and no e-mail anywhere, until somebody asks for them, on record and
/// for a while.
class PersonalDataTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void nothingShowsThem();
    void idsThatAreEmailsShowWithThem();
    void askedForTheyShowOnRecord();
    void theyAreMaskedAgainByThemselves();
    void whatCannotBeRecordedStaysMasked();
    void aSuspendedMachineMasksThem();
    void whatIsBeingRecordedHoldsUpNothing();
    void aConnectionThatDoesNotAskMasksNothing();

private:
    [[nodiscard]] main::MainWindow &window() { return m_context->window(); }
    template <typename Widget>
    Widget *shown(const char *name)
    {
        return test::shown<Widget>(window(), name);
    }
    /// Starts the application and opens a saved connection, masked or not, on Sessions with its first row selected.
    void open(bool isMasked);
    /// The first row's user cell.
    [[nodiscard]] QString cell() { return table()->model()->index(0, SessionListModel::User).data().toString(); }
    [[nodiscard]] QTableView *table() { return window().findChild<QTableView *>(QStringLiteral("sessionTable")); }
    [[nodiscard]] QAction *action() { return window().findChild<QAction *>(QStringLiteral("showPersonal")); }
    [[nodiscard]] QByteArray log() const
    {
        return test::contentOf(workspace::Folders::below(m_home->path()).data + QStringLiteral("/audit.ndjson"));
    }
    /// The first name or e-mail of the demo's users that the window gives away; empty: none.
    [[nodiscard]] QString leak()
    {
        const QString all = everythingOf(window());
        for (const QString &text : m_personal) {
            if (all.contains(text))
                return text;
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<app::AppContext> m_context;
    QStringList m_personal; ///< names and e-mails of the demo's users
    base::SystemClock m_clock;
};

void PersonalDataTest::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    demo::DemoOptions demo;
    demo.sessions = 200;
    auto started = demo::DemoDeployment::start(demo, Call::within(30s));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
    if (!m_theme)
        m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
}

void PersonalDataTest::cleanup()
{
    m_context.reset();
    m_demo.reset();
}

void PersonalDataTest::open(bool isMasked)
{
    const auto vault = workspace::openKeyFileVault(m_home->filePath(QStringLiteral("keys")));
    workspace::Workspace saved(workspace::Folders::below(m_home->path()));
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("orchard-shop");
    profile.database = m_demo->info().databaseUrl;
    profile.environment = workspace::Environment::Production;
    profile.maskPersonal = isMasked;
    QVERIFY(saved.save(profile, {}, vault.get(), Call::within(10s)).has_value());
    app::DesktopOptions options;
    options.keyFile = m_home->filePath(QStringLiteral("keys"));
    m_context = std::make_unique<app::AppContext>(*m_theme, options, workspace::Folders::below(m_home->path()));
    window().resize(1440, 900);
    window().show();
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    QTRY_VERIFY_WITH_TIMEOUT(everythingOf(window()).contains(profile.name), patience);
    Q_EMIT window().findChild<welcome::WelcomePage *>()->connectRequested(profile.name);
    QTRY_VERIFY_WITH_TIMEOUT(window().hasProfile(), patience);
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    QTRY_VERIFY_WITH_TIMEOUT(table()->model()->rowCount() > 60, patience);
    const auto *model = qobject_cast<SessionListModel *>(table()->model());
    m_personal.clear();
    for (int row = 0; row < model->rowCount(); ++row) {
        for (const auto &text : {model->at(row).name, model->at(row).email}) {
            if (text && text->size() > 3)
                m_personal << *text;
        }
    }
    QVERIFY(m_personal.size() > 60);
    table()->selectRow(0);
    Q_EMIT window().findChild<sessions::SessionsPage *>()->detailsWanted(true);
    QTRY_VERIFY_WITH_TIMEOUT(everythingOf(window()).contains(QStringLiteral("locally, ")), patience);
}

void PersonalDataTest::nothingShowsThem()
{
    open(true);
    QCOMPARE(leak(), QString());
    QVERIFY(cell().contains(QStringLiteral("•••")));
    QVERIFY(everythingOf(window()).contains(QStringLiteral("\"email\": \"")));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("personal-masked-sessions")));

    QVERIFY(window().showPage(QStringLiteral("users")));
    auto *users = window().findChild<QTableView *>(QStringLiteral("userTable"));
    QTRY_VERIFY_WITH_TIMEOUT(users->model()->rowCount() > 20, patience);
    users->selectRow(0);
    Q_EMIT window().findChild<users::UsersPage *>()->detailsWanted(true);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QWidget>("userSessions"), patience);
    QCOMPARE(leak(), QString());
    QVERIFY(users->model()->index(0, 0).data().toString().contains(QStringLiteral("•••")));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("personal-masked-users")));

    for (const char *page : {"overview", "latency", "cache", "audit"}) {
        QVERIFY2(window().showPage(QLatin1String(page)), page);
        QCOMPARE(leak(), QString());
    }

    QVERIFY(window().showPage(QStringLiteral("sessions")));
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
    // One user's sessions: the sheet's heading names them.
    const auto *model = qobject_cast<SessionListModel *>(table()->model());
    revoke::Selection selection;
    selection.query.emplace().user = model->at(0).userId;
    selection.query->state = store::StateFilter::All;
    Q_EMIT window().findChild<sessions::SessionsPage *>()->revokeRequested(selection);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("planExecute"), patience);
    QCOMPARE(leak(), QString());
    QVERIFY(everythingOf(window()).contains(QRegularExpression(QStringLiteral("Revoke \\d+ sessions? of .•••"))));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("personal-masked-plan")));

    // And what was done, with its name in the activity drawer.
    QTest::keyClicks(shown<QLineEdit>("planReason"), QStringLiteral("Leaver, OPS-2291"));
    auto *confirmation = shown<QLineEdit>("planConfirmation");
    QVERIFY(confirmation);
    confirmation->setText(confirmation->accessibleName().mid(QStringLiteral("Type ").size()));
    QTRY_VERIFY(shown<QAbstractButton>("planExecute")->isEnabled());
    QTest::mouseClick(shown<QAbstractButton>("planExecute"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("planDone"), patience);
    window().setDrawerShown(true);
    QTRY_VERIFY(everythingOf(window()).contains(QStringLiteral("•••")));
    QCOMPARE(leak(), QString());
    QVERIFY2(!log().contains("personal.reveal"), "nobody asked for them");
}

void PersonalDataTest::idsThatAreEmailsShowWithThem()
{
    sqlite3 *database = nullptr;
    const auto closed = qScopeGuard([&database] { sqlite3_close(database); });
    QCOMPARE(sqlite3_open(m_demo->info().databaseUrl.mid(7).toUtf8().constData(), &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 20'000);
    QCOMPARE(sqlite3_exec(database,
                          R"(UPDATE "Session" SET "userId" = coalesce((SELECT "email" FROM "User"
                                 WHERE "User"."id" = "Session"."userId"), "userId");
                             UPDATE "User" SET "id" = coalesce("email", "id"))",
                          nullptr, nullptr, nullptr),
             SQLITE_OK);
    open(true);
    QVERIFY(window().showPage(QStringLiteral("users")));
    auto *users = window().findChild<QTableView *>(QStringLiteral("userTable"));
    QTRY_VERIFY_WITH_TIMEOUT(users->model()->rowCount() > 20, patience);
    users->selectRow(0);
    Q_EMIT window().findChild<users::UsersPage *>()->detailsWanted(true);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QWidget>("userSessions"), patience);
    QCOMPARE(leak(), QString());
    // The e-mail and the id, which is the same.
    const auto facts = [this] {
        QStringList texts;
        for (const QLabel *label : shown<QWidget>("userSessions")->findChildren<QLabel *>())
            texts << label->text();
        return texts.filter(QStringLiteral("@"));
    };
    const QStringList masked = facts();
    QCOMPARE(masked.size(), 2);
    PersonalData &personal = *window().band().personal().personal();
    personal.setShownFor(10min);
    personal.reveal();
    QTRY_VERIFY_WITH_TIMEOUT(!personal.isMasked(), patience);
    const QStringList clear = facts();
    QCOMPARE(clear.size(), 2);
    QVERIFY(m_personal.contains(clear.first()) && clear.last() == clear.first());
    personal.mask();
    QCOMPARE(facts(), masked);
}

void PersonalDataTest::askedForTheyShowOnRecord()
{
    open(true);
    const QString masked = cell();
    QVERIFY(!shown<QWidget>("personalMark"));
    QCOMPARE(action()->text().remove(QLatin1Char('&')), QStringLiteral("Show names and e-mails"));
    QVERIFY(window().band().personal().personal());
    window().band().personal().personal()->setShownFor(10min); // however slow the machine is
    QTest::keyClick(&window(), Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("personalMark"), patience);
    // On record before they show.
    QCOMPARE(log().count("\"personal.reveal\""), 2);
    QVERIFY(log().contains("\"orchard-shop\""));
    QVERIFY(cell() != masked && m_personal.contains(cell()));
    const QString all = everythingOf(window());
    const auto *model = qobject_cast<SessionListModel *>(table()->model());
    const QString email = model->at(0).email.value_or(QString());
    QVERIFY(!email.isEmpty());
    QVERIFY2(all.contains(QStringLiteral("E-mail: ") + email), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("\"email\": \"") + email), qPrintable(all));
    auto *mark = shown<QAbstractButton>("personalMark");
    QVERIFY(mark->text().startsWith(QStringLiteral("Names shown ")));
    QCOMPARE(mark->accessibleName(), QStringLiteral("Names and e-mails are shown: mask them now"));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("personal-shown-sessions")));

    // A sheet that is open shows them too, and masks them with the rest.
    revoke::Selection selection;
    selection.query.emplace().user = model->at(0).userId;
    Q_EMIT window().findChild<sessions::SessionsPage *>()->revokeRequested(selection);
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("planExecute"), patience);
    QVERIFY(common::Sheet::openIn(window()));
    const auto sheetTells = [&] { return everythingOf(*common::Sheet::openIn(window())).contains(email); };
    QVERIFY(sheetTells());
    QTest::mouseClick(shown<QAbstractButton>("personalMark"), Qt::LeftButton);
    QVERIFY(!shown<QAbstractButton>("personalMark"));
    QVERIFY(!sheetTells());
    QCOMPARE(leak(), QString());
    QCOMPARE(cell(), masked);
    QCOMPARE(log().count("\"personal.reveal\""), 2);
}

void PersonalDataTest::theyAreMaskedAgainByThemselves()
{
    test::DemoWindow demo("personal");
    QVERIFY(demo.start(200));
    test::DemoConnection how;
    how.isMasked = true;
    QVERIFY(demo.connect(how));
    PersonalData &personal = demo.connection().personal();
    QCOMPARE(common::personalShownFor, 30s);
    personal.setShownFor(300ms);
    const QString name = QStringLiteral("Ada Lovelace");
    const QString masked = base::maskedName(name);
    QCOMPARE(personal.name(name), masked);
    QStringList told; // at each change
    connect(&personal, &PersonalData::changed, this, [&] {
        told << personal.name(name) << personal.lastingName(name);
        personal.reveal(); // while they show that is no second act, and gives no more time
    });
    personal.reveal();
    QVERIFY2(personal.isMasked(), "first it is recorded");
    QTRY_VERIFY_WITH_TIMEOUT(told.size() >= 4, patience);
    QCOMPARE(told.first(4), QStringList({name, masked, masked, masked}));
    // Asked again once they were masked, it is a second act.
    QTRY_VERIFY_WITH_TIMEOUT(told.size() >= 8, patience);
    disconnect(&personal, nullptr, this, nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(personal.isMasked(), patience);
    QCOMPARE(personal.left(), 0ms);
}

void PersonalDataTest::whatCannotBeRecordedStaysMasked()
{
    audit::AuditLog keyless(m_home->path(), nullptr, m_clock);
    PersonalData personal(true, QStringLiteral("orchard-shop"), keyless, 10s);
    QSignalSpy failed(&personal, &PersonalData::failed);
    personal.reveal();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
    QVERIFY(personal.isMasked());
    main::PersonalMark mark(*m_theme);
    QVERIFY(!mark.action()->isEnabled());
    mark.setData(&personal, QStringLiteral("no key"));
    QVERIFY(!mark.action()->isEnabled());
    mark.setData(&personal);
    QVERIFY(mark.action()->isEnabled());
}

void PersonalDataTest::aSuspendedMachineMasksThem()
{
    const auto vault = workspace::openKeyFileVault(m_home->filePath(QStringLiteral("keys")));
    audit::AuditLog log(m_home->path(), vault.get(), m_clock);
    PersonalData personal(true, QStringLiteral("orchard-shop"), log, 20s);
    std::chrono::nanoseconds now = 5h;
    personal.setClock([&now] { return now; });
    QSignalSpy changed(&personal, &PersonalData::changed);
    personal.reveal();
    QTRY_COMPARE_WITH_TIMEOUT(changed.size(), 1, patience);
    QVERIFY(!personal.isMasked());
    QCOMPARE(personal.left(), 30s);
    now += 8h; // of which no timer knows
    QVERIFY(personal.isMasked());
    QCOMPARE(personal.left(), 0ms);
    QTRY_COMPARE_WITH_TIMEOUT(changed.size(), 2, patience);
}

void PersonalDataTest::whatIsBeingRecordedHoldsUpNothing()
{
    open(true);
    const QString data = workspace::Folders::below(m_home->path()).data;
    QVERIFY(QDir().mkpath(data));
    const base::FileLock lock(audit::lockPath(data + QStringLiteral("/audit.ndjson")), Call::within(10s));
    QVERIFY(lock.isHeld());
    const QPointer<PersonalData> personal = window().band().personal().personal();
    action()->trigger();
    QVERIFY(personal->isRecording());
    QVERIFY2(!window().close(), "it closes once nothing is being recorded");
    QVERIFY(personal && personal->isRecording());
    QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience); // with the lock still held
    QVERIFY2(!log().contains("personal.reveal"), "nothing was shown");
}

void PersonalDataTest::aConnectionThatDoesNotAskMasksNothing()
{
    open(false);
    QVERIFY(m_personal.contains(cell()));
    QVERIFY(!leak().isEmpty());
    QVERIFY(!action()->isEnabled());
    QTest::keyClick(&window(), Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!shown<QWidget>("personalMark"));
    QVERIFY(!log().contains("personal.reveal"));
}

QTEST_MAIN(PersonalDataTest)
#include "tst_PersonalData.moc"
