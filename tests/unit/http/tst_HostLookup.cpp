#include <QtTest>

#include <atomic>
#include <thread>

#include <netdb.h>
#include <netinet/in.h>

#include "core/base/Loopback.h"
#include "core/http/HostLookup.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::ErrorCode;

namespace {

std::atomic<bool> answers{true}; ///< whether the name server does
std::atomic<int> asked{0};       ///< look-ups that have begun
std::atomic<int> asking{0};      ///< and have not ended

} // namespace

// In place of the system's resolver, which cannot be told when to answer: every name is 192.0.2.1.
extern "C" int getaddrinfo(const char *, const char *, const addrinfo *, addrinfo **result)
{
    ++asked;
    ++asking;
    while (!answers)
        std::this_thread::yield();
    auto *address = new sockaddr_in{};
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(0xC000'0201);
    auto *entry = new addrinfo{};
    entry->ai_addr = reinterpret_cast<sockaddr *>(address);
    entry->ai_addrlen = sizeof *address;
    *result = entry;
    --asking;
    return 0;
}

extern "C" void freeaddrinfo(addrinfo *entry)
{
    delete reinterpret_cast<sockaddr_in *>(entry->ai_addr);
    delete entry;
}

class HostLookupTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup()
    {
        answers = true;
        QTRY_COMPARE(asking.load(), 0);
        asked = 0;
    }

    void moreHostsThanPlacesWaitForOne()
    {
        answers = false;
        constexpr int hosts = 12;
        std::atomic<int> found{0};
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < hosts; ++i) {
                threads.emplace_back([&found, i] {
                    const auto addresses = http::lookUpHost(QStringLiteral("h%1.test").arg(i), Call::within(1min));
                    found += addresses && addresses->front() == QHostAddress(QStringLiteral("192.0.2.1")) ? 1 : 0;
                });
            }
            const bool isFull = QTest::qWaitFor([] { return asking == 8; }, 60'000);
            answers = true;
            QVERIFY(isFull);
        }
        QCOMPARE(found.load(), hosts);
        QCOMPARE(asked.load(), hosts);
    }

    void aHostIsLookedUpOnceForAllWhoWait()
    {
        answers = false;
        for (int i = 0; i < 20; ++i) {
            const auto late = http::lookUpHost(QStringLiteral("slow.test"), Call::within(0ms));
            QVERIFY(!late);
            QCOMPARE(late.error().code, ErrorCode::ConnectTimeout);
        }
        std::jthread helper([] {
            while (asked == 0)
                std::this_thread::yield();
            answers = true;
        });
        QVERIFY(http::lookUpHost(QStringLiteral("slow.test"), Call::within(1min)));
        helper.join();
        QVERIFY2(asked <= 2, "the one that was left behind, and at most one after it had ended");
        // What is over is not remembered.
        const int before = asked;
        QVERIFY(http::lookUpHost(QStringLiteral("slow.test"), Call::within(1min)));
        QCOMPARE(asked.load(), before + 1);
    }

    void withoutAPlaceTheCallsOwnBoundsEndTheWait()
    {
        answers = false;
        for (int i = 0; i < 8; ++i)
            QVERIFY(!http::lookUpHost(QStringLiteral("stuck%1.test").arg(i), Call::within(0ms)));
        QCOMPARE(http::lookUpHost(QStringLiteral("late.test"), Call::within(20ms)).error().code, ErrorCode::Overloaded);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(http::lookUpHost(QStringLiteral("late.test"), Call::within(1h, stop.get_token())).error().code,
                 ErrorCode::Cancelled);
        answers = true;
        QVERIFY(http::lookUpHost(QStringLiteral("late.test"), Call::within(1min)));
    }

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
