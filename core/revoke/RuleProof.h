#pragma once

#include "core/deployment/Deployment.h"
#include "core/revoke/NotBeforeRule.h"

namespace rollcall::revoke {

/// Two labelled tokens that differ in when they were issued alone: one before a rule's time, one after.
struct RuleCanaries
{
    base::SecretBytes before;
    base::SecretBytes after;
};

/// Seals them for @p notBefore; both live ten minutes from now on. Nothing is written. Errors: those of
/// engine::mintCanaryJwt().
[[nodiscard]] base::Result<RuleCanaries> mintRuleCanaries(const session::AuthProfile &profile, base::Instant notBefore,
                                                          base::Instant now);

/// What the deployment did with them.
struct RuleProof
{
    bool honoured = false; ///< it refused the older one and accepted the newer one
    QString reason; ///< "refused"; else "still-accepted", "not-asked: …", "control-refused: …" (the newer one was not
                    ///< accepted either, so that nothing is proven)
};

/// Asks the deployment about both, about the older one again until it refuses or @p wait is over: a callback may keep
/// rules for some seconds. Blocks. **Thread-safety:** reentrant. Never an error: what could not be asked is the reason.
[[nodiscard]] RuleProof proveRule(const deployment::Deployment &deployment, const RuleCanaries &canaries,
                                  std::chrono::milliseconds wait, const base::Call &call);

} // namespace rollcall::revoke
