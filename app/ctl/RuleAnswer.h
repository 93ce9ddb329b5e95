#pragma once

#include "app/ctl/Command.h"
#include "core/revoke/NotBeforeRule.h"

namespace rollcall::ctl {

// What the commands about not-before rules share.

/// @p rules as `rule show` answers them.
[[nodiscard]] Answer ruleAnswer(const std::vector<revoke::NotBeforeRule> &rules);

/// The flags that say whose rule it is, --all and --user, of which one may be given.
[[nodiscard]] std::vector<Flag> ruleScopeFlags();

/// Whose rule it is: a user's id or e-mail; nullopt: everybody's. Errors: UsageInvalid (neither, or no such name).
[[nodiscard]] base::Result<std::optional<QString>> ruleScope(const Arguments &arguments);

/// The rule in @p rules that is of @p user alone, or everybody's; null where there is none.
[[nodiscard]] const revoke::NotBeforeRule *ruleOf(const std::vector<revoke::NotBeforeRule> &rules,
                                                  const std::optional<QString> &user);

} // namespace rollcall::ctl
