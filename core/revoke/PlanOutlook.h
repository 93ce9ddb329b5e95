#pragma once

#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

/// What a frozen plan comes to beside its rows: said before consent, in the window and on the command line alike. Holds
/// no token. **Thread-safety:** plain value.
struct PlanOutlook
{
    /// The statements, with parameters masked: tokens stand as ‹fingerprints›.
    QStringList statements;
    /// Keys that are removed from the cache, those of the first few sessions, tokens masked likewise; empty where the
    /// deployment's copies are not known (no cache, or none of its keys are named).
    QStringList cacheKeys;
    qint64 cachedCopies = 0; ///< at most so many keys
    /// For people: from when a revoked session is refused.
    QString window;
    /// For people, a sentence each: that rows were added which hold a token of a chosen one, and which sessions other
    /// users' rows keep alive, or that this is not known; empty: none.
    QString sharing;
    QString heldByOthers;
    /// How many of the sessions are of ConnectionProfile::ownUser; nullopt: that is not known.
    std::optional<qint64> own;
};

/// What @p plan comes to at @p deployment. Asks nobody. **Thread-safety:** thread-safe.
[[nodiscard]] PlanOutlook outlookOf(const RevocationPlan &plan, const deployment::Deployment &deployment);

} // namespace rollcall::revoke
