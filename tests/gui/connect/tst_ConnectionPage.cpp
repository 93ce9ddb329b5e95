#include <QtTest>

#include <QClipboard>
#include <QComboBox>
#include <QMimeData>

#include "tests/support/FakeDeployment.h"
#include "tests/support/LoopTicks.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"
#include "tests/support/Screenshots.h"
#include "tests/support/SqliteDatabase.h"
#include "ui/common/Button.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/connect/CertificateField.h"
#include "ui/connect/ConnectionPage.h"
#include "ui/connect/DatabaseAddress.h"
#include "ui/connect/SecretField.h"

using namespace rollcall;
using namespace rollcall::connect;
using common::State;
using test::FakeDeployment;
using test::Reply;
using Row = ConnectionForm::Row;

namespace {

constexpr std::chrono::milliseconds longestGap{250}; ///< an offscreen loop under load; a blocked one is seconds
const auto secret = QStringLiteral("k7Q0uXo2m1yq5S9bB4fGm8ZtR3vLw6NpJ1cHdEaTyUI=");

} // namespace

class ConnectionPageTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<common::Theme> m_theme;
    base::SystemClock m_clock;
    QTemporaryDir m_folder;
    std::unique_ptr<test::SqliteDatabase> m_auth; ///< tables as Drizzle makes them, with one live session
    std::unique_ptr<ConnectionPage> m_page;

    template <typename T>
    [[nodiscard]] T *part(const char *name) const
    {
        return m_page->findChild<T *>(QString::fromLatin1(name));
    }
    [[nodiscard]] const Finding &finding(Row row) const
    {
        return m_page->findChild<ConnectionForm *>()->finding(row).finding();
    }
    [[nodiscard]] State state(Row row) const { return finding(row).state; }
    [[nodiscard]] QString whyNot() const { return part<common::Label>("whyNotOpen")->text(); }
    void type(const char *name, const QString &text) const
    {
        auto *field = part<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
        QCOMPARE(field->text(), text);
    }
    void press(const char *name) const { QTest::mouseClick(part<common::Button>(name), Qt::LeftButton); }
    void pressFix(Row row) const
    {
        auto &box = m_page->findChild<ConnectionForm *>()->finding(row);
        for (auto *button : box.findChildren<common::Button *>()) {
            if (button->isVisible() && button->text() == finding(row).fix) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QFAIL("there is no such button");
    }
    void photograph(const char *name, QSize size = {1440, 848}) const
    {
        m_page->resize(size);
        QVERIFY(test::saveScreenshots(*m_page, *m_theme, QStringLiteral("connection-") + QString::fromLatin1(name)));
    }
    [[nodiscard]] QString authDatabase() const { return m_auth->url(); }
    [[nodiscard]] FakeDeployment::Options good() const
    {
        FakeDeployment::Options options;
        options.secret = secret.toLatin1();
        return options;
    }

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_theme.reset(); }
    void init()
    {
        m_page = std::make_unique<ConnectionPage>(*m_theme, m_clock);
        m_page->setVault(QStringLiteral("Secret Service"));
        m_page->resize(1440, 848);
        m_page->show();
        m_page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }
    void cleanup() { m_page.reset(); }

    void beginsEmptyAndSaysWhatIsMissing();
    void everyLegIsTriedAsItIsFilled();
    void wrongSecretIsSaidWithoutShowingIt();
    void htmlInsteadOfJson();
    void refusedConnections();
    void noSessionsTable();
    void redirectIsRepairedByItsButton();
    void aTestInProgressCanBeCancelled();
    void badInputIsNamed_data();
    void badInputIsNamed();
    void missingSchemeIsRepaired();
    void pastedPasswordMovesIntoItsField();
    void sessionsKeptInRedis();
    void aCacheIsTriedAndItsPasswordKept();
    void envFileIsDropped();
    void envFileThatIsNone();
    void savedConnectionIsEdited();
    void withoutKeychainItSaysSo();
    void escapeLeaves();
    void passwordsSplitAndJoin_data();
    void passwordsSplitAndJoin();
    void aClientCertificateHasFieldsOfItsOwn();
    void aCacheTakesAClientCertificateToo();
};

