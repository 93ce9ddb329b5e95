#include <QtTest>

#include "core/session/LastActivity.h"

using namespace std::chrono_literals;
using rollcall::base::Instant;
using rollcall::session::Interval;
using rollcall::session::lastActivity;

/// When a session was last used, told from its expiry.
class LastActivityTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void liesBetween_data();
    void liesBetween();
};

void LastActivityTest::liesBetween_data()
{
    // All in seconds; now is 10 000.
    QTest::addColumn<int>("expires");
    QTest::addColumn<int>("maxAge");
    QTest::addColumn<int>("updateAge");
    QTest::addColumn<QList<int>>("interval");
    QTest::newRow("written long ago") << 12'000 << 5'000 << 100 << QList<int>{7'000, 7'100};
    QTest::newRow("written a moment ago") << 14'950 << 5'000 << 100 << QList<int>{9'950, 10'000};
    QTest::newRow("just now") << 15'000 << 5'000 << 100 << QList<int>{10'000, 10'000};
    QTest::newRow("written at each use") << 12'000 << 5'000 << 0 << QList<int>{7'000, 7'000};
    QTest::newRow("expired") << 9'000 << 5'000 << 100 << QList<int>{4'000, 4'100};
    QTest::newRow("expired, never extended") << 9'000 << 5'000 << 90'000 << QList<int>{4'000, 9'000};
    QTest::newRow("of another lifetime") << 15'001 << 5'000 << 100 << QList<int>();
    QTest::newRow("no lifetime") << 9'000 << 0 << 0 << QList<int>{9'000, 9'000};
}

void LastActivityTest::liesBetween()
{
    QFETCH(int, expires);
    QFETCH(int, maxAge);
    QFETCH(int, updateAge);
    QFETCH(QList<int>, interval);
    const auto at = [](int seconds) { return Instant(std::chrono::seconds(seconds)); };
    const auto found =
        lastActivity(at(expires), {std::chrono::seconds(maxAge), std::chrono::seconds(updateAge)}, at(10'000));
    QCOMPARE(found.has_value(), !interval.isEmpty());
    if (found)
        QCOMPARE(*found, (Interval{at(interval[0]), at(interval[1])}));
}

QTEST_GUILESS_MAIN(LastActivityTest)
#include "tst_LastActivity.moc"
