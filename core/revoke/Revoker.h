#pragma once

#include <functional>

#include "core/revoke/Approval.h"
#include "core/revoke/Operations.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

struct RevocationOptions
{
    QString reason;
    bool verify = false; ///< ask the deployment about each revoked session; wants its URL
    bool canary = false; ///< before the first delete show that the deployment accepts a fresh session, a row of our own
                         ///< that is removed at the end; where it does not, refusals prove nothing and are not counted
    bool recordsNames = false;                   ///< the audit log is to name whom was chosen as it was typed
    qsizetype batchSize = 100;                   ///< rows a transaction, an upper bound
    std::size_t mostAsked = 1'000;               ///< of more revoked sessions a random sample so large is asked about
    std::chrono::milliseconds verifyFor{10'000}; ///< ask again until refused or this is over
    std::chrono::milliseconds undoFor = std::chrono::hours(24); ///< deleted rows are kept so long; 0: not at all
    std::optional<Approval> approval; ///< of the plan, where the connection demands one; named in the audit log
};

struct RevocationProgress
{
    qint64 done = 0, planned = 0;
    QString step; ///< for people
};

using OnProgress = std::function<void(const RevocationProgress &)>;

/// Carries a plan out: journal with the sealed plan → audit intent (synced) → canary, where wanted → delete by key in
/// short transactions, each between two lines of the journal, the deleted rows sealed on disk before the commit, where
/// undo is wanted and can be had (UndoRecord; else the report says why not); after each the cached entries are dropped
/// and the rows read again → ask the deployment until it refuses (only about rows whose delete is committed) → audit
/// outcome → the journal is removed. Errors before the first delete are returned; later ones stand in the report.
/// Cancel stops at a batch border and ends the operation. Where the database goes away midway, or this process does, or
/// cached entries of rows that are gone could not be dropped, the operation stays in @p place, for resumeOperation().
/// An empty plan is done at once and not audited (auditId stays empty). Rows of a transaction whose end is not known
/// are read again over a new connection: gone counts as revoked.
/// **Thread-safety:** reentrant; run it on the write worker. @p onProgress is called on the caller's thread and, while
/// the deployment is asked, on others, one at a time. Errors: WriteRefused (fixed clock), NotRevocable, PartNotGiven
/// (verify without the deployment's URL), those of checkApproved() and checkUnused(), PlanStale, NoKeyStore,
/// FileUnwritable, AuditUnwritable, DiskFull, KeychainFailed, KeyFileUnsafe, Cancelled.
[[nodiscard]] base::Result<RevocationReport> carryOut(const RevocationPlan &plan, const RevocationOptions &options,
                                                      const deployment::Deployment &deployment,
                                                      store::SessionStore &writeStore, audit::AuditLog &log,
                                                      const OperationPlace &place, const base::Call &call,
                                                      const OnProgress &onProgress = {});

/// Carries the operation @p id through to its end with the plan as it was frozen: rows of a batch that was under way
/// when it stopped count as revoked where they are gone, and are tried where they are there; rows that were not tried
/// or failed are tried; no other row is touched. The report counts all its runs. Each run has an intent and an outcome
/// in the audit log. Otherwise as carryOut(). Errors: those, NotFound, WriteRefused (it is running), PlanStale (the
/// connection is another one), FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<RevocationReport> resumeOperation(const QString &id,
                                                             const deployment::Deployment &deployment,
                                                             store::SessionStore &writeStore, audit::AuditLog &log,
                                                             const OperationPlace &place, const base::Call &call,
                                                             const OnProgress &onProgress = {});

} // namespace rollcall::revoke
