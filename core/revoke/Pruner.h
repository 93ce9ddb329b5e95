#pragma once

#include "core/revoke/BatchPace.h"
#include "core/revoke/Revoker.h"
#include "core/store/ExpiredRows.h"

namespace rollcall::revoke {

/// Rows stay so long past their expiry by default: that outlasts any mistake about a time zone.
inline constexpr std::chrono::hours usualPruneMargin{24};
/// The largest transaction of a prune, in rows. Time ends one sooner (BatchPace); were it lower, a prune at full speed
/// would wait for its journal more often than it need.
inline constexpr qint64 largestPruneBatch = 1'000'000;

struct PruneOptions
{
    std::chrono::milliseconds olderThan = usualPruneMargin; ///< past the expiry
    QString reason;
    qint64 batchSize = largestPruneBatch; ///< rows a transaction, an upper bound; what they take decides
    bool paced = true;                    ///< with rests between the transactions, so that others notice little
};

/// What a prune will delete, before consent.
struct PrunePlan
{
    base::Instant before; ///< rows that ended before it
    qint64 matched = 0;
    QString statement; ///< of one step, with parameters masked
    QString zone;      ///< IANA name of the zone in which times that name none are read
    QString digest;    ///< hex SHA-256 over statement, @ref before and zone
    PruneOptions options;
};

/// Counts the rows that ended longer ago than the options say. Writes nothing. Errors: those of the store,
/// NotRevocable (JWT), WriteRefused (less than usualPruneMargin where expiries name no zone and none was said, or depend
/// on that of who wrote them; a store
/// whose rows cannot be pruned), TooManyMatched (more than @p max).
[[nodiscard]] base::Result<PrunePlan> planPrune(const PruneOptions &options, const deployment::Deployment &deployment,
                                                store::SessionStore &store, qint64 max, const base::Call &call);

/// Carries a prune out: journal → audit intent (synced) → steps through the table, each in a short transaction that is
/// sized by how long the last ones took, each noted before its commit → audit outcome → the journal is removed. What
/// was refreshed meanwhile stays: each statement sees for itself what is expired. There is no undo. Where rows are held
/// by others, or replicas fall behind, it waits and makes smaller steps. Cancel, an outage and a process that dies are
/// as with a revocation; resumePrune() goes on where it stood. In the report `revoked` is what was deleted, `skipped`
/// what was planned and no longer expired or there. **Thread-safety:** reentrant; run it on the write worker. Errors
/// before the first step are returned: WriteRefused (fixed clock; as planPrune()), PlanStale (other tables, another
/// zone), NoKeyStore, FileUnwritable, AuditUnwritable, DiskFull, KeychainFailed, KeyFileUnsafe, Cancelled.
[[nodiscard]] base::Result<RevocationReport> carryOut(const PrunePlan &plan, const deployment::Deployment &deployment,
                                                      store::SessionStore &writeStore, audit::AuditLog &log,
                                                      const OperationPlace &place, const base::Call &call,
                                                      const OnProgress &onProgress = {});

/// Carries the prune @p id through to its end. A step whose commit is not known is done once more, and counted once.
/// Errors: those of carryOut(), NotFound, WriteRefused (it is running), PlanStale (another connection, or no prune),
/// FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<RevocationReport> resumePrune(const QString &id, const deployment::Deployment &deployment,
                                                         store::SessionStore &writeStore, audit::AuditLog &log,
                                                         const OperationPlace &place, const base::Call &call,
                                                         const OnProgress &onProgress = {});

} // namespace rollcall::revoke
