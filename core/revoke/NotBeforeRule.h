#pragma once

#include <QStringList>

#include <memory>
#include <span>

#include "core/deployment/ConnectionConfig.h"

namespace rollcall::revoke {

/// From when on sessions must have begun to be accepted: a deployment with JWT sessions whose jwt callback asks for it
/// (CallbackSnippet.h) refuses older tokens, which nothing else can end one by one.
struct NotBeforeRule
{
    std::optional<QString> user; ///< id (the token's `sub`) or e-mail of the one it is for; nullopt: everybody
    base::Instant notBefore;     ///< stored in whole seconds, as tokens have them, rounded up
    base::Instant setAt;

    /// "all", "user:ID".
    [[nodiscard]] QString scope() const;
    bool operator==(const NotBeforeRule &) const = default;
};

/// Whether one of @p rules refuses a session of that user which began at @p since.
[[nodiscard]] bool isRefused(std::span<const NotBeforeRule> rules, base::Instant since,
                             const std::optional<QString> &userId, const std::optional<QString> &email);

/// Where the rules of a deployment are kept: a table of its database or keys of its Redis, read by the callback.
///
/// | | |
/// | --- | --- |
/// | SQL | table `rollcall_not_before`: `scope` (`*`, `user:ID`), `not_before` (seconds since 1970), `set_at`
/// (milliseconds) | | Redis | `rollcall:not-before:SCOPE` → the two numbers with a blank between them |
///
/// **Thread-safety:** one thread. Errors of all: those of its connection.
class RuleStore
{
public:
    RuleStore() = default;
    virtual ~RuleStore() = default;
    RuleStore(const RuleStore &) = delete;
    RuleStore &operator=(const RuleStore &) = delete;

    /// The rules in force, everybody's first, then by user; none where none was ever set.
    [[nodiscard]] virtual base::Result<std::vector<NotBeforeRule>> rules(const base::Call &call) = 0;
    /// What set() would run, values masked, for people: with the table's CREATE where it is not there.
    [[nodiscard]] virtual base::Result<QStringList> statements(const base::Call &call) = 0;
    /// Puts @p rule in the place of an earlier one of its scope; makes the table where it is not there. Errors besides:
    /// PermissionDenied (Table, Right).
    [[nodiscard]] virtual base::Status set(const NotBeforeRule &rule, const base::Call &call) = 0;
    /// Removes the rule of @p user alone, or everybody's; fine where there is none.
    [[nodiscard]] virtual base::Status remove(const std::optional<QString> &user, const base::Call &call) = 0;
    /// What remove() would run, values masked, for people.
    [[nodiscard]] virtual QString removalStatement() const = 0;
};

/// Opens the store of rules of @p config: its database, else its Redis cache. Errors: PartNotGiven (neither),
/// those of ConnectionConfig::checkCache() and of connecting.
[[nodiscard]] base::Result<std::unique_ptr<RuleStore>> openRuleStore(const deployment::ConnectionConfig &config,
                                                                     store::Access access, const base::Call &call);

} // namespace rollcall::revoke
