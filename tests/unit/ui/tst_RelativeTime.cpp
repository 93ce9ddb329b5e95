#include <QTest>

#include "ui/common/RelativeTime.h"

using namespace rollcall::common;
using namespace std::chrono_literals;
using rollcall::base::Instant;

class TestRelativeTime final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void relative_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::addRow("now") << qint64(0) << QStringLiteral("now");
        QTest::addRow("seconds") << qint64(30) << QStringLiteral("in 30 s");
        QTest::addRow("minutes") << qint64(48 * 60 + 59) << QStringLiteral("in 48 min");
        QTest::addRow("hours") << qint64(2 * 3600 + 12 * 60) << QStringLiteral("in 2 h 12 min");
        QTest::addRow("whole hours") << qint64(2 * 3600 + 40) << QStringLiteral("in 2 h");
        QTest::addRow("days") << qint64(11 * 86400 + 6 * 3600 + 3599) << QStringLiteral("in 11 d 6 h");
        QTest::addRow("a whole day") << qint64(86400) << QStringLiteral("in 1 d");
        QTest::addRow("past") << qint64(-(2 * 86400 + 3 * 3600)) << QStringLiteral("2 d 3 h ago");
        QTest::addRow("just past") << qint64(-1) << QStringLiteral("1 s ago");
    }
    void relative()
    {
        QFETCH(const qint64, seconds);
        QFETCH(const QString, text);
        const Instant now(1'795'250'000'000ms);
        QCOMPARE(relativeText(now + std::chrono::seconds(seconds), now), text);
    }

    void exactNamesTheYearOnlyWhereItDiffers()
    {
        const Instant now(1'795'250'000'000ms); // 2026-11-21T08:33:20Z
        QCOMPARE(exactText(now, now), QStringLiteral("21 Nov 08:33"));
        QCOMPARE(exactText(now + std::chrono::days(60), now), QStringLiteral("20 Jan 2027 08:33"));
        QCOMPARE(clockText(now), QStringLiteral("08:33:20"));
    }

    void duration_data()
    {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("text");
        QTest::addRow("microseconds") << qint64(4'200) << QStringLiteral("4.2 µs");
        QTest::addRow("fraction") << qint64(110'000) << QStringLiteral("0.11 ms");
        QTest::addRow("one decimal") << qint64(10'640'000) << QStringLiteral("10.6 ms");
        QTest::addRow("whole") << qint64(262'400'000) << QStringLiteral("262 ms");
        QTest::addRow("rounds up into seconds") << qint64(999'700'000) << QStringLiteral("1 s");
        QTest::addRow("seconds") << qint64(1'760'000'000) << QStringLiteral("1.76 s");
        QTest::addRow("minutes") << qint64(125'000'000'000) << QStringLiteral("2 min 5 s");
    }
    void duration()
    {
        QFETCH(const qint64, ns);
        QFETCH(const QString, text);
        QCOMPARE(durationText(std::chrono::nanoseconds(ns)), text);
    }
};

QTEST_GUILESS_MAIN(TestRelativeTime)
#include "tst_RelativeTime.moc"
