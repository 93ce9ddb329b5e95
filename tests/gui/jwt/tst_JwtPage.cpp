#include <QtTest>

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

#include "core/revoke/CallbackSnippet.h"
#include "core/store/StoreFactory.h"
#include "core/store/UserDirectory.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
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
    [[nodiscard]] std::vector<revoke::NotBeforeRule> rules() const;

    test::DemoWindow m_demo{"jwt"};
    JwtPage *m_page = nullptr;
    QPointer<revoke::RuleSheet> m_sheet;
};

void JwtPageTest::initTestCase()
{
    QVERIFY(m_demo.start(200));
}

void JwtPageTest::init()
{
    open(workspace::Environment::Development);
}

void JwtPageTest::open(workspace::Environment environment)
{
    m_demo.close();
    QVERIFY(m_demo.connect({QStringLiteral("reading-room"), environment, true}));
    QVERIFY(!m_demo.open().deployment().hasRows());
    QVERIFY(m_demo.show({1270, 800}));
    auto *column = new QVBoxLayout(&m_demo.window());
    column->setContentsMargins({});
    m_page = new JwtPage(m_demo.theme(), m_demo.connection());
    column->addWidget(m_page);
    QTRY_VERIFY_WITH_TIMEOUT(m_page->isVisible(), test::patience);
    m_page->activate();
    connect(m_page, &JwtPage::ruleRequested, this, &JwtPageTest::openSheet);
}

void JwtPageTest::cleanup()
{
    m_demo.close();
}

void JwtPageTest::openSheet()
{
    m_sheet = new revoke::RuleSheet(m_demo.theme(), *m_page, m_demo.connection());
    m_sheet->open();
}

std::vector<revoke::NotBeforeRule> JwtPageTest::rules() const
{
    auto place =
        revoke::openRuleStore(m_demo.open().deployment().config(), store::Access::ReadOnly, Call::within(1min));
    auto rules = place ? (*place)->rules(Call::within(1min))
                       : base::Result<std::vector<revoke::NotBeforeRule>>(base::fail(place.error()));
    return rules.value_or(std::vector<revoke::NotBeforeRule>());
}

void JwtPageTest::saysWhatCannotBeRevoked()
{
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"None was set"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY2(m_demo.texts().contains(u"No session can be revoked") && m_demo.texts().contains(u"accepted until"),
             qPrintable(m_demo.texts()));
    QVERIFY2(m_demo.texts().contains(u"Rotate the secret") && m_demo.texts().contains(u"Who is signed out"),
             qPrintable(m_demo.texts()));
    // Whom a rotation signs out is counted, as far as anybody can.
    const auto *radius = m_demo.window().findChild<QLabel *>(QStringLiteral("rotationRadius"));
    const auto &database = *m_demo.open().deployment().config().database;
    const auto schema = store::detectSchema(database, {}, Call::within(1min));
    QVERIFY(schema && schema->best);
    const auto store = store::openStore(database, *schema->best, {}, store::Access::ReadOnly, Call::within(1min));
    QVERIFY(store);
    const auto users = (*store)->users()->userCount(Call::within(1min));
    QVERIFY(users && *users && **users > 20);
    QTRY_VERIFY2_WITH_TIMEOUT(radius->text().contains(QStringLiteral("has %1 users").arg(QLocale().toString(**users))),
                              qPrintable(radius->text()), test::patience);
    QVERIFY(radius->text().contains(u"nobody can count"));
    QVERIFY(!m_demo.button("ruleVerify")->isEnabled()); // there is no rule to verify
    QVERIFY(m_demo.photograph("page"));
    m_demo.window().resize(972, 540);
    QVERIFY(m_demo.photograph("small"));
}

void JwtPageTest::copiesTheCallback()
{
    QTest::mouseClick(m_demo.button("ruleCopy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(),
             revoke::callbackSnippet(m_demo.open().deployment().auth()->version, revoke::RuleClient::BetterSqlite));
}

void JwtPageTest::setsARuleInGuardedModeAlone()
{
    QVERIFY(rules().empty());
    QTest::mouseClick(m_demo.button("ruleSet"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("ruleExecute"), test::patience);
    QTest::keyClicks(m_demo.window().findChild<QLineEdit *>(QStringLiteral("planReason")),
                     QStringLiteral("Laptop stolen"));
    QVERIFY(!m_demo.button("ruleExecute")->isEnabled());
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!m_demo.button("ruleExecute")->isEnabled()); // of whom?
    QVERIFY(m_demo.photograph("plan"));
    QTest::keyClicks(m_demo.window().findChild<QLineEdit *>(QStringLiteral("ruleUser")),
                     QStringLiteral("ada@example.com"));
    QVERIFY(m_demo.button("ruleExecute")->isEnabled());
    QSignalSpy done(m_sheet.data(), &revoke::RuleSheet::finished);
    QTest::mouseClick(m_demo.button("ruleExecute"), Qt::LeftButton);
    QVERIFY(done.wait(test::patience));
    QVERIFY(m_demo.photograph("set"));
    QTest::mouseClick(m_demo.button("ruleDone"), Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"ada@example.com"), qPrintable(m_demo.texts()), test::patience);
    QCOMPARE(rules().size(), std::size_t{1});
    QCOMPARE(rules().front().user, QStringLiteral("ada@example.com"));
    QCOMPARE(m_demo.open().log().list(0, 1000)->back().action, QStringLiteral("rule.set"));
    QVERIFY(!m_demo.button("ruleVerify")->isEnabled()); // one user's alone
}

