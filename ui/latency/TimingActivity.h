#pragma once

#include <QObject>
#include <QPointer>

namespace rollcall::common {
class Activities;
class Activity;
} // namespace rollcall::common

namespace rollcall::latency {

class RevocationTiming;

/// Shows the trade-off's experiment in the activity drawer, as it goes on when its sheet is closed, and stops it from
/// there. It cannot stand still, as its sessions would go on living. **Thread-safety:** GUI thread only.
class TimingActivity final : public QObject
{
    Q_OBJECT

public:
    /// Both are borrowed and outlive this.
    TimingActivity(RevocationTiming &timing, common::Activities &activities, QObject *parent = nullptr);

private:
    void begin();
    void end(const QString &words, bool good);

    RevocationTiming &m_timing;
    common::Activities &m_activities;
    QPointer<common::Activity> m_act; ///< of the experiment that goes on
};

} // namespace rollcall::latency
