#include <QtTest>

#include <QDeadlineTimer>

#include "ui/common/Activity.h"

using rollcall::common::ActHead;
using rollcall::common::Activity;

namespace {

/// How long an act has been running at least and at most: a machine that has other things to do may stand still within
/// any line of a test, so each moment has a time before it and one after it.
class RunningTime final
{
public:
    /// Something that begins or ends the running: @p act is done between two looks at the clock.
    template <typename Act>
    void goesOn(const Act &act)
    {
        m_most -= now();
        act();
        m_least -= now();
    }
    template <typename Act>
    void stands(const Act &act)
    {
        m_least += now();
        act();
        m_most += now();
    }
    /// Whether @p rate is what @p count within that time makes; milliseconds are cut off by who measures.
    [[nodiscard]] bool makes(double rate, int count) const
    {
        constexpr qint64 cutOff = 4;
        return rate * double(m_least - cutOff) <= count * 1000.0 && rate * double(m_most + cutOff) >= count * 1000.0;
    }
    [[nodiscard]] QByteArray text(double rate) const
    {
        return QStringLiteral("%1 in %2 to %3 ms").arg(rate).arg(m_least).arg(m_most).toUtf8();
    }

private:
    [[nodiscard]] static qint64 now() { return QDeadlineTimer::current().deadline(); }

    qint64 m_least = 0;
    qint64 m_most = 0;
};

} // namespace

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
        RunningTime time;
        time.goesOn([&] { act.advance({10, 1'000, {}}); });
        QTest::qWait(800);
        QVERIFY(act.canPause());
        time.stands([&] { act.setPaused(true); });
        QTest::qWait(1'600); // as long as it runs in all
        time.goesOn([&] { act.setPaused(false); });
        QTest::qWait(800);
        act.advance({170, 1'000, {}});
        time.stands([&] { act.setPaused(true); });
        QVERIFY(act.rate().has_value());
        // While it stands still, its pace is what it was.
        for (int i = 0; i < 2; ++i) {
            QTRY_VERIFY2(time.makes(*act.rate(), 160), time.text(*act.rate()).constData());
            QTest::qWait(500);
        }
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
        RunningTime time;
        time.goesOn([&] { act.advance({10, 1'000, {}}); }); // what was in flight
        time.stands([] {});                                 // it did already
        QTest::qWait(300);
        time.goesOn([&] { act.setPaused(false); });
        QTest::qWait(1'700);
        act.advance({180, 1'000, {}});
        time.stands([&] { act.setPaused(true); });
        QVERIFY(act.rate().has_value());
        QVERIFY2(time.makes(*act.rate(), 170), time.text(*act.rate()).constData());
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