void ConnectionPageTest::initTestCase()
{
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    m_auth = std::make_unique<test::SqliteDatabase>();
    m_auth->exec(QStringLiteral(
        "CREATE TABLE user (id text PRIMARY KEY, name text, email text UNIQUE, emailVerified integer, image text);"
        "CREATE TABLE session (sessionToken text PRIMARY KEY, userId text NOT NULL REFERENCES user(id), "
        "expires integer NOT NULL);"
        "CREATE TABLE account (userId text, type text, provider text, providerAccountId text, "
        "PRIMARY KEY (provider, providerAccountId));"
        "INSERT INTO user VALUES ('u1','Ada','ada@example.test',NULL,NULL);"));
    const base::Instant expires = m_clock.now() + std::chrono::hours(480);
    m_auth->exec(QStringLiteral("INSERT INTO session VALUES ('7f3c1a52-9d0e-4b8a-8f53-0a1b2c3d4e5f','u1',%1);")
                     .arg(expires.time_since_epoch().count()));
}

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
    QTest::keyClick(part<QComboBox>("environment"), Qt::Key_End);
    type("databaseAddress", authDatabase());
    QTRY_VERIFY(state(Row::Database) == State::Ok);
    QTRY_VERIFY(state(Row::Schema) == State::Ok || state(Row::Schema) == State::Warning);
    QTRY_VERIFY(part<QComboBox>("adapter")->currentText().contains(QStringLiteral("session")));
    QVERIFY(!part<SecretField>("databasePassword")->isEnabled());
    type("baseUrl", deployment.origin());
    QTRY_VERIFY(state(Row::Deployment) == State::Ok);
    type("authSecret", secret);
    QTRY_VERIFY(state(Row::Secret) == State::Ok);
    QTRY_VERIFY(whyNot().isEmpty());
    QVERIFY2(ticks.longestGap() < longestGap, "trying the legs blocked the window");
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
    QCOMPARE(profile.baseUrl, deployment.origin());
    const auto secrets = saved.first().at(1).value<ConnectionPage::Secrets>();
    QVERIFY(secrets);
    QCOMPARE(secrets->authSecrets.size(), std::size_t(1));
    QCOMPARE(secrets->authSecrets.front().view().toByteArray(), secret.toLatin1());
    QVERIFY(saved.first().at(2).toBool());
}

