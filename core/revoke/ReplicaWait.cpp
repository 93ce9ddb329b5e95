#include "core/revoke/ReplicaWait.h"

#include "core/revoke/BatchPace.h"

namespace rollcall::revoke {

using base::Call;

namespace {

constexpr std::chrono::seconds askEvery{1};
constexpr std::chrono::milliseconds pause{250};
constexpr std::chrono::seconds longestWait{60};

} // namespace

bool ReplicaWait::wait(const Call &call)
{
    const auto begun = Call::Clock::now();
    if (!m_rows || begun < m_next)
        return false;
    for (bool waited = false;; waited = true) {
        const auto lag = m_rows->replicaLag(call);
        m_next = Call::Clock::now() + askEvery;
        // What cannot be asked holds nobody up; a link that is lost shows in the next batch.
        const bool isBehind = lag && *lag && **lag > mostReplicaLag;
        if (!isBehind || m_next - begun > longestWait || !rest(pause, call))
            return waited || isBehind;
    }
}

} // namespace rollcall::revoke
