#pragma once

#include <functional>

#include "core/audit/AuditLog.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

enum class RowOutcome {
    Revoked,     ///< this operation deleted it
    AlreadyGone, ///< it was no longer there
    Changed,     ///< the key now belongs to another user: left alone
    Failed,      ///< the database refused; it is still there
    Unknown,     ///< the link broke during the commit and the row could not be read again
    NotTried,    ///< the operation stopped before it
};
enum class ProofOutcome { NotAsked, Refused, StillAccepted, Unchecked };

/// What became of one session of the plan.
struct RowReport
{
    base::Fingerprint fingerprint;
    std::optional<QString> userId;
    RowOutcome outcome = RowOutcome::Unknown;
    bool cachePurged = false;
    ProofOutcome proof = ProofOutcome::NotAsked;
    std::optional<std::chrono::milliseconds> refusedAfter; ///< from the commit to the first refusal
    QString answer;                                        ///< "200 null", "proxy-timeout", … no secrets
};

/// One thing that was done and when, for the result's list.
struct Done
{
    base::Instant at;
    QString what;
};

/// What the deployment said when it was asked for the revoked sessions, counted.
struct VerificationReport
{
    qint64 checked = 0, refused = 0, stillAccepted = 0, unchecked = 0;
    std::optional<std::chrono::milliseconds> timeToEffect; ///< from the commit to the last first-refusal
};

/// The truthful outcome of a revocation, complete also when it stopped midway.
struct RevocationReport
{
    QString auditId;
    qint64 matched = 0, revoked = 0, skipped = 0, batches = 0, cachePurged = 0;
    std::optional<VerificationReport> verification; ///< nullopt: not wanted
    std::optional<bool> canaryAccepted; ///< the check's own check; nullopt: no canary was wanted or could be made
    std::vector<RowReport> rows;        ///< in the plan's order
    std::vector<Done> log;
    std::optional<base::Error> error; ///< why it stopped midway; nullopt: carried through
    /// Why entries of revoked sessions may still be in the cache, until their time to live is over; nullopt: none is.
    std::optional<base::Error> cacheError;
    std::chrono::milliseconds took{0};
};

struct RevocationOptions
{
    QString reason;
    bool verify = false; ///< ask the deployment about each revoked session; wants its URL
    bool canary = false; ///< before the first delete show that the deployment accepts a fresh session, a row of our own
                         ///< that is removed at the end; where it does not, refusals prove nothing and are not counted
    qsizetype batchSize = 100;                   ///< rows a transaction, an upper bound
    std::chrono::milliseconds verifyFor{10'000}; ///< ask again until refused or this is over
};

struct RevocationProgress
{
    qint64 done = 0, planned = 0;
    QString step; ///< for people
};

/// Carries a plan out: audit intent (synced) → canary, where wanted → delete by key in short transactions, after each
/// the cached entries are dropped and the rows read again → ask the deployment until it refuses (only about rows whose
/// delete is committed) → audit outcome. Errors before the first delete are returned; later ones stand in the report.
/// Cancel stops at a batch border. An empty plan is done at once and not audited (auditId stays empty). Rows of a
/// transaction whose end is not known are read again over a new connection: gone counts as revoked.
/// **Thread-safety:** reentrant; run it on the write worker. @p onProgress is called on the caller's thread and, while
/// the deployment is asked, on others, one at a time. Errors: WriteRefused (fixed clock), NotRevocable, PartNotGiven
/// (verify without the deployment's URL), PlanStale, NoKeyStore, AuditUnwritable, DiskFull, KeychainFailed,
/// KeyFileUnsafe, Cancelled.
[[nodiscard]] base::Result<RevocationReport>
carryOut(const RevocationPlan &plan, const RevocationOptions &options, const deployment::Deployment &deployment,
         store::SessionStore &writeStore, audit::AuditLog &log, const base::Call &call,
         const std::function<void(const RevocationProgress &)> &onProgress = {});

} // namespace rollcall::revoke