void JwtPageTest::everybodyWantsAConsentOfTheirOwn()
{
    open(workspace::Environment::Production);
    m_demo.connection().setWriteMode(common::WriteMode::Armed);
    m_demo.connection().noteReason(QStringLiteral("Laptop stolen"));
    QTest::mouseClick(m_demo.button("ruleSet"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("ruleExecute"), test::patience);
    const auto field = [this](const char *name) { return m_demo.window().findChild<QLineEdit *>(QLatin1String(name)); };
    QTest::keyClicks(field("ruleUser"), QStringLiteral("ada@example.com"));
    QTest::keyClicks(field("planConfirmation"), QStringLiteral("reading-room 1"));
    QVERIFY(m_demo.button("ruleExecute")->isEnabled()); // by the reason that stands
    QCOMPARE(m_demo.button("ruleExecute")->text(), QStringLiteral("Refuse sessions of ada@example.com"));
    m_demo.window().findChild<QRadioButton *>(QStringLiteral("ruleEverybody"))->setChecked(true);
    QVERIFY(!m_demo.button("ruleExecute")->isEnabled());
    QCOMPARE(m_demo.button("ruleExecute")->text(), QStringLiteral("Refuse everybody's sessions"));
    QVERIFY(field("planReason")->text().isEmpty());
    QVERIFY(field("planConfirmation")->text().isEmpty());
    QTest::keyClicks(field("planReason"), QStringLiteral("Secret leaked"));
    QTest::keyClicks(field("planConfirmation"), QStringLiteral("reading-room 1"));
    QVERIFY(!m_demo.button("ruleExecute")->isEnabled());
    field("planConfirmation")->clear();
    QTest::keyClicks(field("planConfirmation"), QStringLiteral("reading-room everybody"));
    QVERIFY(m_demo.button("ruleExecute")->isEnabled());
    QVERIFY(m_demo.photograph("everybody-production"));
}

void JwtPageTest::provesThatItIsNotHonoured()
{
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QTest::mouseClick(m_demo.button("ruleSet"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("ruleExecute"), test::patience);
    m_demo.window().findChild<QRadioButton *>(QStringLiteral("ruleEverybody"))->setChecked(true);
    QTest::keyClicks(m_demo.window().findChild<QLineEdit *>(QStringLiteral("planReason")),
                     QStringLiteral("Secret leaked"));
    QSignalSpy done(m_sheet.data(), &revoke::RuleSheet::finished);
    QTest::mouseClick(m_demo.button("ruleExecute"), Qt::LeftButton);
    QVERIFY(done.wait(test::patience));
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("ruleDone"), test::patience); // laid out
    QTest::mouseClick(m_demo.button("ruleDone"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("ruleVerify")->isEnabled(), test::patience);
    QVERIFY2(m_demo.texts().contains(u"Everybody"), qPrintable(m_demo.texts()));
    QTest::mouseClick(m_demo.button("ruleVerify"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.texts().contains(u"The rule is not proven to be honoured"), 40'000);
    QVERIFY2(m_demo.texts().contains(u"still accepted a token from before the rule") &&
                 !m_demo.texts().contains(u"still-accepted"),
             qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("not-honoured"));
    const auto set = [this](const std::optional<QString> &user) {
        auto place =
            revoke::openRuleStore(m_demo.open().deployment().config(), store::Access::Write, Call::within(1min));
        const base::Instant now = m_demo.clock().now() + 1s; // another than the one before, in whole seconds
        QVERIFY(place && (*place)->set({user, now, now}, Call::within(1min)));
    };
    // The same rules read again leave the proof; another rule does not, nor the answer to what was asked before it.
    QSignalSpy read(m_page->findChild<jwt::RuleReader *>(), &jwt::RuleReader::ready);
    m_page->refresh();
    QVERIFY(read.wait(test::patience));
    QVERIFY(m_demo.texts().contains(u"The rule is not proven to be honoured"));
    QSignalSpy proved(m_page->findChild<jwt::RuleReader *>(), &jwt::RuleReader::proved);
    QTest::mouseClick(m_demo.button("ruleVerify"), Qt::LeftButton);
    QVERIFY(!m_demo.button("ruleVerify")->isEnabled());
    m_page->refresh();
    QVERIFY(read.wait(test::patience));
    QVERIFY(!m_demo.button("ruleVerify")->isEnabled()); // it is still being asked
    set(QStringLiteral("ada@example.com"));
    m_page->refresh();
    QVERIFY(read.wait(test::patience));
    QVERIFY2(m_demo.texts().contains(u"A rule for one user cannot be verified by canary"), qPrintable(m_demo.texts()));
    QVERIFY2(!m_demo.texts().contains(u"proven to be"), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.button("ruleVerify")->isEnabled());
    QVERIFY(proved.isEmpty());
}

QTEST_MAIN(JwtPageTest)
#include "tst_JwtPage.moc"
