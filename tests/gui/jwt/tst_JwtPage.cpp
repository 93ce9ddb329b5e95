#include <QtTest>

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

#include "core/demo/DemoDeployment.h"
#include "core/revoke/CallbackSnippet.h"
#include "tests/support/Screenshots.h"
#include "tests/support/TestConnection.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Sheet.h"
#include "ui/jwt/JwtPage.h"
#include "ui/revoke/RuleSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using jwt::JwtPage;

/// What the window says and does where sessions are encrypted cookies: the demo's second deployment, which has no
/// callback and so honours no rule.
class JwtPageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void saysWhatCannotBeRevoked();
    void copiesTheCallback();
    void setsARuleInGuardedModeAlone();
    void everybodyWantsAConsentOfTheirOwn();
    void provesThatItIsNotHonoured();

private:
    void open(workspace::Environment environment);
    void openSheet();
    common::Button *button(const char *name) { return m_window->findChild<common::Button *>(QLatin1String(name)); }
    [[nodiscard]] QString texts() const;
    [[nodiscard]] std::vector<revoke::NotBeforeRule> rules() const;
    void photograph(const char *name)
    {
        QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("jwt-") + QLatin1String(name)));
    }

    base::SystemClock m_clock;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    JwtPage *m_page = nullptr;
    QPointer<revoke::RuleSheet> m_sheet;
};

void JwtPageTest::initTestCase()
{
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    demo::DemoOptions options;
    options.sessions = 200;
    auto started = demo::DemoDeployment::start(options, Call::within(30s));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
}

void JwtPageTest::init()
{
    open(workspace::Environment::Development);
}

void JwtPageTest::open(workspace::Environment environment)
{
    m_window.reset();
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("reading-room");
    profile.environment = environment;
    profile.database = m_demo->info().databaseUrl;
    profile.baseUrl = m_demo->info().jwtBaseUrl.toString();
    profile.strategy = session::Strategy::Jwt;
    workspace::ConnectionSecrets secrets;
    QFile file(m_demo->info().secretFile);
    QVERIFY(file.open(QIODevice::ReadOnly));
    secrets.authSecrets.push_back(base::SecretBytes(file.readLine().trimmed()));
    QVERIFY(m_open.open(std::move(profile), std::move(secrets), {false, true}));
    QVERIFY(!m_open.deployment().hasRows());
    m_window = std::make_unique<QWidget>();
    common::Sheet::markHost(*m_window);
    auto *column = new QVBoxLayout(m_window.get());
    column->setContentsMargins({});
    m_page = new JwtPage(*m_theme, m_open.connection());
    column->addWidget(m_page);
    m_window->resize(1270, 800);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_page->activate();
    connect(m_page, &JwtPage::ruleRequested, this, &JwtPageTest::openSheet);
}

void JwtPageTest::cleanup()
{
    m_window.reset();
    m_open.close();
}

void JwtPageTest::openSheet()
{
    m_sheet = new revoke::RuleSheet(*m_theme, *m_page, m_open.connection());
    m_sheet->open();
}

QString JwtPageTest::texts() const
{
    QStringList all;
    for (const auto *label : m_window->findChildren<common::Label *>()) {
        if (label->isVisible())
            all << label->text();
    }
    return all.join(QLatin1Char('\n'));
}

std::vector<revoke::NotBeforeRule> JwtPageTest::rules() const
{
    auto place = revoke::openRuleStore(m_open.deployment().config(), store::Access::ReadOnly, Call::within(10s));
    auto rules = place ? (*place)->rules(Call::within(10s))
                       : base::Result<std::vector<revoke::NotBeforeRule>>(base::fail(place.error()));
    return rules.value_or(std::vector<revoke::NotBeforeRule>());
}

void JwtPageTest::saysWhatCannotBeRevoked()
{
    QTRY_VERIFY2(texts().contains(u"None was set"), qPrintable(texts()));
    QVERIFY2(texts().contains(u"No session can be revoked") && texts().contains(u"accepted until"),
             qPrintable(texts()));
    QVERIFY2(texts().contains(u"Rotate the secret") && texts().contains(u"Who is signed out"), qPrintable(texts()));
    QVERIFY(!button("ruleVerify")->isEnabled()); // there is no rule to verify
    photograph("page");
    m_window->resize(972, 540);
    photograph("small");
}

