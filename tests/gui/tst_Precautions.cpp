#include <QtTest>

#include <QAbstractButton>
#include <QComboBox>
#include <QLineEdit>
#include <QMessageBox>
#include <QTableView>
#include <QTemporaryDir>

#include "app/desktop/AppContext.h"
#include "core/audit/AuditRenewal.h"
#include "core/demo/DemoDeployment.h"
#include "core/workspace/Approvers.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "tests/support/Shown.h"
#include "ui/audit/AuditPage.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/Sheet.h"
#include "ui/connect/ConnectionFoot.h"
#include "ui/connect/ConnectionPage.h"
#include "ui/connect/GiveUpQuestion.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/LogFaultBar.h"
#include "ui/main/WriteModeButton.h"
#include "ui/sessions/SessionsPage.h"
#include "ui/welcome/ProfileCard.h"
#include "ui/welcome/WelcomePage.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;

namespace {

using test::patience;

} // namespace

/// What the whole application holds an act to: a production connection's demand, by whatever name its database is
/// opened, and an audit log that says it where it is broken. Two saved connections to one demo database.
class PrecautionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void anActSaysThatTheLogIsBroken();
    void aRenewalEndsIt_data();
    void aRenewalEndsIt();
    void aWholeLogIsNotSpokenOf();
    void productionIsHeldUnderAnotherName();
    void forgettingProductionIsOnRecord();
    void savingWhatDemandsLessIsAsked_data();
    void savingWhatDemandsLessIsAsked();
    void aNameThatIsTakenIsRefused();
    void anEnvFileTakesNoDemandAway();

private:
    [[nodiscard]] main::MainWindow &window() { return m_context->window(); }
    template <typename Widget>
    Widget *shown(const char *name)
    {
        return test::shown<Widget>(window(), name);
    }
    QAbstractButton *button(const char *name) { return shown<QAbstractButton>(name); }
    [[nodiscard]] QString logFile() const
    {
        return workspace::Folders::below(m_home->path()).data + QStringLiteral("/audit.ndjson");
    }
    /// Two entries in the log, as an earlier start left them.
    void writeLog();
    /// The same, and a word of it was changed since.
    void writeBrokenLog();
    /// What is saved as @p name; nothing where nothing is.
    [[nodiscard]] workspace::ConnectionProfile savedAs(const QString &name) const
    {
        return workspace::Workspace(workspace::Folders::below(m_home->path()))
            .profile(name)
            .value_or(workspace::ConnectionProfile());
    }
    /// Opens the saved connection @p name for changing.
    void edit(const QString &name)
    {
        Q_EMIT window().findChild<welcome::WelcomePage *>()->editRequested(name);
        QTRY_VERIFY_WITH_TIMEOUT(window().findChild<connect::ConnectionPage *>(), patience);
    }
    /// Saves the connection being changed, as its button does.
    void save()
    {
        auto *page = window().findChild<connect::ConnectionPage *>();
        QVERIFY(page);
        Q_EMIT page->findChild<connect::ConnectionFoot *>()->saveRequested(false);
    }
    [[nodiscard]] connect::GiveUpQuestion *question() { return window().findChild<connect::GiveUpQuestion *>(); }
    /// What the question says is given up; empty where none stands.
    [[nodiscard]] QString told()
    {
        const auto *label = question() ? question()->findChild<common::Label *>(QStringLiteral("givenUp")) : nullptr;
        return label ? label->text() : QString();
    }
    /// Gives the question a reason and, once the button was seen to want it, @p name.
    void consent(const QString &name)
    {
        QVERIFY(question());
        auto *act = question()->findChild<QAbstractButton *>(QStringLiteral("giveUp"));
        QVERIFY(!act->isEnabled());
        question()->findChild<QLineEdit *>(QStringLiteral("giveUpReason"))->setText(QStringLiteral("Closing, OPS-7"));
        question()->findChild<QLineEdit *>(QStringLiteral("giveUpName"))->setText(name);
        QVERIFY(act->isEnabled());
        act->click();
    }
    /// Starts the application with the saved connections.
    void start();
    /// Starts it and opens @p name.
    void open(const QString &name);
    /// Opens the plan of revoking the sessions of the provider @p provider, and gives a reason.
    void plan(const QString &provider);
    /// Types what the plan asks for.
    void typeConfirmation();

    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<app::AppContext> m_context;
    base::SystemClock m_clock;
};