void ConnectionPageTest::wrongSecretIsSaidWithoutShowingIt()
{
    const FakeDeployment deployment(good());
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", authDatabase());
    type("baseUrl", deployment.origin());
    type("authSecret", QStringLiteral("n0t-the-secret-of-that-deployment"));
    QTRY_VERIFY(state(Row::Secret) == State::Failed);
    QTRY_COMPARE(state(Row::Deployment), State::Ok);
    QTRY_COMPARE(whyNot(), QStringLiteral("Save and open waits for Secret: it is not the deployment's."));
    for (const auto *label : m_page->findChildren<QLabel *>())
        QVERIFY(!label->text().contains(QStringLiteral("n0t-the")));
    photograph("wrong-secret");
    // It is corrected, and the answer follows.
    type("authSecret", secret);
    QTRY_VERIFY(state(Row::Secret) == State::Ok);
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
    QTRY_VERIFY(state(Row::Deployment) == State::Failed);
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
    QTRY_VERIFY(state(Row::Database) == State::Failed && state(Row::Deployment) == State::Failed);
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
    QTRY_VERIFY(state(Row::Schema) == State::Failed);
    QCOMPARE(state(Row::Database), State::Ok);
    QCOMPARE(finding(Row::Schema).headline, QStringLiteral("No sessions table"));
    photograph("no-sessions-table");
    pressFix(Row::Schema);
    QCOMPARE(part<QComboBox>("strategy")->currentText(), QStringLiteral("JWT in the cookie"));
    QTRY_VERIFY(state(Row::Schema) == State::Skipped);
    QTRY_VERIFY(whyNot().isEmpty());
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
    QTRY_COMPARE(finding(Row::Deployment).fix, QStringLiteral("Use %1").arg(target.origin()));
    photograph("redirected");
    pressFix(Row::Deployment);
    QCOMPARE(part<QLineEdit>("baseUrl")->text(), target.origin());
    QTRY_VERIFY(state(Row::Deployment) == State::Ok);
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
    QTRY_VERIFY(finding(Row::Deployment).headline == QStringLiteral("Testing, 1 s"));
    QCOMPARE(whyNot(), QStringLiteral("Save and open waits for the tests."));
    photograph("testing");
    auto &box = m_page->findChild<ConnectionForm *>()->finding(Row::Deployment);
    for (auto *button : box.findChildren<common::Button *>()) {
        if (button->isVisible())
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QTRY_COMPARE(finding(Row::Deployment).headline, QStringLiteral("Not tested"));
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
    QTRY_VERIFY2(found.state == State::Failed && found.detail.contains(says), qPrintable(found.detail));
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
    QTRY_COMPARE(finding(Row::Deployment).fix, QStringLiteral("Use https://shop.invalid"));
    pressFix(Row::Deployment);
    QCOMPARE(part<QLineEdit>("baseUrl")->text(), QStringLiteral("https://shop.invalid"));
    m_page->findChild<ConnectionForm *>()->useBaseUrl({}); // nobody waits for that name
}

void ConnectionPageTest::pastedPasswordMovesIntoItsField()
{
    auto *address = part<QLineEdit>("databaseAddress");
    address->setFocus();
    QGuiApplication::clipboard()->setText(QStringLiteral("postgresql://ada:p%40ss%2Fword@127.0.0.1:1/shop"));
    QTest::keyClick(address, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(address->text(), QStringLiteral("postgresql://ada@127.0.0.1:1/shop"));
    QCOMPARE(part<SecretField>("databasePassword")->text(), QStringLiteral("p@ss/word"));
    QVERIFY(part<SecretField>("databasePassword")->echoMode() == QLineEdit::Password);
    type("connectionName", QStringLiteral("shop"));
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    QCOMPARE(saved.first().at(0).value<workspace::ConnectionProfile>().database,
             QStringLiteral("postgresql://ada@127.0.0.1:1/shop"));
    QCOMPARE(saved.first().at(1).value<ConnectionPage::Secrets>()->databaseUrl.view().toByteArray(),
             QByteArray("postgresql://ada:p%40ss%2Fword@127.0.0.1:1/shop"));
    QVERIFY(!saved.first().at(2).toBool());
}

void ConnectionPageTest::sessionsKeptInRedis()
{
    const test::RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("s3cret-of-the-store")});
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    QString problem;
    test::loadRedis(server.url(":s3cret-of-the-store"),
                    test::redisFixture(QStringLiteral("upstash-redis-adapter-redis")), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const QString host = QStringLiteral("localhost:%1/0").arg(server.port());
    const test::LoopTicks ticks;
    type("connectionName", QStringLiteral("orchard-shop"));
    auto *address = part<QLineEdit>("databaseAddress");
    address->setFocus();
    QGuiApplication::clipboard()->setText(QStringLiteral("redis://:wrong@") + host);
    QTest::keyClick(address, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(address->text(), QStringLiteral("redis://") + host);
    QCOMPARE(part<SecretField>("databasePassword")->text(), QStringLiteral("wrong"));
    QTRY_COMPARE(finding(Row::Database).headline, QStringLiteral("User or password refused"));
    type("databasePassword", QStringLiteral("s3cret-of-the-store"));
    QTRY_COMPARE(state(Row::Database), State::Ok);
    QVERIFY(finding(Row::Database).detail.contains(QStringLiteral("Redis 7")));
    QTRY_COMPARE(state(Row::Schema), State::Ok);
    QVERIFY(finding(Row::Schema).detail.contains(QStringLiteral("user:session:*")));
    QTRY_VERIFY2(whyNot().isEmpty(), qPrintable(whyNot()));
    QVERIFY2(ticks.longestGap() < longestGap, "trying the database blocked the window");
    photograph("redis", {1440, 1000});
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    QCOMPARE(saved.first().at(0).value<workspace::ConnectionProfile>().database, QStringLiteral("redis://") + host);
    QCOMPARE(saved.first().at(1).value<ConnectionPage::Secrets>()->databaseUrl.view().toByteArray(),
             "redis://:s3cret-of-the-store@" + host.toLatin1());
}

void ConnectionPageTest::aCacheIsTriedAndItsPasswordKept()
{
    const test::RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("s3cret-of-the-cache")});
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    const QString host = QStringLiteral("localhost:%1/2").arg(server.port());
    const test::LoopTicks ticks;
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", authDatabase());
    QTRY_VERIFY(state(Row::Database) == State::Ok);
    auto *address = part<QLineEdit>("cacheAddress");
    address->setFocus();
    QGuiApplication::clipboard()->setText(QStringLiteral("redis://:wr%2Fong@") + host);
    QTest::keyClick(address, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(address->text(), QStringLiteral("redis://") + host);
    QCOMPARE(part<SecretField>("cachePassword")->text(), QStringLiteral("wr/ong"));
    QTRY_COMPARE(finding(Row::Cache).headline, QStringLiteral("User or password refused"));
    QCOMPARE(state(Row::Cache), State::Failed);
    QVERIFY(address->property("wrong").toBool());
    QTRY_VERIFY2(whyNot().isEmpty(), "a cache is optional");
    QVERIFY2(ticks.longestGap() < longestGap, "trying the cache blocked the window");
    photograph("cache-refused", {1440, 1000});
    type("cachePassword", QStringLiteral("s3cret-of-the-cache"));
    QTRY_COMPARE(state(Row::Cache), State::Ok);
    QVERIFY(finding(Row::Cache).detail.contains(host));
    QVERIFY(!finding(Row::Cache).detail.contains(QStringLiteral("s3cret")));
    photograph("cache", {1440, 1000});
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    QCOMPARE(saved.first().at(0).value<workspace::ConnectionProfile>().cache, QStringLiteral("redis://") + host);
    QCOMPARE(saved.first().at(1).value<ConnectionPage::Secrets>()->cacheUrl.view().toByteArray(),
             "redis://:s3cret-of-the-cache@" + host.toLatin1());
    // Shown again as it was kept.
    workspace::ConnectionSecrets kept;
    kept.cacheUrl = base::SecretBytes(QByteArrayView("upstash:https://default:rest-token@cache.invalid"));
    workspace::ConnectionProfile profile;
    profile.cache = QStringLiteral("upstash:https://default@cache.invalid");
    m_page->edit(profile, kept);
    QCOMPARE(address->text(), profile.cache);
    QCOMPARE(part<SecretField>("cachePassword")->text(), QStringLiteral("rest-token"));
    QCOMPARE(m_page->findChild<ConnectionForm *>()->secrets().cacheUrl.view().toByteArray(),
             kept.cacheUrl.view().toByteArray());
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
    QTRY_VERIFY(state(Row::Secret) == State::Ok);
    QTRY_VERIFY(whyNot().isEmpty());
    QCOMPARE(part<QLineEdit>("connectionName")->text(), QStringLiteral("orchard-shop"));
    QTRY_COMPARE(state(Row::Cache), State::Failed); // in clear text to another machine
    QVERIFY(m_page->findChild<common::Note *>()->isVisible());
    photograph("from-env");
}

void ConnectionPageTest::envFileThatIsNone()
{
    m_page->fillFromEnv(m_folder.filePath(QStringLiteral("nowhere/.env")));
    auto *banner = m_page->findChild<common::ErrorBanner *>();
    QTRY_VERIFY(banner->isVisible());
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
    QTRY_VERIFY(state(Row::Deployment) == State::Ok);
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

void ConnectionPageTest::passwordsSplitAndJoin_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("joined");
    QTest::newRow("plain") << QStringLiteral("postgresql://ada@host:5432/shop") << QByteArray("pw")
                           << QByteArray("postgresql://ada:pw@host:5432/shop");
    QTest::newRow("special") << QStringLiteral("postgresql://ada@host/shop?sslmode=require") << QByteArray("p@s:s/#?%")
                             << QByteArray("postgresql://ada:p%40s%3As%2F%23%3F%25@host/shop?sslmode=require");
    QTest::newRow("mysql") << QStringLiteral("mysql://ada@host:3306/shop") << QByteArray("p@s")
                           << QByteArray("mysql://ada:p%40s@host:3306/shop");
    QTest::newRow("no user") << QStringLiteral("postgres://host/shop") << QByteArray("pw")
                             << QByteArray("postgres://:pw@host/shop");
    QTest::newRow("no password") << QStringLiteral("postgresql://ada@host/shop") << QByteArray() << QByteArray();
    QTest::newRow("cache") << QStringLiteral("rediss://host:6379/0") << QByteArray("p/w")
                           << QByteArray("rediss://:p%2Fw@host:6379/0");
    QTest::newRow("Upstash") << QStringLiteral("upstash:https://default@host") << QByteArray("token==")
                             << QByteArray("upstash:https://default:token%3D%3D@host");
    QTest::newRow("file") << QStringLiteral("sqlite:/tmp/auth.db") << QByteArray("pw") << QByteArray();
    QTest::newRow("no address") << QStringLiteral("shop") << QByteArray("pw") << QByteArray();
}

void ConnectionPageTest::passwordsSplitAndJoin()
{
    QFETCH(const QString, address);
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, joined);
    const base::SecretBytes result = joinPassword(address, base::SecretBytes(password));
    QCOMPARE(result.view().toByteArray(), joined);
    if (joined.isEmpty())
        return;
    const SplitAddress split = splitPassword(joined);
    QCOMPARE(split.password.view().toByteArray(), password);
}

