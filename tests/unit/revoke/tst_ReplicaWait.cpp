#include <QtTest>

#include "RevokeFixture.h"
#include "core/revoke/ReplicaWait.h"

using namespace rollcall;
using namespace rollcall::revoke;
using std::chrono::milliseconds;
using test::RevokeFixture;

class ReplicaWaitTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneThatStaysBehindIsGivenUp()
    {
        RevokeFixture fixture;
        int asked = 0;
        fixture.store->lag = [&asked] { return ++asked, std::optional(milliseconds(7'000)); };
        ReplicaWait replicas(fixture.store->expiredRows(), milliseconds(400));
        int told = 0;
        const auto wait = [&] {
            return replicas.wait(
                fixture.call(), [] { return false; }, [&told] { ++told; });
        };
        QVERIFY(!replicas.gaveUpAt());
        QVERIFY(wait());
        QCOMPARE(replicas.gaveUpAt(), milliseconds(7'000));
        QCOMPARE(told, 1);
        std::this_thread::sleep_for(milliseconds(1'100)); // when it would be asked again
        asked = 0;
        QVERIFY(!wait());
        QCOMPARE(asked, 0);
    }

    void itsTimeIsThatOfAllWaits()
    {
        RevokeFixture fixture;
        int asked = 0;
        // The first wait ends by itself, and what it asks last takes all the time there is.
        fixture.store->lag = [&asked] {
            if (++asked != 2)
                return std::optional(milliseconds(7'000));
            std::this_thread::sleep_for(milliseconds(1'500));
            return std::optional(milliseconds(10));
        };
        ReplicaWait replicas(fixture.store->expiredRows(), milliseconds(1'500));
        const auto wait = [&] {
            return replicas.wait(
                fixture.call(), [] { return false; }, [] {});
        };
        QVERIFY(wait());
        QVERIFY(!replicas.gaveUpAt());
        std::this_thread::sleep_for(milliseconds(1'100));
        const int before = asked;
        QVERIFY(wait());
        QVERIFY(replicas.gaveUpAt());
        QVERIFY2(asked - before <= 3, "it had all its time once more");
    }

    void itEndsWhereTheRunIsToStop()
    {
        RevokeFixture fixture;
        int asked = 0;
        fixture.store->lag = [&asked] { return ++asked, std::optional(milliseconds(7'000)); };
        ReplicaWait replicas(fixture.store->expiredRows());
        QVERIFY(replicas.wait(
            fixture.call(), [&asked] { return asked == 2; }, [] {}));
        QCOMPARE(asked, 2);
        QVERIFY(!replicas.gaveUpAt());
    }
};

QTEST_GUILESS_MAIN(ReplicaWaitTest)
#include "tst_ReplicaWait.moc"
