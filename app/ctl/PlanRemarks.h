#pragma once

#include "app/ctl/Command.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::ctl {

// What the commands share that make a plan: what is said of it beside its counts.

/// Says on stderr whom or what the selection of @p plan did not find, by the names that the caller typed, with a hint
/// where @p store knows users by nearly such a name; that nothing matched at all; and which of its sessions share their
/// token with other rows.
void warnAboutPlan(Context &context, const revoke::RevocationPlan &plan, const deployment::Deployment &deployment,
                   store::SessionStore &store);

/// "lines 3, 9 and 4 more": the first few of @p lines.
[[nodiscard]] QString linesText(const std::vector<int> &lines);

/// Adds `unmatched` to @p answer, where @p plan has any.
void addUnmatched(const revoke::RevocationPlan &plan, Answer &answer);

/// What is said where sessions were named that nobody has.
[[nodiscard]] QString unmatchedText(const revoke::RevocationPlan &plan);

} // namespace rollcall::ctl
