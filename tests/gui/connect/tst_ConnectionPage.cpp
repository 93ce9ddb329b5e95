#include <QtTest>

#include <QCheckBox>
#include <QComboBox>
#include <QMimeData>

#include "tests/gui/connect/ConnectionPageFixture.h"
#include "tests/support/LoopTicks.h"
#include "tests/support/Patience.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Note.h"
#include "ui/connect/SecretField.h"

using namespace rollcall;
using namespace rollcall::connect;
using common::State;
using test::FakeDeployment;
using test::Reply;

/// What is filled into the page, how each leg of it is tried, and what is said of it.
class ConnectionPageTest final : public QObject, private test::ConnectionPageFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { makeAuthDatabase(); }
    void init() { openPage(); }
    void cleanup() { m_page.reset(); }

    void beginsEmptyAndSaysWhatIsMissing();
    void everyLegIsTriedAsItIsFilled();
    void maskingIsProposedAndDecided();
    void wrongSecretIsSaidWithoutShowingIt();
    void htmlInsteadOfJson();
    void refusedConnections();
    void noSessionsTable();
    void redirectIsRepairedByItsButton();
    void aTestInProgressCanBeCancelled();
    void badInputIsNamed_data();
    void badInputIsNamed();
    void missingSchemeIsRepaired();
    void envFileIsDropped();
    void envFileLeavesMasksAlone();
    void envFileThatIsNone();
    void savedConnectionIsEdited();
    void withoutKeychainItSaysSo();
    void escapeLeaves();
};

void ConnectionPageTest::beginsEmptyAndSaysWhatIsMissing()
{
    QVERIFY(!part<common::Button>("saveAndOpen")->isEnabled());
    QVERIFY(!part<common::Button>("saveConnection")->isEnabled());
    QCOMPARE(whyNot(), QStringLiteral("Saving waits for a name."));
    type("connectionName", QStringLiteral("orchard-shop"));
    QVERIFY(part<common::Button>("saveConnection")->isEnabled());
    QCOMPARE(whyNot(), QStringLiteral("Save and open waits for a database or a deployment."));
    photograph("empty");
    photograph("empty-small", {1024, 588}); // between menu bar and status line of the smallest window
}

void ConnectionPageTest::everyLegIsTriedAsItIsFilled()
{
    const FakeDeployment deployment(good());
    const test::LoopTicks ticks;
    type("connectionName", QStringLiteral("orchard-shop"));
    part<QComboBox>("environment")->setFocus();
    auto *mask = part<QCheckBox>("maskPersonal");
    QVERIFY(!mask->isChecked());
    QTest::keyClick(part<QComboBox>("environment"), Qt::Key_End);
    QVERIFY2(mask->isChecked(), "production proposes masking");
    type("databaseAddress", authDatabase());
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Database) == State::Ok, test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Schema) == State::Ok || state(Row::Schema) == State::Warning, test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(part<QComboBox>("adapter")->currentText().contains(QStringLiteral("session")),
                             test::patience);
    QVERIFY(!part<SecretField>("databasePassword")->isEnabled());
    type("baseUrl", deployment.origin());
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Deployment) == State::Ok, test::patience);
    type("authSecret", secret);
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Secret) == State::Ok, test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(whyNot().isEmpty(), test::patience);
    QVERIFY2(ticks.longestOwnGap() < longestGap, "trying the legs blocked the window");
    QVERIFY(finding(Row::Secret).remedy.contains(QStringLiteral("keychain (Secret Service)")));
    part<QLineEdit>("baseUrl")->setFocus();
    photograph("good");
    photograph("good-small", {1024, 588});

    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveAndOpen");
    QCOMPARE(saved.size(), 1);
    const auto profile = saved.first().at(0).value<workspace::ConnectionProfile>();
    QCOMPARE(profile.name, QStringLiteral("orchard-shop"));
    QCOMPARE(profile.environment, workspace::Environment::Production);
    QVERIFY(profile.maskPersonal);
    QCOMPARE(profile.baseUrl, deployment.origin());
    const auto secrets = saved.first().at(1).value<ConnectionPage::Secrets>();
    QVERIFY(secrets);
    QCOMPARE(secrets->authSecrets.size(), std::size_t(1));
    QCOMPARE(secrets->authSecrets.front().view().toByteArray(), secret.toLatin1());
    QVERIFY(saved.first().at(2).toBool());
}