void PrecautionsTest::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    demo::DemoOptions demo;
    demo.sessions = 200;
    auto started = demo::DemoDeployment::start(demo, Call::within(1min));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
    const auto vault = workspace::openKeyFileVault(m_home->filePath(QStringLiteral("keys")));
    workspace::Workspace saved(workspace::Folders::below(m_home->path()));
    for (const char *name : {"shop", "side"}) {
        workspace::ConnectionProfile profile;
        profile.name = QLatin1String(name);
        profile.database = m_demo->info().databaseUrl;
        if (profile.name == QStringLiteral("shop"))
            profile.environment = workspace::Environment::Production;
        QVERIFY(saved.save(profile, {}, vault.get(), Call::within(1min)).has_value());
    }
    if (!m_theme)
        m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
}

void PrecautionsTest::cleanup()
{
    m_context.reset();
    m_demo.reset();
}

void PrecautionsTest::writeLog()
{
    const auto vault = workspace::openKeyFileVault(m_home->filePath(QStringLiteral("keys")));
    audit::AuditLog log(workspace::Folders::below(m_home->path()).data, vault.get(), m_clock);
    for (const audit::Phase phase : {audit::Phase::Intent, audit::Phase::Outcome}) {
        audit::AuditEntry entry;
        entry.operation = QStringLiteral("op-earlier");
        entry.phase = phase;
        entry.action = QStringLiteral("sessions.revoke");
        entry.reason = QStringLiteral("OPS-1");
        QVERIFY(log.append(std::move(entry), Call::within(1min)));
    }
}

void PrecautionsTest::writeBrokenLog()
{
    writeLog();
    QByteArray text = test::contentOf(logFile());
    QVERIFY(text.contains("OPS-1"));
    text.replace(text.indexOf("OPS-1"), 5, "OPS-2");
    QFile file(logFile());
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) == text.size());
    file.close();
}

void PrecautionsTest::start()
{
    app::DesktopOptions options;
    options.keyFile = m_home->filePath(QStringLiteral("keys"));
    m_context = std::make_unique<app::AppContext>(*m_theme, options, workspace::Folders::below(m_home->path()));
    window().resize(1440, 900);
    window().show();
    QVERIFY(QTest::qWaitForWindowExposed(&window()));
    QTRY_COMPARE_WITH_TIMEOUT(window().findChildren<welcome::ProfileCard *>().size(), 2, patience);
}

void PrecautionsTest::open(const QString &name)
{
    start();
    Q_EMIT window().findChild<welcome::WelcomePage *>()->connectRequested(name);
    QTRY_VERIFY_WITH_TIMEOUT(window().hasProfile(), patience);
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
}

void PrecautionsTest::plan(const QString &provider)
{
    revoke::Selection selection;
    selection.query.emplace().provider = provider;
    Q_EMIT window().findChild<sessions::SessionsPage *>()->revokeRequested(selection);
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute"), patience);
    QTest::keyClicks(shown<QLineEdit>("planReason"), QStringLiteral("Leaver, OPS-2291"));
}

void PrecautionsTest::typeConfirmation()
{
    auto *confirmation = shown<QLineEdit>("planConfirmation");
    QVERIFY(confirmation);
    confirmation->setText(confirmation->accessibleName().mid(QStringLiteral("Type ").size()));
    QTRY_VERIFY_WITH_TIMEOUT(button("planExecute")->isEnabled(), patience);
}

void PrecautionsTest::anActSaysThatTheLogIsBroken()
{
    writeBrokenLog();
    open(QStringLiteral("side"));
    QVERIFY(!window().logFault().isVisible());
    plan(QStringLiteral("github"));
    typeConfirmation();
    QTest::mouseClick(button("planExecute"), Qt::LeftButton);
    // It is done all the same, and said above every page.
    QTRY_VERIFY_WITH_TIMEOUT(window().logFault().isVisible(), patience);
    QVERIFY2(window().logFault().accessibleName().contains(u"broken at entry 1"),
             qPrintable(window().logFault().accessibleName()));
    QTRY_VERIFY_WITH_TIMEOUT(test::contentOf(logFile()).count('\n') == 4, patience);
    QVERIFY(test::contentOf(logFile()).contains("the log before this entry is broken at entry 1"));
    QTRY_VERIFY_WITH_TIMEOUT(button("planDone"), patience);
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("log-fault-result")));
    common::Sheet::openIn(window())->dismiss();
    QTRY_VERIFY_WITH_TIMEOUT(!common::Sheet::openIn(window()), patience);
    QVERIFY(window().logFault().isVisible());
    QTest::mouseClick(button("logFaultShow"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(window().findChild<audit::AuditPage *>()->isVisible(), patience);
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("log-fault-audit")));
    QTest::mouseClick(button("logFaultHide"), Qt::LeftButton);
    QVERIFY(!window().logFault().isVisible());
}

