#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/MariaDbConnection.h"
#include "core/store/sql/PostgresConnection.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using test::failureOf;
using test::soon;

/// Servers that want to see a certificate of ours before they let anybody in.
class ClientCertificateTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isShownWhereItIsWanted_data();
    void isShownWhereItIsWanted();
    void worksForTheWholeStore_data() { kinds(); }
    void worksForTheWholeStore();

private:
    static void kinds()
    {
        QTest::addColumn<bool>("postgres");
        QTest::newRow("PostgreSQL") << true;
        QTest::newRow("MariaDB") << false;
    }
    /// The address of the database that wants a certificate, by a name that is not loopback as written.
    [[nodiscard]] QByteArray address(bool postgres) const;
    [[nodiscard]] QString file(const QString &name) const { return m_files.filePath(name); }

    QTemporaryDir m_files;
    std::unique_ptr<test::PostgresServer> m_postgres;
    std::unique_ptr<test::MariaDbServer> m_mariaDb;
};

void ClientCertificateTest::initTestCase()
{
    m_postgres = std::make_unique<test::PostgresServer>(test::PostgresServer::Tls::Required);
    m_mariaDb = std::make_unique<test::MariaDbServer>(test::MariaDbServer::Tls::Required);
    for (const QString &problem :
         {m_postgres->problem(), m_mariaDb->problem(), m_postgres->createDatabase(QStringLiteral("prepare")),
          m_postgres->runSql(QStringLiteral("prepare"), QStringLiteral("CREATE DATABASE certified")),
          m_postgres->runSql(QStringLiteral("prepare"),
                             QStringLiteral("CREATE ROLE ann LOGIN PASSWORD 'pw' SUPERUSER")),
          m_mariaDb->createDatabase(QStringLiteral("certified")),
          m_mariaDb->runSql(QStringLiteral("certified"),
                            QStringLiteral("CREATE USER ann@'%' IDENTIFIED BY 'pw' REQUIRE X509; "
                                           "GRANT ALL ON certified.* TO ann@'%'"))})
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    // Of each server its own CA; as files of this user, which libpq insists on.
    for (const auto &[ca, kind] :
         {std::pair{m_postgres->caFile(), QStringLiteral("pg-")}, {m_mariaDb->caFile(), QStringLiteral("my-")}}) {
        for (const char *name : {"ca.pem", "client.pem", "client.key", "locked.key", "stranger.pem", "stranger.key"}) {
            const QString to = file(kind + QLatin1StringView(name));
            QVERIFY(QFile::copy(QFileInfo(ca).dir().filePath(QLatin1StringView(name)), to));
            QVERIFY(QFile::setPermissions(to, QFile::ReadOwner | QFile::WriteOwner));
        }
    }
}

QByteArray ClientCertificateTest::address(bool postgres) const
{
    const int port = postgres ? m_postgres->port() : m_mariaDb->port();
    return (postgres ? QStringLiteral("postgresql://ann:pw@127.1:%1/certified?sslrootcert=%2")
                     : QStringLiteral("mysql://ann:pw@127.1:%1/certified?ssl-ca=%2"))
        .arg(QString::number(port), file(postgres ? QStringLiteral("pg-ca.pem") : QStringLiteral("my-ca.pem")))
        .toUtf8();
}

void ClientCertificateTest::isShownWhereItIsWanted_data()
{
    QTest::addColumn<bool>("postgres");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("code"); // empty: it works
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const char *certificate, const char *key, const char *password,
                        const char *code, const char *words) {
        for (const bool postgres : {true, false})
            QTest::addRow("%s, %s", postgres ? "PostgreSQL" : "MariaDB", name)
                << postgres << QString::fromLatin1(certificate) << QString::fromLatin1(key)
                << QString::fromLatin1(password) << QString::fromLatin1(code) << QString::fromLatin1(words);
    };
    row("none", "", "", "", "AuthenticationFailed", "client certificate");
    row("with its key", "client.pem", "client.key", "", "", "");
    row("with a locked key", "client.pem", "locked.key", "open%20sesame", "", "");
    row("with a locked key and no password", "client.pem", "locked.key", "", "FileUnreadable", "no password was given");
    row("with a locked key and a wrong password", "client.pem", "locked.key", "s3same", "FileUnreadable",
        "does not open the key");
    // In a PostgreSQL address it is the server's CA then, as Prisma writes it: tst_DatabaseUrl.
    QTest::addRow("MariaDB, without its key") << false << QStringLiteral("client.pem") << QString() << QString()
                                              << QStringLiteral("UrlInvalid") << QStringLiteral("belong together");
    row("of a stranger", "stranger.pem", "stranger.key", "", "TlsFailed", "client certificate");
    row("with another's key", "client.pem", "stranger.key", "", "TlsFailed", "key values mismatch");
    row("that is none", "client.key", "client.key", "", "FileFormatInvalid", "no certificate");
    row("with a key that is none", "client.pem", "client.pem", "", "FileFormatInvalid", "no key");
    row("that is not there", "nowhere.pem", "client.key", "", "FileUnreadable", "nowhere.pem");
}

