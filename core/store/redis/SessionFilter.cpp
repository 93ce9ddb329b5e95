#include "core/store/redis/SessionFilter.h"

namespace rollcall::store {

bool SessionFilter::admitsState(session::SessionState state) const
{
    switch (m_query.state) {
    case StateFilter::Live:
        return state == session::SessionState::Live;
    case StateFilter::Expired:
        return state == session::SessionState::Expired;
    case StateFilter::Orphan:
        return state == session::SessionState::Orphan;
    case StateFilter::All:
        break;
    }
    return true;
}

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
    return admitsTime(entry.expires) && admitsState(m_index.stateOf(entry, m_now));
}

bool SessionFilter::admits(const session::ListedSession &row) const
{
    const qint64 expires = row.expires ? qint64{row.expires->time_since_epoch().count()} : SessionIndex::unreadable;
    return admitsTime(expires) && admitsState(row.state);
}

bool hasPart(const std::optional<QString> &name, const std::optional<QString> &email, const QString &text)
{
    const auto has = [&text](const std::optional<QString> &where) {
        return where && where->contains(text, Qt::CaseInsensitive);
    };
    return has(name) || has(email);
}

} // namespace rollcall::store
