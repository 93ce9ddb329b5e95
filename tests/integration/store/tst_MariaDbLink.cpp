#include <QtTest>

#include <thread>

#include "tests/integration/store/MariaDbTools.h"

using namespace rollcall;
using base::ErrorCode;
using test::connectTo;
using test::failureOf;
using test::soon;
using test::valueOf;

/// How links to MySQL and MariaDB come to be, how they are protected, and how they end.
class MariaDbLinkTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void saysWhoAnswers();
    void tlsIsRequiredAwayFromLoopback();
    void tlsIsVerified_data();
    void tlsIsVerified();
    void aFrozenServerIsLetGo_data();
    void aFrozenServerIsLetGo();
    void aRestartedServerIsConnectedToAgain();

private:
    test::MariaDbDatabases m_databases;
};

void MariaDbLinkTest::initTestCase()
{
    QVERIFY2(m_databases.server().problem().isEmpty(), qPrintable(m_databases.server().problem()));
}

void MariaDbLinkTest::saysWhoAnswers()
{
    const auto probed = store::probeDatabase(m_databases.server().url(QStringLiteral("mysql")), {}, soon());
    QVERIFY2(probed.has_value(), failureOf(probed).constData());
    QCOMPARE(probed->kind, QStringLiteral("MariaDB"));
    QVERIFY2(QRegularExpression(QStringLiteral("^\\d+\\.\\d+\\.\\d+$")).match(probed->version).hasMatch(),
             qPrintable(probed->version));
    QCOMPARE(probed->tls, QStringLiteral("loopback, not encrypted"));
}

void MariaDbLinkTest::tlsIsRequiredAwayFromLoopback()
{
    // It means 127.0.0.1 to the resolver, but is not loopback as written. libmariadb with a CA alone, or told to
    // "enforce" TLS, would go on in clear text here.
    auto url = m_databases.server().url(QStringLiteral("mysql"));
    url.host = QStringLiteral("127.1");
    QVERIFY(!url.isLoopback());
    for (const char *mode : {"", "disable", "prefer", "require", "verify-ca", "verify-full"}) {
        url.sslMode = QString::fromLatin1(mode);
        const auto probed = store::probeDatabase(url, {}, soon());
        QVERIFY(!probed);
        QVERIFY2(probed.error().code == ErrorCode::TlsUnavailable, failureOf(probed).constData());
    }
    store::StoreOptions allowed;
    allowed.insecureHosts << QStringLiteral("127.1");
    url.sslMode.clear();
    const auto probed = store::probeDatabase(url, allowed, soon());
    QVERIFY2(probed.has_value(), failureOf(probed).constData());
    QCOMPARE(probed->tls, QStringLiteral("not encrypted (allowed for this host)"));
    // Where TLS is asked for it is needed on loopback too.
    for (const char *mode : {"require", "verify-full"}) {
        auto local = m_databases.server().url(QStringLiteral("mysql"));
        local.sslMode = QString::fromLatin1(mode);
        const auto refused = store::probeDatabase(local, {}, soon());
        QVERIFY(!refused);
        QVERIFY2(refused.error().code == ErrorCode::TlsUnavailable, failureOf(refused).constData());
    }
}

void MariaDbLinkTest::tlsIsVerified_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("withCa");
    QTest::addColumn<bool>("works");
    const auto row = [](const char *name, const char *mode, const char *host, bool withCa, bool works) {
        QTest::newRow(name) << QString::fromLatin1(mode) << QString::fromLatin1(host) << withCa << works;
    };
    row("verify-full with the CA", "verify-full", "localhost", true, true);
    row("verify-full by address", "verify-full", "127.0.0.1", true, true);
    row("verify-full with the system's CAs", "verify-full", "localhost", false, false);
    row("verify-full, another name", "verify-full", "127.0.1", true, false);
    row("verify-ca is verify-full", "verify-ca", "127.0.1", true, false);
    row("require on loopback", "require", "localhost", false, true);
    row("nothing said on loopback", "", "localhost", false, true);
    // Not loopback as written: verify-full whatever the address says.
    row("disable, elsewhere, with the CA", "disable", "127.1", true, true);
    row("require, elsewhere", "require", "127.1", false, false);
    row("elsewhere, another name", "require", "127.0.1", true, false);
}

