#include <QtTest>

#include "core/engine/Pool.h"

using namespace rollcall;
using base::Call;
using base::Error;
using base::ErrorCode;

namespace {

using IntPool = engine::Pool<int>;

/// Waiting is over at once where nothing is free.
Call now()
{
    return Call::within(std::chrono::milliseconds(0));
}

base::Result<int> answered(int &object)
{
    return object;
}

/// Asks @p lease for its object; -1 where there is none to be had.
int numberOf(engine::LazyLease<int> &lease)
{
    const auto answer = lease.ask(now(), answered);
    return answer ? *answer : -1;
}

} // namespace

Q_DECLARE_METATYPE(rollcall::base::ErrorCode)

/// What is lent again and what is not, and that no place is lost on the way.
class PoolTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_made = 0; }

    void whatComesBackIsLentAgain()
    {
        IntPool pool(counted(), 2);
        for (int round = 0; round < 3; ++round) {
            engine::LazyLease<int> first(pool);
            engine::LazyLease<int> second(pool);
            engine::LazyLease<int> third(pool);
            QCOMPARE(numberOf(first) + numberOf(second), 1 + 2);
            QCOMPARE(third.ask(now(), answered).error().code, ErrorCode::Timeout);
        }
        QCOMPARE(m_made, 2);
    }

    void anOpenerThatFailsKeepsNoPlace_data()
    {
        QTest::addColumn<bool>("throws");
        QTest::newRow("fails") << false;
        QTest::newRow("throws") << true;
    }
    void anOpenerThatFailsKeepsNoPlace()
    {
        QFETCH(bool, throws);
        bool isDown = true;
        const IntPool::Make counting = counted();
        IntPool pool(
            [&](const Call &call) {
                if (isDown && throws)
                    throw std::runtime_error("no database driver");
                return isDown ? base::fail(Error(ErrorCode::ConnectRefused)) : counting(call);
            },
            1);
        for (int times = 0; times < 3; ++times) {
            engine::LazyLease<int> lease(pool);
            const auto answer = lease.ask(now(), answered);
            QVERIFY(!answer);
            QCOMPARE(answer.error().code, throws ? ErrorCode::Internal : ErrorCode::ConnectRefused);
            if (throws)
                QCOMPARE(answer.error().param(base::ErrorParam::Detail), QStringLiteral("no database driver"));
        }
        isDown = false;
        engine::LazyLease<int> lease(pool);
        QCOMPARE(numberOf(lease), 1);
    }

    /// Of objects 1, 2, 3 the first so many have lost their link.
    void readsAreAskedOfAnotherOnce_data()
    {
        QTest::addColumn<int>("lost");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<int>("made");
        QTest::addColumn<int>("answer"); // 0: the error
        QTest::newRow("good") << 0 << ErrorCode::ConnectionLost << 1 << 1;
        QTest::newRow("lost in the pool") << 1 << ErrorCode::ConnectionLost << 2 << 2;
        QTest::newRow("lost again") << 2 << ErrorCode::ConnectionLost << 2 << 0;
        QTest::newRow("too late for another") << 1 << ErrorCode::Timeout << 1 << 0;
    }
    void readsAreAskedOfAnotherOnce()
    {
        QFETCH(int, lost);
        QFETCH(ErrorCode, code);
        QFETCH(int, made);
        QFETCH(int, answer);
        int count = 0;
        IntPool pool([&count](const Call &) { return std::make_unique<int>(++count); }, 1);
        engine::LazyLease<int> lease(pool);
        const auto read = lease.read(now(), [lost, code](int &number) -> base::Result<int> {
            return number <= lost ? base::Result<int>(base::fail(Error(code))) : base::Result<int>(number);
        });
        QCOMPARE(count, made);
        QCOMPARE(read.value_or(0), answer);
        QVERIFY(read || read.error().code == code);
    }

    void whatIsOfNoMoreUseIsNotLentAgain_data()
    {
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<int>("next");
        QTest::newRow("lost") << ErrorCode::ConnectionLost << 2;
        QTest::newRow("down") << ErrorCode::DatabaseUnavailable << 2;
        QTest::newRow("late") << ErrorCode::Timeout << 1;
        QTest::newRow("cancelled") << ErrorCode::Cancelled << 1;
        QTest::newRow("refused") << ErrorCode::StatementFailed << 1;
    }
    void whatIsOfNoMoreUseIsNotLentAgain()
    {
        QFETCH(ErrorCode, code);
        QFETCH(int, next);
        IntPool pool(counted(), 1);
        {
            engine::LazyLease<int> lease(pool);
            const auto failing = [code](int &) -> base::Result<int> { return base::fail(Error(code)); };
            QCOMPARE(lease.ask(now(), failing).error().code, code);
            // The same request goes on, with another where the first is gone.
            QCOMPARE(numberOf(lease), next);
        }
        engine::LazyLease<int> lease(pool);
        QCOMPARE(numberOf(lease), next);
    }

    void whatThrowsIsNotLentAgain()
    {
        IntPool pool(counted(), 1);
        engine::LazyLease<int> lease(pool);
        const auto throwing = [](int &) -> base::Result<int> { throw std::runtime_error("half done"); };
        const auto answer = lease.ask(now(), throwing);
        QCOMPARE(answer.error().code, ErrorCode::Internal);
        QCOMPARE(answer.error().param(base::ErrorParam::Detail), QStringLiteral("half done"));
        QCOMPARE(numberOf(lease), 2);
    }

    void whatIsFreeGoesWithALostOne()
    {
        IntPool pool(counted(), 3);
        {
            engine::LazyLease<int> one(pool);
            engine::LazyLease<int> two(pool);
            engine::LazyLease<int> three(pool);
            QCOMPARE(numberOf(one) + numberOf(two) + numberOf(three), 1 + 2 + 3);
        }
        {
            engine::LazyLease<int> lease(pool);
            static_cast<void>(lease.ask(
                now(), [](int &) -> base::Result<int> { return base::fail(Error(ErrorCode::ConnectionLost)); }));
        }
        engine::LazyLease<int> one(pool);
        engine::LazyLease<int> two(pool);
        engine::LazyLease<int> three(pool);
        engine::LazyLease<int> four(pool);
        QCOMPARE(numberOf(one) + numberOf(two) + numberOf(three), 4 + 5 + 6);
        QCOMPARE(numberOf(four), -1);
    }

private:
    /// Makes 1, 2, 3 …
    IntPool::Make counted()
    {
        return [this](const Call &) -> base::Result<std::unique_ptr<int>> { return std::make_unique<int>(++m_made); };
    }

    int m_made = 0;
};

QTEST_GUILESS_MAIN(PoolTest)
#include "tst_Pool.moc"
