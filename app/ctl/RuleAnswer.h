#pragma once

#include "app/ctl/Command.h"
#include "core/revoke/NotBeforeRule.h"

namespace rollcall::ctl {

// What the commands about not-before rules share.

/// @p rules as `rule show` answers them.
[[nodiscard]] Answer ruleAnswer(const std::vector<revoke::NotBeforeRule> &rules);

/// The flags that say whose rule it is, --all and --user, of which one may be given.
[[nodiscard]] std::vector<Flag> ruleScopeFlags();

/// The flags of a command that changes a rule: whose, @p more of its own, --dry-run, which @p dryRun is about, and
/// those of every act.
[[nodiscard]] std::vector<Flag> ruleActFlags(const std::vector<Flag> &more, const QString &dryRun);

/// The rules of a connection: where they are kept, open, and which are in force.
struct OpenRules
{
    std::unique_ptr<revoke::RuleStore> place;
    std::vector<revoke::NotBeforeRule> inForce;
};

/// Opens the rules of @p config. Errors: those of revoke::openRuleStore() and RuleStore::rules().
[[nodiscard]] base::Result<OpenRules> openRules(Context &context, const deployment::ConnectionConfig &config,
                                                store::Access access);

/// The same for a command that changes one: to read alone with --dry-run, else where consent can be given. Errors:
/// those, and of checkConsentPossible().
[[nodiscard]] base::Result<OpenRules> openRulesToChange(Context &context, const deployment::ConnectionConfig &config);

/// Whose rule it is: a user's id or e-mail; nullopt: everybody's. Errors: UsageInvalid (neither, or no such name).
[[nodiscard]] base::Result<std::optional<QString>> ruleScope(const Arguments &arguments);

/// The rule in @p rules that is of @p user alone, or everybody's; null where there is none.
[[nodiscard]] const revoke::NotBeforeRule *ruleOf(const std::vector<revoke::NotBeforeRule> &rules,
                                                  const std::optional<QString> &user);

} // namespace rollcall::ctl
