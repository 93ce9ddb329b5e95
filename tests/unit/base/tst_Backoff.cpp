#include <QtTest>

#include "core/base/Backoff.h"

using namespace std::chrono_literals;
using rollcall::base::Backoff;

class BackoffTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void doublesUpToItsLimit_data();
    void doublesUpToItsLimit();
    void beginsAnewOnceItWorked();
};

void BackoffTest::doublesUpToItsLimit_data()
{
    QTest::addColumn<double>("chance");
    QTest::addColumn<QList<int>>("waits");
    QTest::newRow("the shortest") << 0.0 << QList<int>{250, 500, 1000, 1500, 1500};
    QTest::newRow("in the middle") << 0.5 << QList<int>{375, 750, 1500, 2250, 2250};
    QTest::newRow("the longest") << 0.9999 << QList<int>{499, 999, 1999, 2999, 2999};
}

void BackoffTest::doublesUpToItsLimit()
{
    QFETCH(double, chance);
    QFETCH(QList<int>, waits);
    Backoff backoff({500ms, 3000ms});
    for (const int wait : waits)
        QCOMPARE(int(backoff.next(chance).count()), wait);
}

void BackoffTest::beginsAnewOnceItWorked()
{
    Backoff backoff({500ms, 3000ms});
    for (int i = 0; i < 5; ++i)
        QVERIFY(backoff.next(0) > 0ms);
    backoff.reset();
    QCOMPARE(backoff.next(0), 250ms);
}

QTEST_GUILESS_MAIN(BackoffTest)
#include "tst_Backoff.moc"
