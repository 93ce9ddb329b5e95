#pragma once

#include <QtGlobal>

#include <chrono>
#include <optional>

#include "core/base/Call.h"

namespace rollcall::revoke {

/// How hard the database may be worked.
struct Pacing
{
    std::chrono::milliseconds step{20}; ///< a transaction is to take so long
    double share = 0.04;                ///< of the time that transactions may take; 1: no rest between them
};

/// Work at full speed, in transactions that still stay short.
[[nodiscard]] constexpr Pacing unpaced()
{
    return {std::chrono::milliseconds(250), 1};
}

/// Sizes batches by how long the last ones took, and says how long to rest between them: other users of the database
/// are to notice as little as may be. **Thread-safety:** one thread.
class BatchPace final
{
public:
    /// Sizes from @p first on, at most @p most.
    BatchPace(Pacing pacing, qint64 first, qint64 most);

    [[nodiscard]] qint64 size() const { return m_size; }
    /// A batch of size() took so long; how long to rest before the next.
    [[nodiscard]] std::chrono::nanoseconds took(std::chrono::nanoseconds time);
    /// A batch gave up waiting for rows that others hold, or stood in another's way; how long to rest before it is
    /// tried again, nullopt where that was tried often enough.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> wasBlocked();
    /// Replicas fell behind, and were waited for: batches are to be smaller.
    void replicasWereBehind();

private:
    Pacing m_pacing;
    qint64 m_size;
    qint64 m_most;
    int m_blocked = 0; ///< in a row
};

/// Whether a batch failed only because others held what it wanted, so that it may be tried again.
[[nodiscard]] bool isBlocked(const base::Error &error);

/// Waits for @p time; false where @p call ended before. Never over a batch: a transaction is not left open.
[[nodiscard]] bool rest(std::chrono::nanoseconds time, const base::Call &call);

} // namespace rollcall::revoke
