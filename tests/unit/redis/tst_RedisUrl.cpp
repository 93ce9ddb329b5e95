#include <QtTest>

#include "core/redis/RedisChannel.h"

using namespace rollcall;
using base::ErrorCode;
using redis::RedisUrl;

class RedisUrlTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("password");
        QTest::newRow("host") << QByteArray("redis://cache.test") << QStringLiteral("redis://cache.test:6379/0")
                              << QString() << QByteArray();
        QTest::newRow("all") << QByteArray("rediss://app:p%40ss%2F@cache.test:7000/3")
                             << QStringLiteral("rediss://app@cache.test:7000/3") << QStringLiteral("app")
                             << QByteArray("p@ss/");
        QTest::newRow("password alone") << QByteArray(" redis://:pw@[::1]:6380 ")
                                        << QStringLiteral("redis://[::1]:6380/0") << QString() << QByteArray("pw");
        QTest::newRow("database by parameter")
            << QByteArray("redis://h?db=2") << QStringLiteral("redis://h:6379/2") << QString() << QByteArray();
        QTest::newRow("upstash") << QByteArray("upstash:https://default:tok%3D@eu.upstash.test")
                                 << QStringLiteral("upstash:https://eu.upstash.test") << QStringLiteral("default")
                                 << QByteArray("tok=");
    }
    void reads()
    {
        QFETCH(QByteArray, text);
        const auto url = RedisUrl::parse(text);
        QVERIFY(url.has_value());
        QTEST(url->withoutPassword(), "shown");
        QTEST(url->user, "user");
        QTEST(url->password.view().toByteArray(), "password");
    }

    void namesAClientCertificate()
    {
        const auto url = RedisUrl::parse("rediss://h/2?sslcert=/my/me.pem&sslkey=/my/a%20key.pem&sslpassword=s%26p");
        QVERIFY(url.has_value());
        QCOMPARE(url->database, 2);
        for (const RedisUrl &one : {url->clone(), url->clone().clone()}) {
            QCOMPARE(one.certificate.certificate, QStringLiteral("/my/me.pem"));
            QCOMPARE(one.certificate.key, QStringLiteral("/my/a key.pem"));
            QCOMPARE(one.certificate.password.view(), QByteArrayView("s&p"));
            QVERIFY(!one.withoutPassword().contains(QStringLiteral("s&p")));
        }
        QVERIFY(!RedisUrl::parse("rediss://h")->certificate.isNamed());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("detail");
        const auto row = [](const char *text, ErrorCode code, const char *detail) {
            QTest::newRow(text) << QByteArray(text) << code << QString::fromLatin1(detail);
        };
        row("", ErrorCode::UrlInvalid, "redis://");
        row("cache.test:6379", ErrorCode::UrlInvalid, "redis://");
        row("mongodb://h", ErrorCode::UrlSchemeUnsupported, "mongodb");
        row("redis://", ErrorCode::UrlInvalid, "no host");
        row("redis://h:0", ErrorCode::UrlInvalid, "port");
        row("redis://h/name", ErrorCode::UrlInvalid, "database number");
        row("redis://h/-1", ErrorCode::UrlInvalid, "database number");
        row("redis://:s3cret/x@h", ErrorCode::UrlInvalid, "");
        row("redis://h?sslcert=/me.pem&sslkey=/me.key&sslpassword=s3cret", ErrorCode::UrlInvalid, "rediss://");
        row("https://eu.upstash.test", ErrorCode::UrlInvalid, "upstash:");
        row("upstash:https://eu.upstash.test", ErrorCode::UrlInvalid, "token");
        row("upstash:redis://default:s3cret@h", ErrorCode::UrlInvalid, "https://");
        row("upstash:https://default:s3cret@h/path", ErrorCode::UrlInvalid, "follows the host");
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, detail);
        const auto url = RedisUrl::parse(text);
        QVERIFY(!url);
        QTEST(url.error().code, "code");
        const QString said = url.error().param(base::ErrorParam::Detail);
        QVERIFY2(said.contains(detail), qPrintable(said));
        QVERIFY(!said.contains(QStringLiteral("s3cret")));
    }

    void clearTextIsForLoopbackAlone_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("loopback") << QByteArray("redis://127.0.0.1") << true;
        QTest::newRow("tls") << QByteArray("rediss://cache.test") << true;
        QTest::newRow("clear") << QByteArray("redis://cache.test") << false;
        QTest::newRow("clear, with a password") << QByteArray("redis://:pw@cache.test") << false;
        QTest::newRow("deliberately") << QByteArray("redis://Private.test") << true;
        QTest::newRow("upstash in clear text") << QByteArray("upstash:http://default:t@cache.test") << false;
    }
    void clearTextIsForLoopbackAlone()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, allowed);
        auto url = RedisUrl::parse(text);
        QVERIFY(url.has_value());
        const auto status = url->checkTransport({QStringLiteral("private.test")});
        QCOMPARE(status.has_value(), allowed);
        if (allowed)
            return;
        QCOMPARE(status.error().code, ErrorCode::InsecureTransport);
        // The channel holds to it whoever uses it.
        const auto answer =
            redis::makeChannel(std::move(*url), {})->send({"PING"}, base::Call::within(std::chrono::seconds(5)));
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::InsecureTransport);
    }

    void refusalsGetCodes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("noauth") << QByteArray("NOAUTH Authentication required.") << ErrorCode::AuthenticationFailed;
        QTest::newRow("wrongpass") << QByteArray("WRONGPASS invalid") << ErrorCode::AuthenticationFailed;
        QTest::newRow("noperm") << QByteArray("NOPERM this user") << ErrorCode::PermissionDenied;
        QTest::newRow("loading") << QByteArray("LOADING dataset") << ErrorCode::DatabaseUnavailable;
        QTest::newRow("unknown") << QByteArray("ERR unknown command 's3cret'") << ErrorCode::StatementFailed;
    }
    void refusalsGetCodes()
    {
        QFETCH(QByteArray, text);
        const base::Error error = redis::refusal(redis::RedisReply::ofError(text), QStringLiteral("h"));
        QTEST(error.code, "code");
        QVERIFY(!error.param(base::ErrorParam::Detail).contains(QStringLiteral("s3cret")));
    }
};

QTEST_APPLESS_MAIN(RedisUrlTest)
#include "tst_RedisUrl.moc"
