#include <QtTest>

#include <QClipboard>

#include "tests/gui/connect/ConnectionPageFixture.h"
#include "tests/support/LoopTicks.h"
#include "tests/support/Patience.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"
#include "ui/connect/CertificateField.h"
#include "ui/connect/DatabaseAddress.h"
#include "ui/connect/SecretField.h"

using namespace rollcall;
using namespace rollcall::connect;
using common::State;

/// What an address takes along into fields of its own: passwords and client certificates, of databases and caches.
class ConnectionAddressesTest final : public QObject, private test::ConnectionPageFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { makeAuthDatabase(); }
    void init() { openPage(); }
    void cleanup() { m_page.reset(); }

    void pastedPasswordMovesIntoItsField();
    void sessionsKeptInRedis();
    void aCacheIsTriedAndItsPasswordKept();
    void passwordsSplitAndJoin_data();
    void passwordsSplitAndJoin();
    void aClientCertificateHasFieldsOfItsOwn();
    void aCacheTakesAClientCertificateToo();
};

void ConnectionAddressesTest::pastedPasswordMovesIntoItsField()
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

void ConnectionAddressesTest::sessionsKeptInRedis()
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
    QTRY_COMPARE_WITH_TIMEOUT(finding(Row::Database).headline, QStringLiteral("User or password refused"),
                              test::patience);
    type("databasePassword", QStringLiteral("s3cret-of-the-store"));
    QTRY_COMPARE_WITH_TIMEOUT(state(Row::Database), State::Ok, test::patience);
    QVERIFY(finding(Row::Database).detail.contains(QStringLiteral("Redis 7")));
    QTRY_COMPARE_WITH_TIMEOUT(state(Row::Schema), State::Ok, test::patience);
    QVERIFY(finding(Row::Schema).detail.contains(QStringLiteral("user:session:*")));
    QTRY_VERIFY2_WITH_TIMEOUT(whyNot().isEmpty(), qPrintable(whyNot()), test::patience);
    QVERIFY2(ticks.longestOwnGap() < longestGap, "trying the database blocked the window");
    photograph("redis", {1440, 1000});
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    press("saveConnection");
    QCOMPARE(saved.first().at(0).value<workspace::ConnectionProfile>().database, QStringLiteral("redis://") + host);
    QCOMPARE(saved.first().at(1).value<ConnectionPage::Secrets>()->databaseUrl.view().toByteArray(),
             "redis://:s3cret-of-the-store@" + host.toLatin1());
}

void ConnectionAddressesTest::aCacheIsTriedAndItsPasswordKept()
{
    const test::RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("s3cret-of-the-cache")});
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    const QString host = QStringLiteral("localhost:%1/2").arg(server.port());
    const test::LoopTicks ticks;
    type("connectionName", QStringLiteral("orchard-shop"));
    type("databaseAddress", authDatabase());
    QTRY_VERIFY_WITH_TIMEOUT(state(Row::Database) == State::Ok, test::patience);
    auto *address = part<QLineEdit>("cacheAddress");
    address->setFocus();
    QGuiApplication::clipboard()->setText(QStringLiteral("redis://:wr%2Fong@") + host);
    QTest::keyClick(address, Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(address->text(), QStringLiteral("redis://") + host);
    QCOMPARE(part<SecretField>("cachePassword")->text(), QStringLiteral("wr/ong"));
    QTRY_COMPARE_WITH_TIMEOUT(finding(Row::Cache).headline, QStringLiteral("User or password refused"), test::patience);
    QCOMPARE(state(Row::Cache), State::Failed);
    QVERIFY(address->property("wrong").toBool());
    QTRY_VERIFY2_WITH_TIMEOUT(whyNot().isEmpty(), "a cache is optional", test::patience);
    QVERIFY2(ticks.longestOwnGap() < longestGap, "trying the cache blocked the window");
    photograph("cache-refused", {1440, 1000});
    type("cachePassword", QStringLiteral("s3cret-of-the-cache"));
    QTRY_COMPARE_WITH_TIMEOUT(state(Row::Cache), State::Ok, test::patience);
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

void ConnectionAddressesTest::passwordsSplitAndJoin_data()
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

void ConnectionAddressesTest::passwordsSplitAndJoin()
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

void ConnectionAddressesTest::aClientCertificateHasFieldsOfItsOwn()
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

void ConnectionAddressesTest::aCacheTakesAClientCertificateToo()
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

QTEST_MAIN(ConnectionAddressesTest)
#include "tst_ConnectionAddresses.moc"
