#pragma once

#include "core/store/redis/SessionIndex.h"

namespace rollcall::store {

/// A query's conditions, asked of the entries of an index and again of the rows as they are read later.
/// **Thread-safety:** as the index, which outlives it.
class SessionFilter final
{
public:
    /// @p users: by number, who may be listed; nullopt: all.
    SessionFilter(const SessionIndex &index, const SessionQuery &query, std::optional<std::vector<bool>> users,
                  base::Instant now)
        : m_index(index), m_query(query), m_users(std::move(users)), m_now(now)
    {}

    [[nodiscard]] bool admits(const SessionIndex::Entry &entry) const;
    /// What may have changed since the index was made: state and end.
    [[nodiscard]] bool admits(const session::ListedSession &row) const;

private:
    [[nodiscard]] bool admitsTime(qint64 expires) const;

    const SessionIndex &m_index;
    const SessionQuery &m_query;
    std::optional<std::vector<bool>> m_users;
    base::Instant m_now;
};

} // namespace rollcall::store