void ConnectionPageTest::maskingIsProposedAndDecided()
{
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", authDatabase());
    auto *environment = part<QComboBox>("environment");
    auto *mask = part<QCheckBox>("maskPersonal");
    QVERIFY(!mask->accessibleDescription().isEmpty());
    QTest::keyClick(environment, Qt::Key_End);
    QVERIFY(mask->isChecked());
    QTest::keyClick(environment, Qt::Key_Home);
    QVERIFY2(!mask->isChecked(), "what was proposed goes with what it was proposed for");
    // Once somebody has decided, no environment decides otherwise.
    QTest::keyClick(environment, Qt::Key_End);
    QTest::keyClick(mask, Qt::Key_Space);
    QVERIFY(!mask->isChecked());
    QTest::keyClick(environment, Qt::Key_Home);
    QTest::keyClick(environment, Qt::Key_End);
    QVERIFY(!mask->isChecked());
    // What is saved stays, whatever the environment.
    workspace::ConnectionProfile saved;
    saved.name = QStringLiteral("orchard-shop");
    saved.maskPersonal = true;
    m_page->edit(saved, {});
    QVERIFY(mask->isChecked());
    QTest::keyClick(environment, Qt::Key_End);
    QTest::keyClick(environment, Qt::Key_Home);
    QVERIFY(mask->isChecked());
}

void ConnectionPageTest::wrongSecretIsSaidWithoutShowingIt()
{
    const FakeDeployment deployment(good());
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", authDatabase());
    type("baseUrl", deployment.origin());
    type("authSecret", QStringLiteral("n0t-the-secret-of-that-deployment"));
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Secret) == State::Failed, test::patience);
    QTRY_COMPARE_WITH_TIMEOUT(state(Row::Deployment), State::Ok, test::patience);
    QTRY_COMPARE_WITH_TIMEOUT(whyNot(), QStringLiteral("Save and open waits for Secret: it is not the deployment's."),
                              test::patience);
    for (const auto *label : m_page->findChildren<QLabel *>())
        QVERIFY(!label->text().contains(QStringLiteral("n0t-the")));
    photograph("wrong-secret");
    // It is corrected, and the answer follows.
    type("authSecret", secret);
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Secret) == State::Ok, test::patience);
}

void ConnectionPageTest::htmlInsteadOfJson()
{
    FakeDeployment::Options options = good();
    options.instead = [](const test::ScriptedServer::Request &) {
        return Reply::http(200, "<!doctype html><title>Shop</title>", "text/html");
    };
    const FakeDeployment deployment(options);
    type("connectionName", QStringLiteral("orchard-shop"));
    type("baseUrl", deployment.origin());
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Deployment) == State::Failed, test::patience);
    QCOMPARE(finding(Row::Deployment).headline, QStringLiteral("Answers, but not as Auth.js"));
    QVERIFY(!finding(Row::Deployment).remedy.isEmpty());
    QVERIFY(part<QLineEdit>("baseUrl")->property("wrong").toBool());
    photograph("html");
}

void ConnectionPageTest::refusedConnections()
{
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", QStringLiteral("postgresql://ada@127.0.0.1:1/shop"));
    type("databasePassword", QStringLiteral("hunter2"));
    type("baseUrl", QStringLiteral("http://127.0.0.1:1"));
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Database) == State::Failed && state(Row::Deployment) == State::Failed,
                             test::patience);
    QCOMPARE(finding(Row::Database).headline, QStringLiteral("The connection was refused"));
    QVERIFY(!finding(Row::Database).detail.contains(QStringLiteral("hunter2")));
    QCOMPARE(finding(Row::Deployment).headline, QStringLiteral("The connection was refused"));
    photograph("refused");
}

