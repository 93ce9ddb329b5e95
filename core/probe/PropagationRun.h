#pragma once

#include <functional>

#include "core/audit/AuditLog.h"
#include "core/deployment/Deployment.h"
#include "core/probe/Guard.h"
#include "core/probe/PropagationAsker.h"
#include "core/probe/PropagationFigures.h"
#include "core/probe/PropagationPlan.h"

namespace rollcall::probe {

/// What one way of asking tells about revocations.
struct PropagationCell
{
    PropagationArm arm;
    PropagationFigures figures;
    std::map<int, int> statuses; ///< how often the deployment answered with neither session nor null, by HTTP status
    bool operator==(const PropagationCell &) const = default;
};

/// How far an experiment is.
struct PropagationProgress
{
    int done = 0; ///< trials that have ended
    int total = 0;
    std::vector<PropagationCell> cells; ///< as far as they are known
    std::chrono::nanoseconds elapsed{0};
};

/// What an experiment leaves.
struct PropagationOutcome
{
    std::vector<PropagationCell> cells; ///< strategy by strategy, modes in the plan's order
    bool cancelled = false;             ///< the caller stopped it: `cells` hold what was done until then
    std::optional<GuardEvent> guard;    ///< a guard stopped it
    QStringList notes;                  ///< what was left out and why, and when it paused, for people
    std::optional<base::Error> error;   ///< why it ended early, or what could not be removed; canaries had been made
    QString auditId;                    ///< the operation in the audit log; empty where nothing was written
};

/// Measures how long sessions outlive their revocation: makes canary sessions, uses each for a random while, ends it
/// and goes on asking until it is refused for good, by each of @p plan's modes. Rows are deleted alone: what is cached
/// is left to its time to live, as it would be where the application deletes them. JWT sessions are tried without any
/// revocation and, where the plan may write and there is a place for it, with a not-before rule for the canary alone.
/// Trials run side by side, bounded by the guards' rate, in random order; at a 429 or 503 they pause
/// (PropagationBoard::probed()). What was made is removed whatever happens;
/// where rows or rules are written the whole is one act in @p audit (borrowed; may be null where nothing is written).
/// Blocks; probes go out from threads of its own. Cancelling @p call is an outcome, not an error. @p onProgress (may be
/// empty) is called on the calling thread, ten times a second at most.
/// Errors: those of PropagationPlan::validate(), WriteRefused (rows are needed and may not be written, or there is no
/// audit log), PartNotGiven, SecretMissing, those of connecting, of the store, of openRuleStore() and of
/// AuditLog::append(); where removing failed, that error, because of which canaries may be left.
/// **Thread-safety:** reentrant. **Source:** facts/latency-method.md §4.1; the unprobed arm is left out.
[[nodiscard]] base::Result<PropagationOutcome>
runPropagation(const PropagationPlan &plan, const std::shared_ptr<const deployment::Deployment> &deployment,
               audit::AuditLog *audit, const base::Call &call,
               const std::function<void(const PropagationProgress &)> &onProgress = {});

} // namespace rollcall::probe
