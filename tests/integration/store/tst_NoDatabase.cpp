#include <QtTest>

#include <QTcpServer>
#include <QTcpSocket>

#include <atomic>
#include <thread>

#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using store::DatabaseKind;
using test::failureOf;
using test::soon;

namespace {

store::DatabaseUrl urlTo(DatabaseKind kind, int port)
{
    store::DatabaseUrl url;
    url.kind = kind;
    url.host = QStringLiteral("127.0.0.1");
    url.port = port;
    url.database = QStringLiteral("shop");
    url.user = QStringLiteral("ann");
    url.password = base::SecretBytes(QByteArray("pa55word"));
    return url;
}

/// Connecting there ends at its time-out, and when it is cancelled.
void endsInTime(const store::DatabaseUrl &url)
{
    store::StoreOptions quick;
    quick.timeout = std::chrono::milliseconds(400);
    const auto probed = store::probeDatabase(url, quick, base::Call::within(std::chrono::hours(1)));
    QVERIFY(!probed);
    QVERIFY2(probed.error().code == ErrorCode::ConnectTimeout, failureOf(probed).constData());

    std::stop_source stop;
    std::jthread canceller([&stop] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        stop.request_stop();
    });
    store::StoreOptions patient;
    patient.timeout = std::chrono::hours(1);
    const auto cancelled =
        store::probeDatabase(url, patient, base::Call::within(std::chrono::hours(1), stop.get_token()));
    QVERIFY(!cancelled);
    QVERIFY2(cancelled.error().code == ErrorCode::Cancelled, failureOf(cancelled).constData());
}

} // namespace

/// Addresses at which there is no database, or one that does not get on: said, and in time.
class NoDatabaseTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aServerThatHangsEndsInTime_data();
    void aServerThatHangsEndsInTime();
    void aHandshakeThatHangsEndsInTime();
    void anotherProtocolIsNoDatabase_data();
    void anotherProtocolIsNoDatabase();
};

void NoDatabaseTest::aServerThatHangsEndsInTime_data()
{
    QTest::addColumn<DatabaseKind>("kind");
    QTest::newRow("PostgreSQL") << DatabaseKind::PostgreSql;
    QTest::newRow("MySQL") << DatabaseKind::MySql;
}

void NoDatabaseTest::aServerThatHangsEndsInTime()
{
    QFETCH(DatabaseKind, kind);
    QTcpServer silent; // listens and never says a word
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    endsInTime(urlTo(kind, silent.serverPort()));
}

void NoDatabaseTest::aHandshakeThatHangsEndsInTime()
{
    // A server that greets, offers TLS, and then says no more.
    // Source: mariadb.com/kb "Connection", initial handshake packet.
    QByteArray greeting("\x0a"
                        "5.5.5-10.11.0-MariaDB\0"
                        "\1\0\0\0"
                        "saltsalt\0"
                        "\xfe\xff\x2d\2\0\xff\x81\x15",
                        45);
    greeting += QByteArray(10, '\0') + QByteArray("moresaltsalt\0mysql_native_password\0", 35);
    greeting.prepend(QByteArray(1, char(greeting.size())) + QByteArray(3, '\0'));
    std::atomic<int> port = 0;
    std::jthread stalls([&](const std::stop_token &stop) {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        port = server.serverPort();
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        while (!stop.stop_requested()) {
            if (!server.waitForNewConnection(20))
                continue;
            sockets.emplace_back(server.nextPendingConnection());
            sockets.back()->write(greeting);
            sockets.back()->waitForBytesWritten(30'000);
        }
    });
    QTRY_VERIFY_WITH_TIMEOUT(port > 0, 30'000);
    auto url = urlTo(DatabaseKind::MySql, port);
    url.sslMode = QStringLiteral("verify-full");
    endsInTime(url);
}

void NoDatabaseTest::anotherProtocolIsNoDatabase_data()
{
    QTest::addColumn<DatabaseKind>("kind");
    QTest::addColumn<QString>("sslMode");
    QTest::newRow("PostgreSQL") << DatabaseKind::PostgreSql << QString();
    QTest::newRow("PostgreSQL without TLS") << DatabaseKind::PostgreSql << QStringLiteral("disable");
    QTest::newRow("MySQL") << DatabaseKind::MySql << QString();
}

void NoDatabaseTest::anotherProtocolIsNoDatabase()
{
    QFETCH(DatabaseKind, kind);
    QFETCH(QString, sslMode);
    std::atomic<int> port = 0;
    std::jthread web([&port, kind](const std::stop_token &stop) {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        port = server.serverPort();
        while (!stop.stop_requested()) {
            if (!server.waitForNewConnection(50))
                continue;
            const std::unique_ptr<QTcpSocket> socket(server.nextPendingConnection());
            if (kind == DatabaseKind::PostgreSql) // MySQL's clients wait to be greeted
                socket->waitForReadyRead(30'000);
            socket->write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            socket->waitForBytesWritten(30'000);
            socket->disconnectFromHost();
        }
    });
    QTRY_VERIFY_WITH_TIMEOUT(port > 0, 30'000);
    auto url = urlTo(kind, port);
    url.sslMode = sslMode;
    const auto probed = store::probeDatabase(url, {}, soon());
    QVERIFY(!probed);
    QVERIFY2(probed.error().code == ErrorCode::NotADatabase, failureOf(probed).constData());
}

QTEST_GUILESS_MAIN(NoDatabaseTest)
#include "tst_NoDatabase.moc"
