#pragma once

#include <functional>

#include "core/audit/AuditLog.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

enum class RowOutcome { Revoked, AlreadyGone, Changed, Failed, Unknown };
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
    QString answer;                                         ///< "200 null", "proxy-timeout", … no secrets
};

/// One thing that was done and when, for the result's list.
struct Done
{
    base::Instant at;
    QString what;
};

/// The truthful outcome of a revocation, complete also when it stopped midway.
struct RevocationReport
{
    QString auditId;
    qint64 matched = 0, revoked = 0, skipped = 0, batches = 0, cachePurged = 0;
    struct Verification
    {
        qint64 checked = 0, refused = 0, stillAccepted = 0, unchecked = 0;
        std::optional<std::chrono::milliseconds> timeToEffect; ///< from the commit to the last first-refusal
    };
    std::optional<Verification> verification;
    std::vector<RowReport> rows;
    std::vector<Done> log;
    std::optional<base::Error> error;  ///< why it stopped midway; nullopt: carried through
    std::chrono::milliseconds took{0};
};

struct RevocationOptions
{
    QString reason;
    bool verify = false;
    qsizetype batchSize = 100;                       ///< rows a transaction, an upper bound
    std::chrono::milliseconds verifyFor{10'000};     ///< ask again until refused or this is over
};

struct RevocationProgress
{
    qint64 done = 0, planned = 0;
    QString step; ///< for people
};

/// Carries a plan out: audit intent (synced) → delete by key in short transactions → purge caches → ask the deployment
/// until it refuses (only about rows whose delete is committed) → audit outcome. Errors before the first delete
/// are returned; later ones stand in the report. Cancel stops at a batch border.
/// **Thread-safety:** reentrant; run it on the write worker.
/// Errors: WriteRefused (fixed clock), NoKeyStore, AuditUnwritable, KeychainFailed, PlanStale.
[[nodiscard]] base::Result<RevocationReport> carryOut(const RevocationPlan &plan, const RevocationOptions &options,
                                                      const deployment::Deployment &deployment,
                                                      store::SessionStore &writeStore, audit::AuditLog &log,
                                                      const base::Call &call,
                                                      const std::function<void(const RevocationProgress &)> &onProgress = {});

} // namespace rollcall::revoke
