#pragma once

#include "core/revoke/Revoker.h"
#include "core/revoke/UndoIndex.h"
#include "core/revoke/UndoRecord.h"

namespace rollcall::revoke {

/// Exactly what a restore will put back, before consent. The rows themselves stay in the record. Holds no token.
struct RestorePlan
{
    UndoHead of; ///< the revocation
    UndoIndex kept;
    qint64 users = 0; ///< distinct users

    [[nodiscard]] qint64 count() const { return static_cast<qint64>(kept.rows.size()); }
};

struct RestoreOptions
{
    QString reason;
    qsizetype batchSize = 100; ///< rows a transaction, an upper bound
};

/// A row that was not put back.
struct LeftOut
{
    base::Fingerprint fingerprint;
    std::optional<QString> userId;
    store::RestoreOutcome why = store::RestoreOutcome::ThereAgain;
};

/// The truthful outcome of a restore, complete also when it stopped midway. Counts are those of all its runs.
struct RestoreReport
{
    QString auditId;
    qint64 matched = 0, restored = 0, batches = 0;
    qint64 thereAgain = 0;        ///< left alone: another row is in the way, see store::RestoreOutcome
    qint64 userGone = 0;          ///< left alone: its user is gone
    std::vector<LeftOut> leftOut; ///< which these are, mostNamed at most; not those that another restore had done with
    std::vector<Done> log;
    std::optional<base::Error> error; ///< why it stopped midway; nullopt: carried through
    bool resumable = false;           ///< it stopped midway and stands among the unfinished operations

    static constexpr std::size_t mostNamed = 1'000;

    [[nodiscard]] qint64 skipped() const { return thereAgain + userGone; }
};

/// Reads what the revocation @p auditId deleted. Writes nothing to the database, and asks it only which tables are its
/// sessions'. Errors: WriteRefused (Part "undo": the revocation has not ended, its window is over, it was put back
/// already, or nothing was kept), NotFound, PlanStale (another database, schema or table), NoKeyStore, FileUnreadable,
/// FileFormatInvalid, those of Deployment::openStore().
[[nodiscard]] base::Result<RestorePlan> planRestore(const QString &auditId, const deployment::Deployment &deployment,
                                                    const audit::AuditLog &log, const OperationPlace &place,
                                                    const base::Call &call);

/// Puts the rows of @p plan back, read from the record a batch at a time: journal → audit intent (synced) → batches in
/// short transactions, each between two lines of the journal → audit outcome → the undo record is destroyed → the
/// journal is removed. A row whose key or token exists again, or whose user is gone, is left out. Where users are gone,
/// or it was cancelled, the record stays until its window ends, with the rows alone that were not put back: another
/// restore tries them. Errors before the first row are returned; later ones stand in the report. Cancel stops at a
/// batch border and ends the operation; where the database goes away, or this process does, it stays in @p place, for
/// resumeRestore().
/// **Thread-safety:** reentrant; run it on the write worker. Errors: WriteRefused (fixed clock), PlanStale (another
/// schema or table), NoKeyStore, FileUnwritable, AuditUnwritable, DiskFull, KeychainFailed, KeyFileUnsafe, Cancelled.
[[nodiscard]] base::Result<RestoreReport> carryOut(const RestorePlan &plan, const RestoreOptions &options,
                                                   const deployment::Deployment &deployment,
                                                   store::SessionStore &writeStore, audit::AuditLog &log,
                                                   const OperationPlace &place, const base::Call &call,
                                                   const OnProgress &onProgress = {});

/// Carries the restore @p id through to its end. Rows of a batch that was under way when it stopped count as put back
/// where they are there. Otherwise as carryOut(). Errors: those, NotFound, WriteRefused (it is running), PlanStale
/// (also: another database, or no restore), FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<RestoreReport> resumeRestore(const QString &id, const deployment::Deployment &deployment,
                                                        store::SessionStore &writeStore, audit::AuditLog &log,
                                                        const OperationPlace &place, const base::Call &call,
                                                        const OnProgress &onProgress = {});

} // namespace rollcall::revoke