void ConnectionPageTest::noSessionsTable()
{
    type("connectionName", QStringLiteral("orchard-shop"));
    const test::SqliteDatabase other;
    other.exec(QStringLiteral("CREATE TABLE invoices (id integer PRIMARY KEY, total integer);"));
    type("databaseAddress", other.url());
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Schema) == State::Failed, test::patience);
    QCOMPARE(state(Row::Database), State::Ok);
    QCOMPARE(finding(Row::Schema).headline, QStringLiteral("No sessions table"));
    photograph("no-sessions-table");
    pressFix(Row::Schema);
    QCOMPARE(part<QComboBox>("strategy")->currentText(), QStringLiteral("JWT in the cookie"));
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Schema) == State::Skipped, test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(whyNot().isEmpty(), test::patience);
}

void ConnectionPageTest::redirectIsRepairedByItsButton()
{
    const FakeDeployment target(good());
    FakeDeployment::Options options;
    options.instead = [&target](const test::ScriptedServer::Request &request) {
        const QByteArray path = request.requestLine().split(' ').value(1);
        return Reply::http(308, {}, "text/plain", "Location: " + target.origin().toLatin1() + path + "\r\n");
    };
    const FakeDeployment redirecting(options);
    type("connectionName", QStringLiteral("orchard-shop"));
    type("baseUrl", redirecting.origin());
    QTRY_COMPARE_WITH_TIMEOUT(finding(Row::Deployment).fix, QStringLiteral("Use %1").arg(target.origin()),
                              test::patience);
    photograph("redirected");
    pressFix(Row::Deployment);
    QCOMPARE(part<QLineEdit>("baseUrl")->text(), target.origin());
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Deployment) == State::Ok, test::patience);
}

void ConnectionPageTest::aTestInProgressCanBeCancelled()
{
    FakeDeployment::Options options = good();
    options.instead = [](const test::ScriptedServer::Request &) {
        Reply reply;
        reply.hang = true;
        return reply;
    };
    const FakeDeployment deployment(options);
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", authDatabase());
    type("baseUrl", deployment.origin());
    type("authSecret", secret);
    QTRY_VERIFY_WITH_TIMEOUT(finding(Row::Deployment).headline == QStringLiteral("Testing, 1 s"), test::patience);
    QCOMPARE(whyNot(), QStringLiteral("Save and open waits for the tests."));
    photograph("testing");
    auto &box = m_page->findChild<ConnectionForm *>()->finding(Row::Deployment);
    for (auto *button : box.findChildren<common::Button *>()) {
        if (button->isVisible())
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QTRY_COMPARE_WITH_TIMEOUT(finding(Row::Deployment).headline, QStringLiteral("Not tested"), test::patience);
    QCOMPARE(state(Row::Deployment), State::Skipped);
}

void ConnectionPageTest::badInputIsNamed_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("row");
    QTest::addColumn<QString>("says");
    const auto add = [](const char *name, const char *field, const char *text, Row row, const char *says) {
        QTest::newRow(name) << QByteArray(field) << QString::fromLatin1(text) << static_cast<int>(row)
                            << QString::fromLatin1(says);
    };
    add("another database", "databaseAddress", "mongodb://ada@127.0.0.1/shop", Row::Database, "mongodb");
    add("no address", "databaseAddress", "shop", Row::Database, "database");
    add("another scheme", "baseUrl", "ftp://127.0.0.1", Row::Deployment, "ftp");
    add("path in the address", "baseUrl", "http://127.0.0.1/shop", Row::Deployment, "/shop");
    add("user in the address", "baseUrl", "http://ada:pw@127.0.0.1", Row::Deployment, "user name and password");
    add("unknown zone", "timeZone", "Europe/Wien", Row::Schema, "Europe/Wien");
    add("no cache", "cacheAddress", "localhost:6379", Row::Cache, "redis://");
    add("cache without its token", "cacheAddress", "upstash:https://cache.invalid", Row::Cache, "token");
    add("base path with a query", "basePath", "/api/auth?x", Row::Deployment, "/api/auth");
}

