#include <QtTest>

#include "core/workspace/ConnectionProfile.h"

using namespace rollcall::workspace;

class ConnectionProfileTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsPasswords_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QString>("redacted");
        QTest::addColumn<bool>("hasPassword");
        const auto row = [](const char *name, const char *url, const char *redacted, bool has) {
            QTest::newRow(name) << QByteArray(url) << QString::fromUtf8(redacted) << has;
        };
        row("plain", "postgresql://ada:s3cret@db:5432/shop", "postgresql://ada@db:5432/shop", true);
        row("no password", "postgresql://ada@db:5432/shop", "postgresql://ada@db:5432/shop", false);
        row("empty password", "postgresql://ada:@db/shop", "postgresql://ada@db/shop", false);
        row("no user", "postgresql://db:5432/shop", "postgresql://db:5432/shop", false);
        row("password alone", "redis://:s3cret@cache:6379/0", "redis://@cache:6379/0", true);
        row("unencoded at", "postgresql://ada:s3@cret@db/shop", "postgresql://ada@db/shop", true);
        row("unencoded slash", "postgresql://ada:s3/cret@db/shop", "postgresql://ada@db/shop", true);
        row("unencoded question mark", "postgresql://ada:s3?cret@db/shop", "postgresql://ada@db/shop", true);
        row("at in the name", "postgresql://db:5432/a@b", "postgresql://db:5432/a@b", false);
        row("parameter", "postgresql://ada@db/shop?password=s3cret", "postgresql://ada@db/shop", true);
        row("parameter first", "postgresql://db/shop?password=s3cret&sslmode=require",
            "postgresql://db/shop?sslmode=require", true);
        row("parameter behind", "postgresql://db/shop?sslmode=require&password=s3cret",
            "postgresql://db/shop?sslmode=require", true);
        row("parameter twice", "postgresql://ada:x@db/shop?password=a&password=b", "postgresql://ada@db/shop", true);
        row("sqlite", "sqlite:/var/lib/app:1@2.db", "sqlite:/var/lib/app:1@2.db", false);
        row("upstash", "upstash:https://default:tok@eu.upstash.io", "upstash:https://default@eu.upstash.io", true);
        row("empty", "", "", false);
        row("no url", "hello", "hello", false);
    }
    void cutsPasswords()
    {
        QFETCH(QByteArray, url);
        QTEST(redactUrl(url), "redacted");
        QTEST(urlHasPassword(url), "hasPassword");
        QVERIFY(!redactUrl(url).contains(QLatin1StringView("s3")));
        QVERIFY(!redactUrl(url).contains(QLatin1StringView("cret")));
    }
};

QTEST_GUILESS_MAIN(ConnectionProfileTest)
#include "tst_ConnectionProfile.moc"