void PrecautionsTest::aRenewalEndsIt_data()
{
    QTest::addColumn<bool>("byAnAct");
    QTest::newRow("read again") << false;
    QTest::newRow("a later act") << true;
}

void PrecautionsTest::aRenewalEndsIt()
{
    QFETCH(const bool, byAnAct);
    writeBrokenLog();
    open(QStringLiteral("side"));
    const auto revokeOf = [this](const char *provider) {
        plan(QLatin1String(provider));
        typeConfirmation();
        QTest::mouseClick(button("planExecute"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(button("planDone"), patience);
        common::Sheet::openIn(window())->dismiss();
        QTRY_VERIFY_WITH_TIMEOUT(!common::Sheet::openIn(window()), patience);
    };
    revokeOf("github");
    QTRY_VERIFY_WITH_TIMEOUT(window().logFault().isVisible(), patience);
    // Read again while it is broken, it goes on to be said.
    auto *page = window().findChild<audit::AuditPage *>();
    QVERIFY(window().showPage(page->id()));
    QTRY_VERIFY_WITH_TIMEOUT(!page->statusItems().isEmpty(), patience);
    QVERIFY(window().logFault().isVisible());
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    // Somebody renews it, on the command line.
    const auto vault = workspace::openKeyFileVault(m_home->filePath(QStringLiteral("keys")));
    audit::AuditLog log(workspace::Folders::below(m_home->path()).data, vault.get(), m_clock);
    QVERIFY(audit::renew(log, {}, m_clock, Call::within(1min)));
    QVERIFY(window().logFault().isVisible());
    if (byAnAct)
        revokeOf("google");
    else
        QVERIFY(window().showPage(page->id()));
    QTRY_VERIFY_WITH_TIMEOUT(!window().logFault().isVisible(), patience);
}

void PrecautionsTest::aWholeLogIsNotSpokenOf()
{
    writeLog();
    open(QStringLiteral("side"));
    plan(QStringLiteral("github"));
    typeConfirmation();
    QTest::mouseClick(button("planExecute"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(test::contentOf(logFile()).count('\n') == 4, patience);
    QTRY_VERIFY_WITH_TIMEOUT(button("planDone"), patience);
    QVERIFY(!window().logFault().isVisible());
}

void PrecautionsTest::productionIsHeldUnderAnotherName()
{
    open(QStringLiteral("side"));
    QVERIFY2(window().windowTitle().contains(u"Production"), qPrintable(window().windowTitle()));
    plan(QStringLiteral("github"));
    auto *confirmation = shown<QLineEdit>("planConfirmation");
    QVERIFY2(confirmation, "a production connection wants its name typed");
    QVERIFY(!button("planExecute")->isEnabled());
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("production-held")));
    QVERIFY2(confirmation->accessibleName().startsWith(QStringLiteral("Type side ")),
             qPrintable(confirmation->accessibleName()));
    typeConfirmation();
}

void PrecautionsTest::forgettingProductionIsOnRecord()
{
    const QString config = workspace::Folders::below(m_home->path()).config;
    QVERIFY(
        workspace::writeApprovers(config, QStringLiteral("shop"), {QStringLiteral("ed25519:a")}, Call::within(1min)));
    start();
    auto *welcome = window().findChild<welcome::WelcomePage *>();
    const auto cards = [this] { return window().findChildren<welcome::ProfileCard *>().size(); };
    Q_EMIT welcome->removeRequested(QStringLiteral("side")); // it demands nothing
    auto *box = window().findChild<QMessageBox *>();
    QVERIFY(box);
    for (QAbstractButton *choice : box->buttons()) {
        if (box->buttonRole(choice) == QMessageBox::DestructiveRole)
            choice->click();
    }
    QTRY_COMPARE_WITH_TIMEOUT(cards(), 1, patience);
    QVERIFY(!QFile::exists(logFile()));
    Q_EMIT welcome->removeRequested(QStringLiteral("shop"));
    QVERIFY2(told().contains(u"production"), qPrintable(told()));
    QVERIFY2(told().contains(u"given up"), qPrintable(told()));
    QVERIFY(test::saveScreenshots(*question(), *m_theme, QStringLiteral("forget-production")));
    consent(QStringLiteral("shop"));
    QTRY_COMPARE_WITH_TIMEOUT(cards(), 0, patience);
    QVERIFY(test::contentOf(logFile()).contains("Closing, OPS-7"));
    QCOMPARE(test::contentOf(logFile()).count("\"connection.remove\""), 2);
    // Whoever is named so next is another connection.
    const auto approvers = workspace::readApprovers(config, QStringLiteral("shop"));
    QVERIFY(approvers && approvers->isEmpty());
}

void PrecautionsTest::savingWhatDemandsLessIsAsked_data()
{
    QTest::addColumn<bool>("elsewhere");
    QTest::addColumn<QByteArray>("action");
    QTest::newRow("environment") << false << QByteArray("connection.loosen");
    QTest::newRow("database") << true << QByteArray("connection.move");
}

void PrecautionsTest::savingWhatDemandsLessIsAsked()
{
    QFETCH(const bool, elsewhere);
    QFETCH(const QByteArray, action);
    start();
    const workspace::ConnectionProfile before = savedAs(QStringLiteral("shop"));
    edit(QStringLiteral("shop"));
    if (elsewhere)
        shown<QLineEdit>("databaseAddress")->setText(QStringLiteral("sqlite:/nowhere/other.db"));
    else
        shown<QComboBox>("environment")->setCurrentIndex(0);
    save();
    QTRY_VERIFY_WITH_TIMEOUT(question(), patience);
    QVERIFY2(told().contains(u"production"), qPrintable(told()));
    QVERIFY(test::saveScreenshots(*question(), *m_theme, QStringLiteral("give-up-question")));
    question()->reject();
    QTRY_VERIFY_WITH_TIMEOUT(!question(), patience);
    // What was typed is still there, and what is saved as it was.
    QVERIFY(window().findChild<connect::ConnectionPage *>());
    QCOMPARE(savedAs(QStringLiteral("shop")), before);
    QVERIFY(!QFile::exists(logFile()));
    save();
    QTRY_VERIFY_WITH_TIMEOUT(question(), patience);
    consent(QStringLiteral("shop"));
    QTRY_VERIFY_WITH_TIMEOUT(!window().findChild<connect::ConnectionPage *>(), patience);
    QVERIFY(savedAs(QStringLiteral("shop")) != before);
    QCOMPARE(test::contentOf(logFile()).count(action), 2);
    QVERIFY(test::contentOf(logFile()).contains("Closing, OPS-7"));
}

void PrecautionsTest::aNameThatIsTakenIsRefused()
{
    start();
    const workspace::ConnectionProfile before = savedAs(QStringLiteral("shop"));
    Q_EMIT window().findChild<welcome::WelcomePage *>()->newConnectionRequested();
    QTRY_VERIFY_WITH_TIMEOUT(window().findChild<connect::ConnectionPage *>(), patience);
    shown<QLineEdit>("connectionName")->setText(QStringLiteral("shop"));
    shown<QLineEdit>("databaseAddress")->setText(m_demo->info().databaseUrl);
    save();
    auto *error = window().findChild<connect::ConnectionPage *>()->findChild<common::ErrorBanner *>();
    QTRY_VERIFY_WITH_TIMEOUT(error->isVisible(), patience);
    QVERIFY2(error->accessibleDescription().startsWith(QStringLiteral("Another saved connection is called shop.")),
             qPrintable(error->accessibleDescription()));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("name-taken")));
    QVERIFY(!question());
    QCOMPARE(savedAs(QStringLiteral("shop")), before);
    // Under its own name it is saved.
    shown<QLineEdit>("connectionName")->setText(QStringLiteral("third"));
    save();
    QTRY_COMPARE_WITH_TIMEOUT(savedAs(QStringLiteral("third")).database, m_demo->info().databaseUrl, patience);
}

