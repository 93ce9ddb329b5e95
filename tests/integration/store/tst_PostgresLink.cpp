#include <QtTest>

#include <future>
#include <thread>

#include "core/store/sql/PostgresConnection.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using test::failureOf;
using test::soon;

/// How links to PostgreSQL come to be, how they are protected, and how they end.
class PostgresLinkTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.problem().isEmpty(), qPrintable(m_server.problem())); }
    void tlsIsRequiredAwayFromLoopback();
    void tlsIsVerified_data();
    void tlsIsVerified();
    void aKilledServerIsSaidToBeLost();

private:
    test::PostgresServer m_server;
};

void PostgresLinkTest::tlsIsRequiredAwayFromLoopback()
{
    // It means 127.0.0.1 to the resolver, but is not loopback as written.
    auto url = m_server.url(QStringLiteral("postgres"));
    url.host = QStringLiteral("127.1");
    QVERIFY(!url.isLoopback());
    for (const char *mode : {"", "disable", "prefer"}) { // whatever the address says
        url.sslMode = QString::fromLatin1(mode);
        const auto probed = store::probeDatabase(url, {}, soon());
        QVERIFY(!probed);
        QVERIFY2(probed.error().code == ErrorCode::TlsUnavailable, failureOf(probed).constData());
    }
    store::StoreOptions allowed;
    allowed.insecureHosts << QStringLiteral("127.1");
    const auto probed = store::probeDatabase(url, allowed, soon());
    QVERIFY2(probed.has_value(), failureOf(probed).constData());
    QCOMPARE(probed->tls, QStringLiteral("not encrypted (allowed for this host)"));
}

void PostgresLinkTest::tlsIsVerified_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("withCa");
    QTest::addColumn<bool>("works");
    const QString name = QStringLiteral("localhost");
    QTest::newRow("verify-full with the CA") << QStringLiteral("verify-full") << name << true << true;
    QTest::newRow("verify-full with the system's CAs") << QStringLiteral("verify-full") << name << false << false;
    QTest::newRow("require on loopback") << QStringLiteral("require") << name << false << true;
    // Not loopback as written: verify-full whatever the address says.
    QTest::newRow("disable, elsewhere, with the CA")
        << QStringLiteral("disable") << QStringLiteral("127.1") << true << true;
    QTest::newRow("require, elsewhere") << QStringLiteral("require") << QStringLiteral("127.1") << false << false;
}

void PostgresLinkTest::tlsIsVerified()
{
    static test::PostgresServer server(test::PostgresServer::Tls::Required);
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    QFETCH(QString, mode);
    QFETCH(bool, withCa);
    QFETCH(bool, works);
    auto url = server.url(QStringLiteral("postgres"));
    QFETCH(QString, host);
    url.host = host;
    url.sslMode = mode;
    url.sslRootCert = withCa ? server.caFile() : QString();
    const auto probed = store::probeDatabase(url, {}, soon());
    if (works) {
        QVERIFY2(probed.has_value(), failureOf(probed).constData());
        QVERIFY2(probed->tls.startsWith(QStringLiteral("TLS")), qPrintable(probed->tls));
        QCOMPARE(probed->tls.contains(QStringLiteral("not verified")), !withCa);
    } else {
        QVERIFY(!probed);
        QVERIFY2(probed.error().code == ErrorCode::TlsFailed, failureOf(probed).constData());
    }
}

void PostgresLinkTest::aKilledServerIsSaidToBeLost()
{
    test::PostgresServer server;
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    const auto opened =
        store::PostgresConnection::open(server.url(QStringLiteral("postgres")), {}, store::Access::ReadOnly, soon());
    QVERIFY2(opened.has_value(), failureOf(opened).constData());
    store::SqlConnection &connection = **opened;
    auto sleeping = std::async(std::launch::async, [&connection] {
        return connection.read({.sql = QStringLiteral("SELECT pg_sleep(600)")}, {}, soon());
    });
    QTRY_COMPARE_WITH_TIMEOUT(
        server.value(QStringLiteral("postgres"),
                     QStringLiteral("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")),
        std::optional(QStringLiteral("1")), 20'000);
    QVERIFY(server.kill());
    const auto slept = sleeping.get();
    QVERIFY(!slept);
    QVERIFY2(slept.error().code == ErrorCode::ConnectionLost || slept.error().code == ErrorCode::DatabaseUnavailable,
             failureOf(slept).constData());
    const auto again = connection.read({.sql = QStringLiteral("SELECT 1")}, {}, soon());
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::ConnectionLost);
}

QTEST_GUILESS_MAIN(PostgresLinkTest)
#include "tst_PostgresLink.moc"
