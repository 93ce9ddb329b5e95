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

/// What the deployment did with the canaries.
enum class RuleOutcome {
    Honoured,       ///< it refused the older one and accepted the newer one
    StillAccepted,  ///< it accepted both
    ControlRefused, ///< it did not accept the newer one either, so that nothing is proven
    NotAsked,       ///< it could not be asked about the older one, so that nothing is proven
};

/// "refused", "still-accepted", "control-refused", "not-asked".
[[nodiscard]] QString ruleOutcomeName(RuleOutcome outcome);

/// The outcome, and what the deployment said where that is why nothing is proven.
struct RuleProof
{
    RuleOutcome outcome = RuleOutcome::NotAsked;
    QString answer; ///< "200 null", "proxy-timeout", …; empty where the outcome says all

    [[nodiscard]] bool isHonoured() const { return outcome == RuleOutcome::Honoured; }
};

/// Asks the deployment about both, about the older one again until it refuses or @p wait is over: a callback may keep
/// rules for some seconds. Blocks. **Thread-safety:** reentrant. Never an error: that it could not be asked is an
/// outcome.
[[nodiscard]] RuleProof proveRule(const deployment::Deployment &deployment, const RuleCanaries &canaries,
                                  std::chrono::milliseconds wait, const base::Call &call);

} // namespace rollcall::revoke