void JwtPageTest::copiesTheCallback()
{
    QTest::mouseClick(button("ruleCopy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(),
             revoke::callbackSnippet(m_open.deployment().auth()->version, revoke::RuleClient::BetterSqlite));
}

void JwtPageTest::setsARuleInGuardedModeAlone()
{
    QVERIFY(rules().empty());
    QTest::mouseClick(button("ruleSet"), Qt::LeftButton);
    QTRY_VERIFY(button("ruleExecute"));
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("planReason")), QStringLiteral("Laptop stolen"));
    QVERIFY(!button("ruleExecute")->isEnabled());
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!button("ruleExecute")->isEnabled()); // of whom?
    photograph("plan");
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("ruleUser")), QStringLiteral("ada@example.com"));
    QVERIFY(button("ruleExecute")->isEnabled());
    QSignalSpy done(m_sheet.data(), &revoke::RuleSheet::finished);
    QTest::mouseClick(button("ruleExecute"), Qt::LeftButton);
    QVERIFY(done.wait(20'000));
    photograph("set");
    QTest::mouseClick(button("ruleDone"), Qt::LeftButton);
    QTRY_VERIFY2(texts().contains(u"ada@example.com"), qPrintable(texts()));
    QCOMPARE(rules().size(), std::size_t{1});
    QCOMPARE(rules().front().user, QStringLiteral("ada@example.com"));
    QCOMPARE(m_open.log().list(0, 1000)->back().action, QStringLiteral("rule.set"));
    QVERIFY(!button("ruleVerify")->isEnabled()); // one user's alone
}

void JwtPageTest::everybodyWantsAConsentOfTheirOwn()
{
    open(workspace::Environment::Production);
    m_open.connection().setWriteMode(common::WriteMode::Armed);
    m_open.connection().noteReason(QStringLiteral("Laptop stolen"));
    QTest::mouseClick(button("ruleSet"), Qt::LeftButton);
    QTRY_VERIFY(button("ruleExecute"));
    const auto field = [this](const char *name) { return m_window->findChild<QLineEdit *>(QLatin1String(name)); };
    QTest::keyClicks(field("ruleUser"), QStringLiteral("ada@example.com"));
    QTest::keyClicks(field("planConfirmation"), QStringLiteral("reading-room 1"));
    QVERIFY(button("ruleExecute")->isEnabled()); // by the reason that stands
    QCOMPARE(button("ruleExecute")->text(), QStringLiteral("Refuse sessions of ada@example.com"));
    m_window->findChild<QRadioButton *>(QStringLiteral("ruleEverybody"))->setChecked(true);
    QVERIFY(!button("ruleExecute")->isEnabled());
    QCOMPARE(button("ruleExecute")->text(), QStringLiteral("Refuse everybody's sessions"));
    QVERIFY(field("planReason")->text().isEmpty());
    QVERIFY(field("planConfirmation")->text().isEmpty());
    QTest::keyClicks(field("planReason"), QStringLiteral("Secret leaked"));
    QTest::keyClicks(field("planConfirmation"), QStringLiteral("reading-room 1"));
    QVERIFY(!button("ruleExecute")->isEnabled());
    field("planConfirmation")->clear();
    QTest::keyClicks(field("planConfirmation"), QStringLiteral("reading-room everybody"));
    QVERIFY(button("ruleExecute")->isEnabled());
    photograph("everybody-production");
}

void JwtPageTest::provesThatItIsNotHonoured()
{
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QTest::mouseClick(button("ruleSet"), Qt::LeftButton);
    QTRY_VERIFY(button("ruleExecute"));
    m_window->findChild<QRadioButton *>(QStringLiteral("ruleEverybody"))->setChecked(true);
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("planReason")), QStringLiteral("Secret leaked"));
    QSignalSpy done(m_sheet.data(), &revoke::RuleSheet::finished);
    QTest::mouseClick(button("ruleExecute"), Qt::LeftButton);
    QVERIFY(done.wait(20'000));
    QTest::mouseClick(button("ruleDone"), Qt::LeftButton);
    QTRY_VERIFY(button("ruleVerify")->isEnabled());
    QVERIFY2(texts().contains(u"Everybody"), qPrintable(texts()));
    QTest::mouseClick(button("ruleVerify"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(texts().contains(u"The rule is not proven to be honoured"), 40'000);
    QVERIFY2(texts().contains(u"still accepted a token from before the rule") && !texts().contains(u"still-accepted"),
             qPrintable(texts()));
    photograph("not-honoured");
    const auto set = [this](const std::optional<QString> &user) {
        auto place = revoke::openRuleStore(m_open.deployment().config(), store::Access::Write, Call::within(10s));
        const base::Instant now = m_clock.now() + 1s; // another than the one before, in whole seconds
        QVERIFY(place && (*place)->set({user, now, now}, Call::within(10s)));
    };
    // The same rules read again leave the proof; another rule does not, nor the answer to what was asked before it.
    QSignalSpy read(m_page->findChild<jwt::RuleReader *>(), &jwt::RuleReader::ready);
    m_page->refresh();
    QVERIFY(read.wait(10'000));
    QVERIFY(texts().contains(u"The rule is not proven to be honoured"));
    QSignalSpy proved(m_page->findChild<jwt::RuleReader *>(), &jwt::RuleReader::proved);
    QTest::mouseClick(button("ruleVerify"), Qt::LeftButton);
    QVERIFY(!button("ruleVerify")->isEnabled());
    m_page->refresh();
    QVERIFY(read.wait(10'000));
    QVERIFY(!button("ruleVerify")->isEnabled()); // it is still being asked
    set(QStringLiteral("ada@example.com"));
    m_page->refresh();
    QVERIFY(read.wait(10'000));
    QVERIFY2(texts().contains(u"A rule for one user cannot be verified by canary"), qPrintable(texts()));
    QVERIFY2(!texts().contains(u"proven to be"), qPrintable(texts()));
    QVERIFY(button("ruleVerify")->isEnabled());
    QVERIFY(proved.isEmpty());
}

QTEST_MAIN(JwtPageTest)
#include "tst_JwtPage.moc"
