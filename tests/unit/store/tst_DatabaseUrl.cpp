#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/DatabaseUrl.h"

using namespace rollcall;
using store::DatabaseUrl;

class DatabaseUrlTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsPostgres_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("database");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("password");
        const auto row = [](const char *text, const char *host, int port, const char *database, const char *user,
                            const char *password) {
            QTest::newRow(text) << QByteArray(text) << QString::fromUtf8(host) << port << QString::fromUtf8(database)
                                << QString::fromUtf8(user) << QByteArray(password);
        };
        row("postgresql://ann:pw@db.example.com:6432/shop", "db.example.com", 6432, "shop", "ann", "pw");
        row("postgres://db.example.com/shop", "db.example.com", 5432, "shop", "", "");
        row("POSTGRES://ann@127.0.0.1/shop", "127.0.0.1", 5432, "shop", "ann", "");
        row("postgresql://a%40b:p%3A%2F%25@h/sh%20op", "h", 5432, "sh op", "a@b", "p:/%");
        row("postgresql://ann:p@ss@h/shop", "h", 5432, "shop", "ann", "p@ss");
        row("postgresql://ann:pw@[::1]:5433/shop", "::1", 5433, "shop", "ann", "pw");
        row("postgresql:///shop", "localhost", 5432, "shop", "", "");
        row("postgresql://ann@h", "h", 5432, "ann", "ann", "");
        row("postgresql://ann@/shop?host=/var/run/pg&password=x", "/var/run/pg", 5432, "shop", "ann", "x");
        row("  postgresql://h/shop\n", "h", 5432, "shop", "", "");
    }

    void readsPostgres()
    {
        QFETCH(QByteArray, text);
        const auto url = DatabaseUrl::parse(text);
        QVERIFY2(url.has_value(), url ? "" : qPrintable(base::oneLine(url.error())));
        QTEST(url->host, "host");
        QTEST(url->port, "port");
        QTEST(url->database, "database");
        QTEST(url->user, "user");
        QTEST(url->password.view().toByteArray(), "password");
        QCOMPARE(url->hadPassword, !url->password.isEmpty());
        QVERIFY(!url->withoutPassword().contains(QStringLiteral("pw")));
        const auto again = DatabaseUrl::parse(url->withoutPassword().toUtf8());
        QVERIFY(again.has_value());
        QTEST(again->host, "host");
        QTEST(again->database, "database");
        QTEST(again->user, "user");
    }

    void takesParameters()
    {
        const auto url = DatabaseUrl::parse("postgresql://h/shop?schema=auth%20x&sslmode=require&sslrootcert=/"
                                            "ca.pem&pgbouncer=true&connection_limit=1");
        QVERIFY(url.has_value());
        QCOMPARE(url->schema, QStringLiteral("auth x"));
        QCOMPARE(url->sslMode, QStringLiteral("require"));
        QCOMPARE(url->sslRootCert, QStringLiteral("/ca.pem"));
        QCOMPARE(url->ignored, (QStringList{QStringLiteral("pgbouncer"), QStringLiteral("connection_limit")}));
    }

    void takesAClientCertificate()
    {
        const auto libpq = DatabaseUrl::parse("postgresql://h/shop?sslcert=/me.pem&sslkey=/me.key&sslpassword=s%26p");
        QVERIFY(libpq.has_value());
        QCOMPARE(libpq->sslCert, QStringLiteral("/me.pem"));
        QCOMPARE(libpq->sslKey, QStringLiteral("/me.key"));
        QCOMPARE(libpq->sslPassword.view(), QByteArrayView("s&p"));
        QVERIFY(libpq->hadPassword);
        QVERIFY(libpq->ignored.isEmpty());
        QCOMPARE(libpq->clone().sslPassword.view(), QByteArrayView("s&p"));
        const auto prisma = DatabaseUrl::parse("postgresql://h/shop?sslcert=/ca.pem");
        QVERIFY(prisma.has_value());
        QCOMPARE(prisma->sslRootCert, QStringLiteral("/ca.pem"));
        QVERIFY(prisma->sslCert.isEmpty());
        const auto mysql = DatabaseUrl::parse("mysql://h/shop?ssl-cert=/me.pem&ssl-key=/me.key&sslcert=/ca.pem");
        QVERIFY(mysql.has_value());
        QCOMPARE(mysql->sslCert, QStringLiteral("/me.pem"));
        QCOMPARE(mysql->sslKey, QStringLiteral("/me.key"));
        QCOMPARE(mysql->sslRootCert, QStringLiteral("/ca.pem"));
    }

    void readsMysql_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QByteArray>("password");
        const auto row = [](const char *text, const char *shown, const char *password) {
            QTest::newRow(text) << QByteArray(text) << QString::fromUtf8(shown) << QByteArray(password);
        };
        row("mysql://ann:pw@db.example.com:3307/shop", "mysql://ann@db.example.com:3307/shop", "pw");
        row("mariadb://db.example.com/shop", "mysql://db.example.com:3306/shop", "");
        row("MySQL://a%40b:p%3A%2F%25@h/sh%20op", "mysql://a%40b@h:3306/sh%20op", "p:/%");
        row("mysql:///shop", "mysql://localhost:3306/shop", "");
        row("mysql://ann:pw@[::1]/shop", "mysql://ann@[::1]:3306/shop", "pw");
    }

    void readsMysql()
    {
        QFETCH(QByteArray, text);
        const auto url = DatabaseUrl::parse(text);
        QVERIFY2(url.has_value(), url ? "" : qPrintable(base::oneLine(url.error())));
        QCOMPARE(url->kind, store::DatabaseKind::MySql);
        QTEST(url->withoutPassword(), "shown");
        QTEST(url->password.view().toByteArray(), "password");
        QVERIFY(url->sslMode.isEmpty());
    }

    void takesMysqlParameters_data()
    {
        QTest::addColumn<QByteArray>("parameter");
        QTest::addColumn<QString>("sslMode");
        const auto row = [](const char *parameter, const char *sslMode) {
            QTest::newRow(parameter) << QByteArray(parameter) << QString::fromLatin1(sslMode);
        };
        row("ssl-mode=DISABLED", "disable"); // MySQL's own
        row("ssl-mode=REQUIRED", "require");
        row("ssl-mode=VERIFY_CA", "verify-ca");
        row("ssl-mode=verify_identity", "verify-full");
        row("sslaccept=strict", "verify-full"); // Prisma's
        row("sslaccept=accept_invalid_certs", "require");
        row("ssl=true", "require"); // mysql2's
        row("ssl=false", "disable");
        row("ssl={%22rejectUnauthorized%22:true}", "verify-full");
        row("ssl={%22rejectUnauthorized%22:false}", "require");
        row("sslmode=verify-full", "verify-full");
        row("ssl-mode=WHATEVER", "");
    }

    void takesMysqlParameters()
    {
        QFETCH(QByteArray, parameter);
        const auto url = DatabaseUrl::parse("mysql://h/shop?connection_limit=5&" + parameter + "&sslcert=/ca%20x.pem");
        QVERIFY(url.has_value());
        QTEST(url->sslMode, "sslMode");
        QCOMPARE(url->sslRootCert, QStringLiteral("/ca x.pem"));
        QCOMPARE(url->ignored, QStringList{QStringLiteral("connection_limit")});
        // A socket is this machine's own.
        for (const char *name : {"socket", "socketPath"}) {
            const auto local = DatabaseUrl::parse(QByteArray("mysql://ann@h/shop?") + name + "=/run/mysqld.sock");
            QVERIFY(local.has_value());
            QCOMPARE(local->host, QStringLiteral("/run/mysqld.sock"));
            QVERIFY(local->isLoopback());
        }
    }

    void readsSqlite_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("path");
        QTest::newRow("absolute") << QByteArray("sqlite:/data/app.db") << QStringLiteral("/data/app.db");
        QTest::newRow("relative") << QByteArray("sqlite:app.db") << QStringLiteral("/base/app.db");
        QTest::newRow("prisma") << QByteArray("file:./dev.db?connection_limit=1") << QStringLiteral("/base/./dev.db");
        QTest::newRow("as it stands") << QByteArray("sqlite:/a%20b?c=d.db") << QStringLiteral("/a%20b?c=d.db");
    }

    void readsSqlite()
    {
        QFETCH(QByteArray, text);
        const auto url = DatabaseUrl::parse(text, QStringLiteral("/base"));
        QVERIFY(url.has_value());
        QCOMPARE(url->kind, store::DatabaseKind::Sqlite);
        QTEST(url->database, "path");
        QVERIFY(url->isLoopback());
    }

    void readsRedis_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QByteArray>("password");
        const auto row = [](const char *text, const char *shown, const char *password) {
            QTest::newRow(text) << QByteArray(text) << QString::fromUtf8(shown) << QByteArray(password);
        };
        row("redis://localhost", "redis://localhost:6379/0", "");
        row("rediss://ann:p%2Fw@db.example.com:7000/3", "rediss://ann@db.example.com:7000/3", "p/w");
        row("upstash:https://default:to-ken@eu1.upstash.io", "upstash:https://eu1.upstash.io", "to-ken");
    }

    void readsRedis()
    {
        QFETCH(QByteArray, text);
        const auto url = DatabaseUrl::parse(text);
        QVERIFY2(url.has_value(), url ? "" : qPrintable(base::oneLine(url.error())));
        const DatabaseUrl copy = url->clone();
        for (const DatabaseUrl *one : {&*url, &copy}) {
            QCOMPARE(one->kind, store::DatabaseKind::Redis);
            QTEST(one->withoutPassword(), "shown");
            QVERIFY(one->redis);
            QTEST(one->redis->password.view().toByteArray(), "password");
            QVERIFY(one->password.isEmpty());
            QCOMPARE(one->hadPassword, !one->redis->password.isEmpty());
            QCOMPARE(one->host, one->redis->host);
            QCOMPARE(one->isLoopback(), one->host == QStringLiteral("localhost"));
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("code");
        const auto row = [](const QByteArray &text, const char *code) {
            QTest::newRow(text.isEmpty() ? "empty" : text.constData()) << text << QString::fromLatin1(code);
        };
        row("", "UrlInvalid");
        row("shop", "UrlInvalid");
        row("zed:s3cret@host/shop", "UrlInvalid");
        row("postgresql:shop", "UrlInvalid");
        row("postgresql://zed:100%@h/shop", "UrlInvalid");
        row("postgresql://zed:pa/ss@h/shop", "UrlInvalid");
        row("postgresql://h:0/shop", "UrlInvalid");
        row("postgresql://h:70000/shop", "UrlInvalid");
        row("postgresql://[::1/shop", "UrlInvalid");
        row("postgresql://a,b/shop", "UrlInvalid");
        row("postgresql://h", "UrlInvalid");
        row("sqlite:", "UrlInvalid");
        row("mysql://h", "UrlInvalid");
        row("mysql://h/shop?ssl-mode=%zz", "UrlInvalid");
        row("mongodb://h/shop", "UrlSchemeUnsupported");
        row("redis://zed:s3cret@/0", "UrlInvalid");
        row("redis://:s3cret@h/x", "UrlInvalid");
        row("upstash:https://h", "UrlInvalid");
    }

    void refuses()
    {
        QFETCH(QByteArray, text);
        const auto url = DatabaseUrl::parse(text);
        QVERIFY(!url.has_value());
        QCOMPARE(base::errorName(url.error().code), *qData("code"));
        const QString said = base::oneLine(url.error());
        QVERIFY2(!said.contains(QStringLiteral("s3cret")) && !said.contains(QStringLiteral("zed")), qPrintable(said));
    }

    void knowsLoopback_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("loopback");
        const auto row = [](const char *host, bool loopback) {
            QTest::newRow(host) << QString::fromLatin1(host) << loopback;
        };
        row("localhost", true);
        row("LOCALHOST", true);
        row("127.0.0.1", true);
        row("127.9.8.7", true);
        row("::1", true);
        row("[::1]", true);
        row("127.1", false);
        row("128.0.0.1", false);
        row("localhost.example.com", false);
        row("127.0.0.1.example.com", false);
        row("::ffff:127.0.0.1", false);
        row("db", false);
        row("", false);
    }

    void knowsLoopback()
    {
        QFETCH(QString, host);
        QTEST(store::isLoopbackHost(host), "loopback");
    }

private:
    static const QString *qData(const char *column)
    {
        return static_cast<QString *>(QTest::qData(column, QMetaType::QString));
    }
};

QTEST_GUILESS_MAIN(DatabaseUrlTest)
#include "tst_DatabaseUrl.moc"