void MariaDbLinkTest::tlsIsVerified()
{
    static test::MariaDbServer server(test::MariaDbServer::Tls::Required);
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    QFETCH(QString, mode);
    QFETCH(bool, withCa);
    QFETCH(bool, works);
    auto url = server.url(QStringLiteral("mysql"));
    QFETCH(QString, host);
    url.host = host;
    url.sslMode = mode;
    url.sslRootCert = withCa ? server.caFile() : QString();
    const auto probed = store::probeDatabase(url, {}, soon());
    if (works) {
        QVERIFY2(probed.has_value(), failureOf(probed).constData());
        QVERIFY2(probed->tls.startsWith(QStringLiteral("TLS")), qPrintable(probed->tls));
        QCOMPARE(probed->tls.contains(QStringLiteral("not verified")), !withCa);
        // A statement is stopped over such a link too, by a second one that is verified alike.
        const auto connection = store::MariaDbConnection::open(url, {}, store::Access::ReadOnly, soon());
        QVERIFY2(connection.has_value(), failureOf(connection).constData());
        const auto slept = (*connection)
                               ->read({.sql = QStringLiteral("SELECT SLEEP(8)")}, {},
                                      base::Call::within(std::chrono::milliseconds(200)));
        QVERIFY(!slept);
        QCOMPARE(slept.error().code, ErrorCode::Timeout);
        QCOMPARE(valueOf(**connection, QStringLiteral("SELECT 'fit'")), QStringLiteral("fit"));
    } else {
        QVERIFY(!probed);
        QVERIFY2(probed.error().code == ErrorCode::TlsFailed, failureOf(probed).constData());
    }
}

void MariaDbLinkTest::aFrozenServerIsLetGo_data()
{
    QTest::addColumn<bool>("tls");
    QTest::newRow("clear") << false;
    QTest::newRow("TLS") << true;
}

void MariaDbLinkTest::aFrozenServerIsLetGo()
{
    QFETCH(bool, tls);
    test::MariaDbServer server(tls ? test::MariaDbServer::Tls::Required : test::MariaDbServer::Tls::Off);
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    const auto url = server.url(QStringLiteral("mysql"));
    const auto connection = connectTo(url, store::Access::ReadOnly);
    QVERIFY(connection);
    QVERIFY(server.freeze(true));
    // Nobody answers: neither the statement, nor who asks that it be stopped.
    const auto asked =
        connection->read({.sql = QStringLiteral("SELECT 1")}, {}, base::Call::within(std::chrono::milliseconds(300)));
    QVERIFY(server.freeze(false));
    QVERIFY(!asked);
    QVERIFY2(asked.error().code == ErrorCode::Timeout, failureOf(asked).constData());
    const auto again = connection->read({.sql = QStringLiteral("SELECT 1")}, {}, soon());
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::ConnectionLost);
    const auto anew = connectTo(url, store::Access::ReadOnly);
    QVERIFY(anew);
    QCOMPARE(valueOf(*anew, QStringLiteral("SELECT 'fit'")), QStringLiteral("fit"));
}

void MariaDbLinkTest::aRestartedServerIsConnectedToAgain()
{
    test::MariaDbServer server;
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    QVERIFY(server.createDatabase(QStringLiteral("shop")).isEmpty());
    const auto url = server.url(QStringLiteral("shop"));
    const auto connection = connectTo(url, store::Access::ReadOnly);
    QVERIFY(connection);
    std::optional<base::Error> error;
    std::jthread reader([&] {
        const auto slept = connection->read({.sql = QStringLiteral("SELECT SLEEP(600)")}, {}, soon());
        if (!slept)
            error = slept.error();
    });
    const auto watching = connectTo(url, store::Access::ReadOnly);
    QVERIFY(watching);
    QTRY_COMPARE_WITH_TIMEOUT(valueOf(*watching, QStringLiteral("SELECT COUNT(*) FROM information_schema.processlist "
                                                                "WHERE info LIKE 'SELECT SLEEP(600)%'")),
                              QStringLiteral("1"), 20'000);
    QVERIFY(server.kill());
    reader.join();
    QVERIFY(error);
    QVERIFY2(error->code == ErrorCode::ConnectionLost, qPrintable(base::oneLine(*error)));
    const auto again = connection->read({.sql = QStringLiteral("SELECT 1")}, {}, soon());
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::ConnectionLost);
    QCOMPARE(store::probeDatabase(url, {}, soon()).error().code, ErrorCode::ConnectRefused);
    QVERIFY(server.start());
    const auto anew = connectTo(url, store::Access::ReadOnly);
    QVERIFY(anew);
    QCOMPARE(valueOf(*anew, QStringLiteral("SELECT DATABASE()")), QStringLiteral("shop"));
}

QTEST_GUILESS_MAIN(MariaDbLinkTest)
#include "tst_MariaDbLink.moc"
