#pragma once

#include "core/base/Call.h"
#include "core/store/ExpiredRows.h"

namespace rollcall::revoke {

/// How far replicas may be behind before writing waits for them.
inline constexpr std::chrono::milliseconds mostReplicaLag{1000};

/// Holds batches up while replicas are behind: they must not be driven further by what is deleted or put back.
/// **Thread-safety:** one thread.
class ReplicaWait final
{
public:
    /// @p rows (borrowed) is asked; null: a store without replicas that it could know of.
    explicit ReplicaWait(store::ExpiredRows *rows) : m_rows(rows) {}

    /// To be called before each batch, outside of a transaction; it asks once a second at most. Returns where no
    /// replica is behind by more than mostReplicaLag, where that cannot be asked, where @p call ended, and after a
    /// minute: a replica that is gone must not hold it up for ever. Whether it had to wait.
    [[nodiscard]] bool wait(const base::Call &call);

private:
    store::ExpiredRows *m_rows;
    base::Call::Clock::time_point m_next{};
};

} // namespace rollcall::revoke
