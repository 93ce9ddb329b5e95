#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/revoke/Revoker.h"

namespace rollcall::revoke {

/// A revoked session to ask about.
struct Suspect
{
    const base::SecretBytes *token = nullptr; ///< borrowed for the call
    /// When its delete was committed; nullopt: another process did it, and when is not known.
    std::optional<base::Call::Clock::time_point> committed;
    RowReport *report = nullptr; ///< proof, refusedAfter, acceptedUntil and answer are set here
};

/// Why no revoked session of @p deployment can be asked about, for people; empty: it can. Better Auth signs its
/// cookies, so that none can be formed without its secret. **Thread-safety:** pure.
[[nodiscard]] QString whyUnverifiable(const deployment::Deployment &deployment);

/// Asks the deployment about each of @p suspects, at most four at a time, again with short pauses until it refuses or
/// @p verifyFor is over. Sets each report's proof: Refused where it answered no session and cleared the cookie (so it
/// did look at it), StillAccepted where the last answer was a session, else Unchecked. Where nothing answers any more,
/// the rest is left Unchecked instead of waiting for each. @p onDone is called after each, one at a time, from any
/// thread.
/// **Thread-safety:** reentrant. Never an error: what could not be asked is Unchecked. Only where whyUnverifiable() is
/// empty.
/// **Source:** facts/session-protocol.md §4.1, §9 (picture C, and A: an empty answer without clearing has not seen the
/// cookie), §8.2.
void verifyRefusals(std::vector<Suspect> &suspects, const deployment::Deployment &deployment,
                    std::chrono::milliseconds verifyFor, const base::Call &call, const std::function<void()> &onDone);

/// Whether the deployment gives a session for @p token within @p wait; nullopt where it gave no answer that says so, or
/// @p call was cancelled. @p answer says what came last. **Thread-safety:** reentrant; blocks.
[[nodiscard]] std::optional<bool> isAccepted(const base::SecretBytes &token, const deployment::Deployment &deployment,
                                             std::chrono::milliseconds wait, const base::Call &call, QString &answer);

} // namespace rollcall::revoke