void PrecautionsTest::anEnvFileTakesNoDemandAway()
{
    const auto vault = workspace::openKeyFileVault(m_home->filePath(QStringLiteral("keys")));
    workspace::Workspace kept(workspace::Folders::below(m_home->path()));
    workspace::ConnectionProfile demanding = savedAs(QStringLiteral("shop"));
    demanding.needsApproval = true;
    demanding.note = QStringLiteral("ours");
    QVERIFY(kept.save(demanding, {}, vault.get(), Call::within(1min)));
    QFile file(m_home->filePath(QStringLiteral(".env")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("DATABASE_URL=" + m_demo->info().databaseUrl.toUtf8() +
                                                          "\nAUTH_SECRET=a-secret-of-32-bytes-x\n") > 0);
    file.close();
    start();
    edit(QStringLiteral("shop"));
    window().findChild<connect::ConnectionPage *>()->fillFromEnv(file.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(!shown<QLineEdit>("authSecret")->text().isEmpty(), patience);
    save();
    QTRY_VERIFY_WITH_TIMEOUT(!window().findChild<connect::ConnectionPage *>(), patience);
    QVERIFY(savedAs(QStringLiteral("shop")).needsApproval);
    QCOMPARE(savedAs(QStringLiteral("shop")).note, demanding.note);
    QVERIFY(!QFile::exists(logFile()));
}

QTEST_MAIN(PrecautionsTest)
#include "tst_Precautions.moc"