void ConnectionPageTest::aClientCertificateHasFieldsOfItsOwn()
{
    auto *address = part<QLineEdit>("databaseAddress");
    address->setFocus();
    QGuiApplication::clipboard()->setText(QStringLiteral(
        "postgresql://ada@127.0.0.1:1/shop?sslmode=require&sslcert=/my/me.pem&sslkey=/my/me.key&sslpassword=s%26p"));
    QTest::keyClick(address, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(address->text(), QStringLiteral("postgresql://ada@127.0.0.1:1/shop?sslmode=require"));
    QCOMPARE(part<QLineEdit>("clientCertificate")->text(), QStringLiteral("/my/me.pem"));
    QCOMPARE(part<SecretField>("clientKeyPassword")->text(), QStringLiteral("s&p"));
    type("clientKey", QStringLiteral("/my/other key.pem"));
    type("connectionName", QStringLiteral("shop"));
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    const QString named = QStringLiteral("postgresql://ada@127.0.0.1:1/shop?sslmode=require&sslcert=/my/me.pem&"
                                         "sslkey=/my/other%20key.pem");
    QCOMPARE(saved.first().at(0).value<workspace::ConnectionProfile>().database, named);
    QCOMPARE(saved.first().at(1).value<ConnectionPage::Secrets>()->databaseUrl.view().toByteArray(),
             named.toUtf8() + "&sslpassword=s%26p");
    // What was saved fills the same fields again; another database names it by words of its own.
    const SplitAddress split = splitPassword(named.toUtf8() + "&sslpassword=s%26p");
    QCOMPARE(split.address, address->text());
    QCOMPARE(split.certificate.key, QStringLiteral("/my/other key.pem"));
    QCOMPARE(split.certificate.password.view(), QByteArrayView("s&p"));
    QCOMPARE(withCertificate(QStringLiteral("mysql://h/shop"), split.certificate),
             QStringLiteral("mysql://h/shop?ssl-cert=/my/me.pem&ssl-key=/my/other%20key.pem"));
    // Fields that do nothing are not shown.
    const auto isShown = [this] { return part<QLineEdit>("clientCertificate")->isVisible(); };
    QVERIFY(isShown());
    for (const char *other : {"sqlite:/tmp/auth.db", "redis://cache.test:6379", "upstash:https://cache.test", ""}) {
        type("databaseAddress", QString::fromLatin1(other));
        QVERIFY2(!isShown(), other);
    }
    type("databaseAddress", QStringLiteral("rediss://cache.test:6380"));
    QVERIFY(isShown());
}

void ConnectionPageTest::aCacheTakesAClientCertificateToo()
{
    auto *field = part<CertificateField>("cacheAddressCertificate");
    QVERIFY(!field->isVisible());
    const QString address = QStringLiteral("rediss://:pw@127.0.0.1:1/2?sslcert=/my/me.pem&sslkey=/my/me.key");
    auto *cache = part<QLineEdit>("cacheAddress");
    cache->setFocus();
    QGuiApplication::clipboard()->setText(address);
    QTest::keyClick(cache, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(cache->text(), QStringLiteral("rediss://127.0.0.1:1/2"));
    QVERIFY(field->isVisible());
    QCOMPARE(field->certificate().key, QStringLiteral("/my/me.key"));
    type("databaseAddress", QStringLiteral("sqlite:/nowhere/auth.db"));
    type("connectionName", QStringLiteral("shop"));
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    const auto profile = saved.first().at(0).value<workspace::ConnectionProfile>();
    QCOMPARE(profile.cache, QStringLiteral("rediss://127.0.0.1:1/2?sslcert=/my/me.pem&sslkey=/my/me.key"));
    QCOMPARE(saved.first().at(1).value<ConnectionPage::Secrets>()->cacheUrl.view().toByteArray(), address.toUtf8());
}

QTEST_MAIN(ConnectionPageTest)
#include "tst_ConnectionPage.moc"