void ConnectionPageTest::badInputIsNamed()
{
    QFETCH(const QByteArray, field);
    QFETCH(const QString, text);
    QFETCH(const int, row);
    QFETCH(const QString, says);
    type("connectionName", QStringLiteral("orchard-shop"));
    if (field == "timeZone")
        type("databaseAddress", authDatabase());
    if (field == "basePath")
        type("baseUrl", QStringLiteral("http://127.0.0.1:1"));
    type(field.constData(), text);
    const Finding &found = finding(static_cast<Row>(row));
    QTRY_VERIFY2_WITH_TIMEOUT(found.state == State::Failed && found.detail.contains(says), qPrintable(found.detail),
                              test::patience);
    QVERIFY(!found.remedy.isEmpty());
    QVERIFY2(!QString(found.detail + found.remedy).contains(QStringLiteral("--")), qPrintable(found.remedy));
    QVERIFY(part<QLineEdit>(field.constData())->property("wrong").toBool());
    QVERIFY(!part<common::Button>("saveAndOpen")->isEnabled());
    if (field == "timeZone")
        photograph("bad-zone");
}

void ConnectionPageTest::missingSchemeIsRepaired()
{
    type("baseUrl", QStringLiteral("shop.invalid"));
    QTRY_COMPARE_WITH_TIMEOUT(finding(Row::Deployment).fix, QStringLiteral("Use https://shop.invalid"), test::patience);
    pressFix(Row::Deployment);
    QCOMPARE(part<QLineEdit>("baseUrl")->text(), QStringLiteral("https://shop.invalid"));
    m_page->findChild<ConnectionForm *>()->useBaseUrl({}); // nobody waits for that name
}

void ConnectionPageTest::envFileIsDropped()
{
    const FakeDeployment deployment(good());
    QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("orchard-shop")));
    const QString path = m_folder.filePath(QStringLiteral("orchard-shop/.env"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("DATABASE_URL=" + authDatabase().toUtf8() + "\nAUTH_SECRET=\"" + secret.toLatin1() +
               "\"\nAUTH_URL=" + deployment.origin().toLatin1() + "\nREDIS_URL=redis://cache.example.com:6379/0\n");
    file.close();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_page.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_page.get(), &drop);
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Secret) == State::Ok, test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(whyNot().isEmpty(), test::patience);
    QCOMPARE(part<QLineEdit>("connectionName")->text(), QStringLiteral("orchard-shop"));
    QTRY_COMPARE_WITH_TIMEOUT(state(Row::Cache), State::Failed, test::patience); // in clear text to another machine
    QVERIFY(m_page->findChild<common::Note *>()->isVisible());
    photograph("from-env");
}