void ClientCertificateTest::isShownWhereItIsWanted()
{
    QFETCH(bool, postgres);
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QString, password);
    QFETCH(QString, code);
    QFETCH(QString, words);
    QByteArray text = address(postgres);
    const QString prefix = postgres ? QStringLiteral("pg-") : QStringLiteral("my-");
    const auto add = [&](const char *pg, const char *my, const QString &value) {
        if (!value.isEmpty())
            text += '&' + QByteArray(postgres ? pg : my) + '=' + value.toUtf8();
    };
    add("sslcert", "ssl-cert", certificate.isEmpty() ? QString() : file(prefix + certificate));
    add("sslkey", "ssl-key", key.isEmpty() ? QString() : file(prefix + key));
    add("sslpassword", "sslpassword", password);
    const auto url = store::DatabaseUrl::parse(text);
    QVERIFY2(url.has_value(), failureOf(url).constData());
    const auto probed = store::probeDatabase(*url, {}, soon());
    const QByteArray failure = failureOf(probed);
    if (code.isEmpty()) {
        QVERIFY2(probed.has_value(), failure.constData());
        QVERIFY2(probed->tls.startsWith(QStringLiteral("TLS")), qPrintable(probed->tls));
        return;
    }
    QVERIFY(!probed);
    QVERIFY2(base::errorName(probed.error().code) == code, failure.constData());
    QVERIFY2(failure.contains(words.toUtf8()), failure.constData());
    QVERIFY2(!failure.contains("s3same") && !failure.contains("pw@"), failure.constData());
}

void ClientCertificateTest::worksForTheWholeStore()
{
    QFETCH(bool, postgres);
    const QString sql = QStringLiteral(
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(99), email varchar(99), image varchar(99)); "
        "CREATE TABLE sessions (id int PRIMARY KEY, \"sessionToken\" varchar(99) UNIQUE, \"userId\" int NOT NULL, "
        "expires timestamp NOT NULL); INSERT INTO users (id) VALUES (1); "
        "INSERT INTO sessions VALUES (1, 'abcdefghijklmnopqrst', 1, '2026-06-20')");
    QByteArray text = address(postgres);
    const QString prefix = file(postgres ? QStringLiteral("pg-") : QStringLiteral("my-"));
    text += (postgres ? QStringLiteral("&sslcert=%1client.pem&sslkey=%1client.key")
                      : QStringLiteral("&ssl-cert=%1client.pem&ssl-key=%1client.key"))
                .arg(prefix)
                .toUtf8();
    const auto url = store::DatabaseUrl::parse(text);
    QVERIFY2(url.has_value(), failureOf(url).constData());
    if (postgres) { // its own client has no certificate, so the tables are made elsewhere and renamed into place
        QVERIFY(m_postgres->runSql(QStringLiteral("prepare"), sql).isEmpty());
        QVERIFY(m_postgres->runSql(QStringLiteral("postgres"), QStringLiteral("DROP DATABASE certified")).isEmpty());
        QVERIFY(
            m_postgres->runSql(QStringLiteral("postgres"), QStringLiteral("ALTER DATABASE prepare RENAME TO certified"))
                .isEmpty());
    } else {
        QCOMPARE(m_mariaDb->runSql(QStringLiteral("certified"), sql), QString());
    }
    QString problem;
    const auto sessions = test::openDetected(*url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto rows = sessions->planRows({}, 10, test::fixtureNow(), soon());
    QVERIFY2(rows && rows->size() == 1, failureOf(rows).constData());
    QVERIFY(sessions->lookup("abcdefghijklmnopqrst", soon())->has_value());
    QVERIFY(sessions->deleteRows(std::span(&rows->front().key, 1), soon()).has_value());
    QVERIFY(!sessions->lookup("abcdefghijklmnopqrst", soon())->has_value());
    // A second link stops what runs on the first: it shows the certificate too, else the first would be lost.
    const auto link = postgres ? store::PostgresConnection::open(*url, {}, store::Access::ReadOnly, soon())
                               : store::MariaDbConnection::open(*url, {}, store::Access::ReadOnly, soon());
    QVERIFY2(link.has_value(), failureOf(link).constData());
    const auto slept =
        (*link)->read({.sql = postgres ? QStringLiteral("SELECT pg_sleep(15)") : QStringLiteral("SELECT SLEEP(15)")},
                      {}, base::Call::within(std::chrono::milliseconds(500)));
    QVERIFY(!slept);
    QVERIFY2(slept.error().code == ErrorCode::Timeout, failureOf(slept).constData());
    const auto after = (*link)->read({.sql = QStringLiteral("SELECT 1")}, {}, soon());
    QVERIFY2(after.has_value(), failureOf(after).constData());
}

QTEST_GUILESS_MAIN(ClientCertificateTest)
#include "tst_ClientCertificate.moc"
