#include "core/revoke/ReplicaWait.h"

#include "core/revoke/BatchPace.h"

namespace rollcall::revoke {

using base::Call;

namespace {

constexpr std::chrono::seconds askEvery{1};
constexpr std::chrono::milliseconds pause{250};

} // namespace

bool ReplicaWait::wait(const Call &call, const std::function<bool()> &isStopWanted, const std::function<void()> &onWait)
{
    const auto begun = Call::Clock::now();
    if (!m_rows || m_gaveUpAt || begun < m_next)
        return false;
    for (bool waited = false;; waited = true) {
        const auto lag = m_rows->replicaLag(call);
        const auto now = Call::Clock::now();
        m_next = now + askEvery;
        // What cannot be asked holds nobody up; a link that is lost shows in the next batch.
        const bool isBehind = lag && *lag && **lag > mostReplicaLag;
        if (isBehind && !waited)
            onWait();
        if (isBehind && now - begun >= m_left)
            m_gaveUpAt = **lag;
        if (!isBehind || m_gaveUpAt || isStopWanted() || !rest(pause, call)) {
            if (waited)
                m_left -= now - begun;
            return waited || isBehind;
        }
    }
}

} // namespace rollcall::revoke