void ConnectionPageTest::envFileLeavesMasksAlone()
{
    const QString path = m_folder.filePath(QStringLiteral("masks.env"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("DATABASE_URL=" + authDatabase().toUtf8() + '\n');
    file.close();
    const auto import = [&] {
        type("databaseAddress", QStringLiteral("sqlite:"));
        m_page->fillFromEnv(path);
        QTRY_COMPARE_WITH_TIMEOUT(part<QLineEdit>("databaseAddress")->text(), authDatabase(), test::patience);
    };
    auto *environment = part<QComboBox>("environment");
    auto *mask = part<QCheckBox>("maskPersonal");
    // Proposed for what it is, it is no less so for what a file says; nor is it decided by that.
    type("ownUser", QStringLiteral("root@example.test"));
    QTest::keyClick(environment, Qt::Key_End);
    import();
    QVERIFY(mask->isChecked());
    QCOMPARE(part<QLineEdit>("ownUser")->text(), QStringLiteral("root@example.test"));
    QTest::keyClick(environment, Qt::Key_Home);
    QVERIFY(!mask->isChecked());
    // What somebody decided stays decided.
    QTest::keyClick(environment, Qt::Key_End);
    QTest::keyClick(mask, Qt::Key_Space);
    QVERIFY(!mask->isChecked());
    import();
    QVERIFY(!mask->isChecked());
    QTest::keyClick(environment, Qt::Key_Home);
    QTest::keyClick(environment, Qt::Key_End);
    QVERIFY(!mask->isChecked());
    // And what was saved.
    workspace::ConnectionProfile saved;
    saved.name = QStringLiteral("orchard-shop");
    saved.ownUser = QStringLiteral("u7");
    saved.maskPersonal = true;
    m_page->edit(saved, {});
    import();
    QVERIFY(mask->isChecked());
    QCOMPARE(part<QLineEdit>("ownUser")->text(), QStringLiteral("u7"));
    QTest::keyClick(environment, Qt::Key_End);
    QTest::keyClick(environment, Qt::Key_Home);
    QVERIFY(mask->isChecked());
}

void ConnectionPageTest::envFileThatIsNone()
{
    m_page->fillFromEnv(m_folder.filePath(QStringLiteral("nowhere/.env")));
    auto *banner = m_page->findChild<common::ErrorBanner *>();
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), test::patience);
    photograph("no-env");
}

void ConnectionPageTest::savedConnectionIsEdited()
{
    const FakeDeployment deployment(good());
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("orchard-shop");
    profile.note = QStringLiteral("kept");
    profile.database = QStringLiteral("postgresql://ada@127.0.0.1:1/shop");
    profile.baseUrl = deployment.origin();
    profile.version = session::AuthVersion::V5;
    profile.maxAge = std::chrono::hours(8);
    workspace::ConnectionSecrets secrets;
    secrets.databaseUrl = base::SecretBytes(QByteArrayView("postgresql://ada:hunter2@127.0.0.1:1/shop"));
    secrets.authSecrets.emplace_back(QByteArrayView("the new one"));
    secrets.authSecrets.emplace_back(QByteArrayView("the old one"));
    m_page->edit(profile, secrets);
    QCOMPARE(m_page->title(), QStringLiteral("Change orchard-shop"));
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Deployment) == State::Ok, test::patience);
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    QCOMPARE(saved.first().at(0).value<workspace::ConnectionProfile>(), profile);
    const auto kept = saved.first().at(1).value<ConnectionPage::Secrets>();
    QCOMPARE(kept->databaseUrl.view().toByteArray(), secrets.databaseUrl.view().toByteArray());
    QCOMPARE(kept->authSecrets.size(), std::size_t(2));
    QCOMPARE(kept->authSecrets[1].view().toByteArray(), QByteArray("the old one"));
    type("connectionName", QStringLiteral("orchard-two"));
    QVERIFY(finding(Row::Place).remedy.contains(QStringLiteral("orchard-shop")));
    photograph("edited");
}

void ConnectionPageTest::withoutKeychainItSaysSo()
{
    m_page->setVault({});
    QVERIFY(finding(Row::Secret).remedy.contains(QStringLiteral("will not be saved")));
    QVERIFY(m_page->statusItems().last().text.contains(QStringLiteral("will not be saved")));
    photograph("no-keychain");
    m_page->setVault(QStringLiteral("key file /home/ada/keys"));
    QCOMPARE(finding(Row::Secret).remedy, QStringLiteral("Secrets rest in the key file /home/ada/keys."));
}

void ConnectionPageTest::escapeLeaves()
{
    QSignalSpy left(m_page.get(), &ConnectionPage::cancelled);
    part<QLineEdit>("connectionName")->setFocus();
    QTest::keyClick(part<QLineEdit>("connectionName"), Qt::Key_Escape);
    QCOMPARE(left.size(), 1);
    press("cancelConnection");
    QCOMPARE(left.size(), 2);
}

QTEST_MAIN(ConnectionPageTest)
#include "tst_ConnectionPage.moc"
