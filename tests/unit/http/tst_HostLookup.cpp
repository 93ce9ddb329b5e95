#include <QtTest>

#include "core/base/Loopback.h"
#include "core/http/HostLookup.h"

using namespace rollcall;

class HostLookupTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loopback_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("loopback");
        for (const char *host : {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1", "[::1]"})
            QTest::newRow(host) << QString::fromLatin1(host) << true;
        for (const char *host : {"localhost.example", "127.0.0.1.example", "127.1", "0.0.0.0", "128.0.0.1",
                                 "::", "[::1", "::ffff:127.0.0.1", "127.0.0.1 ", "x"})
            QTest::newRow(host) << QString::fromLatin1(host) << false;
        QTest::newRow("empty") << QString() << false;
    }

    void loopback()
    {
        QFETCH(QString, host);
        QTEST(base::isLoopbackHost(host), "loopback");
    }

    void namesThatNeedNoResolver()
    {
        const auto local = http::knownAddresses(QStringLiteral("LocalHost"));
        QCOMPARE(local.size(), 2U);
        QCOMPARE(local.front(), QHostAddress(QHostAddress::LocalHostIPv6));
        QCOMPARE(local.back(), QHostAddress(QHostAddress::LocalHost));
        QCOMPARE(http::knownAddresses(QStringLiteral("192.0.2.7")).front(), QHostAddress(QStringLiteral("192.0.2.7")));
        QVERIFY(http::knownAddresses(QStringLiteral("app.example")).empty());
    }
};

QTEST_GUILESS_MAIN(HostLookupTest)
#include "tst_HostLookup.moc"
