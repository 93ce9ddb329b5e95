#pragma once

#include <functional>

#include "core/base/Call.h"
#include "core/store/ExpiredRows.h"

namespace rollcall::revoke {

/// How far replicas may be behind before writing waits for them.
inline constexpr std::chrono::milliseconds mostReplicaLag{1000};
/// How long a run waits for replicas in all. One that is always behind (it applies late on purpose, it confirms seldom,
/// it is gone) must not make an hour's work of a minute's.
inline constexpr std::chrono::milliseconds mostReplicaWait{60'000};

/// What progress says meanwhile.
[[nodiscard]] inline QString waitingText()
{
    return QStringLiteral("Waiting for a replica");
}

/// Holds batches up while replicas are behind: they must not be driven further by what is deleted or put back.
/// **Thread-safety:** one thread.
class ReplicaWait final
{
public:
    /// @p rows (borrowed) is asked; null: a store without replicas that it could know of. @p most: of all waits.
    explicit ReplicaWait(store::ExpiredRows *rows, std::chrono::milliseconds most = mostReplicaWait)
        : m_rows(rows), m_left(most)
    {}

    /// To be called before each batch, outside of a transaction, and before it is asked whether that may begin; it asks
    /// once a second at most. Returns where no replica is behind by more than mostReplicaLag, where that cannot be
    /// asked, where @p call ended or @p isStopWanted, and when the time for all waits is used up: then it never waits
    /// again. Calls @p onWait once it has to wait. Whether it had to.
    [[nodiscard]] bool wait(const base::Call &call, const std::function<bool()> &isStopWanted,
                            const std::function<void()> &onWait);

    /// How far a replica was behind when the time was used up; nullopt: it is not.
    [[nodiscard]] std::optional<std::chrono::milliseconds> gaveUpAt() const { return m_gaveUpAt; }

private:
    store::ExpiredRows *m_rows;
    std::chrono::nanoseconds m_left;
    base::Call::Clock::time_point m_next{};
    std::optional<std::chrono::milliseconds> m_gaveUpAt;
};

} // namespace rollcall::revoke
