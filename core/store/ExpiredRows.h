#pragma once

#include <functional>

#include "core/store/SessionStore.h"

namespace rollcall::store {

/// A stretch of the table in the order in which it is walked. Positions may be tokens.
struct PruneRange
{
    base::SecretBytes after;                ///< empty: from the beginning
    std::optional<base::SecretBytes> until; ///< inclusive; nullopt: as far as the step's rows reach
};

/// What one step of a prune did, or is about to commit.
struct PruneStep
{
    qint64 deleted = 0;
    std::optional<base::SecretBytes> next; ///< where the next step begins; nullopt: this was the last
};

/// Deletes rows that are long expired, stretch by stretch of the table, each stretch in a transaction of its own.
/// PostgreSQL (14 and newer, a plain table): by ranges of the heap's blocks. Elsewhere: by ranges of the key; where no
/// index leads with the key, all at once.
/// **Thread-safety:** as the store that it belongs to. Errors of all functions: those of SessionStore.
class ExpiredRows
{
public:
    /// Is told of a step before it is committed; an Error undoes the step and is returned by prune().
    using BeforeCommit = std::function<base::Status(const PruneStep &step)>;

    virtual ~ExpiredRows() = default;

    /// Exactly how many rows ended before @p before, orphans among them; none whose expiry cannot be read.
    [[nodiscard]] virtual base::Result<qint64> count(base::Instant before, const base::Call &call) = 0;

    /// Deletes those of @p range that ended before @p before when they are deleted: at most @p rows, or as many as the
    /// range has where it says where it ends. The last step by key takes the rows without a key as well (SQLite allows
    /// them), which no bound can divide: it alone may exceed @p rows. Only on a store for writing. Errors besides: WriteRefused, those of
    /// @p beforeCommit.
    [[nodiscard]] virtual base::Result<PruneStep> prune(const PruneRange &range, base::Instant before, qint64 rows,
                                                        const BeforeCommit &beforeCommit, const base::Call &call) = 0;

    /// How far the slowest replica is behind; nullopt where there is none, or this role may not know.
    [[nodiscard]] virtual base::Result<std::optional<std::chrono::milliseconds>> replicaLag(const base::Call &call) = 0;

    /// The statement of a step, with parameters as $1, $2, …: for the preview.
    [[nodiscard]] virtual QString statement() const = 0;
};

} // namespace rollcall::store
