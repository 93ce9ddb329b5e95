#include "ui/latency/TimingActivity.h"

#include "core/base/ErrorText.h"
#include "ui/common/Activities.h"
#include "ui/latency/RevocationTiming.h"

namespace rollcall::latency {

TimingActivity::TimingActivity(RevocationTiming &timing, common::Activities &activities, QObject *parent)
    : QObject(parent), m_timing(timing), m_activities(activities)
{
    connect(&timing, &RevocationTiming::started, this, &TimingActivity::begin);
    connect(&timing, &RevocationTiming::progressed, this, [this](const probe::PropagationProgress &progress) {
        if (m_act)
            m_act->advance({progress.done, progress.total, tr("Waiting until revoked sessions are refused")});
    });
    connect(&timing, &RevocationTiming::finished, this,
            [this](const QString &remark) { end(remark.isEmpty() ? tr("Ended") : remark, remark.isEmpty()); });
    connect(&timing, &RevocationTiming::failed, this,
            [this](const base::Error &error) { end(base::describe(error).message, false); });
}

void TimingActivity::begin()
{
    common::ActHead head;
    head.kind = common::measurementKind();
    head.title = tr("Measure how long revoked sessions are accepted");
    head.stands = false;
    common::Activity &act = m_activities.begin(std::move(head));
    act.beginRunning();
    connect(&act, &common::Activity::changed, &m_timing, [this, &act] {
        if (act.state() == common::ActState::Stopping)
            m_timing.stop();
    });
    m_act = &act;
}

void TimingActivity::end(const QString &words, bool good)
{
    if (m_act)
        m_act->finish({{}, words, good, false, {}});
    m_act.clear();
}

} // namespace rollcall::latency
