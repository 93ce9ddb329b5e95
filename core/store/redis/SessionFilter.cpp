#include "core/store/redis/SessionFilter.h"

#include "core/store/SessionMatch.h"

namespace rollcall::store {

bool SessionFilter::admitsTime(qint64 expires) const
{
    if (!m_query.expiresBefore && !m_query.expiresAfter)
        return true;
    if (expires == SessionIndex::unreadable)
        return false;
    return (!m_query.expiresBefore || expires < m_query.expiresBefore->time_since_epoch().count()) &&
           (!m_query.expiresAfter || expires >= m_query.expiresAfter->time_since_epoch().count());
}

bool SessionFilter::admits(const SessionIndex::Entry &entry) const
{
    if (m_users && (entry.user == SessionIndex::nobody || !(*m_users)[entry.user]))
        return false;
    return admitsTime(entry.expires) && hasState(m_query.state, m_index.stateOf(entry, m_now));
}

bool SessionFilter::admits(const session::ListedSession &row) const
{
    const qint64 expires = row.expires ? qint64{row.expires->time_since_epoch().count()} : SessionIndex::unreadable;
    return admitsTime(expires) && hasState(m_query.state, row.state);
}

} // namespace rollcall::store
