#pragma once

#include <atomic>
#include <functional>

#include "core/audit/AuditLog.h"
#include "core/deployment/Deployment.h"
#include "core/probe/RunDocument.h"
#include "core/probe/RunPlan.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// How far a run is.
struct RunProgress
{
    qint64 done = 0;  ///< measured and warm-up samples
    qint64 total = 0; ///< 0: not known beforehand
    int block = 0;
    int blocks = 0; ///< 0: not known beforehand
    int inFlight = 0;
    qint64 errors = 0;
    bool warmup = true; ///< nothing is measured yet
    bool paused = false;
    std::optional<GuardEvent> guardPause; ///< where a guard made it pause, once at most: after it at half the rate
    std::optional<base::Instant> guardPausedUntil; ///< while that pause lasts
    std::chrono::nanoseconds elapsed{0};           ///< less the pauses
    /// The document as far as it goes: plan and cells, no verdicts. Renewed less often than the figures above, null
    /// until the first measured sample.
    std::shared_ptr<const RunDocument> partial;
};

/// What a run leaves.
struct RunOutcome
{
    RunDocument document;
    /// The canary could not be removed, or its removal not be put on record: the caller must say so. The document
    /// has a guard event "cleanup".
    std::optional<base::Error> cleanup;
};

/// Carries out @p plan on @p deployment: makes a canary where the plan wants one, measures, and removes the canary
/// whatever happens. Blocks; needs a QCoreApplication. Cancelling @p call (or its deadline) ends the run within 250 ms
/// and is not an error: the document says "cancelled". @p audit (borrowed) may be null where no row is written;
/// @p onProgress (may be empty) is called on the calling thread, ten times a second at most.
/// While @p pauseWanted (borrowed, may be null) is set, no request is begun; how long that was is an event "user-pause"
/// of the document, and pauses of more than eight minutes in all end it as cancelled. Errors: those of
/// RunPlan::validate() and CanarySession::make(), of opening the database for local cells, HostNotFound,
/// ConnectRefused, ConnectTimeout, TlsFailed, TlsUnavailable (the deployment cannot be reached at all),
/// InsecureTransport (the cookie would travel in clear), PartNotGiven (secret or database for local modes).
[[nodiscard]] base::Result<RunOutcome> runLatency(const RunPlan &plan,
                                                  const std::shared_ptr<const deployment::Deployment> &deployment,
                                                  audit::AuditLog *audit, const base::Call &call,
                                                  const std::function<void(const RunProgress &)> &onProgress = {},
                                                  const std::atomic<bool> *pauseWanted = nullptr);

} // namespace rollcall::probe
