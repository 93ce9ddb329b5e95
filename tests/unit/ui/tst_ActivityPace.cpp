#include <QtTest>

#include "ui/common/Activity.h"

using rollcall::common::ActHead;
using rollcall::common::Activity;

class ActivityPaceTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPaceIsLessThePauses()
    {
        ActHead head;
        head.kind = rollcall::common::measurementKind();
        Activity act(std::move(head), this);
        act.beginRunning();
        act.advance({10, 1'000, {}});
        QTest::qWait(800);
        QVERIFY(act.canPause());
        act.setPaused(true);
        QTest::qWait(1'600); // as long as it runs in all
        act.setPaused(false);
        QTest::qWait(800);
        act.advance({170, 1'000, {}});
        QVERIFY(act.rate().has_value());
        QVERIFY2(*act.rate() > 75 && *act.rate() < 105, qPrintable(QString::number(*act.rate())));
        // While it stands still, its pace is what it was.
        act.setPaused(true);
        const double before = *act.rate();
        QTest::qWait(500);
        QVERIFY2(*act.rate() > 0.9 * before, qPrintable(QString::number(*act.rate())));
    }

    /// A pause that began before there was anything to count takes off only what is within the counted time.
    void aPauseBeforeTheFirstProgressIsNoNegativeTime()
    {
        ActHead head;
        head.kind = rollcall::common::measurementKind();
        Activity act(std::move(head), this);
        act.beginRunning();
        act.setPaused(true);
        QTest::qWait(900);
        act.advance({10, 1'000, {}}); // what was in flight
        QTest::qWait(300);
        act.setPaused(false);
        QTest::qWait(1'700);
        act.advance({180, 1'000, {}});
        QVERIFY(act.rate().has_value());
        QVERIFY2(*act.rate() > 75 && *act.rate() < 105, qPrintable(QString::number(*act.rate())));
    }

    void notEveryMeasurementCanStandStill()
    {
        ActHead head;
        head.kind = rollcall::common::measurementKind();
        head.stands = false;
        Activity act(std::move(head), this);
        act.beginRunning();
        QVERIFY(act.isMeasurement() && !act.canPause());
    }
};

QTEST_GUILESS_MAIN(ActivityPaceTest)
#include "tst_ActivityPace.moc"
