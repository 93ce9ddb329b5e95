#pragma once

#include <QString>

#include <optional>

#include "core/deployment/ConnectionConfig.h"

namespace rollcall::revoke {

/// By which client the deployment reads the not-before rules (NotBeforeRule.h).
enum class RuleClient {
    Pg,           ///< `pg`
    Mysql2,       ///< `mysql2`
    BetterSqlite, ///< `better-sqlite3`
    Redis,        ///< `redis`
    Upstash,      ///< Upstash's REST, by fetch alone
};

/// "pg", "mysql2", "better-sqlite3", "redis", "upstash".
[[nodiscard]] QString ruleClientName(RuleClient client);
[[nodiscard]] std::optional<RuleClient> ruleClientOf(const QString &name);
/// The client that fits where openRuleStore() keeps the rules of @p config; nullopt where it keeps them nowhere.
[[nodiscard]] std::optional<RuleClient> ruleClientFor(const deployment::ConnectionConfig &config);

/// A JavaScript module for the deployment: its `endSessions(own)` makes a jwt callback that refuses sessions which
/// began before a rule in force, and otherwise does what the deployment's own callback does. How it is put in stands in
/// its head. @p version is V4 or V5: the first refuses by throwing (its callback must not return null), the second by
/// null. A session begins when somebody signs in: the callback writes that into the token, as every session request
/// issues the token anew; for tokens from before the callback it is the time of their last issue.
/// **Source:** facts/session-protocol.md §4.1. **Thread-safety:** pure.
[[nodiscard]] QString callbackSnippet(session::AuthVersion version, RuleClient client);

/// The claim in which the callback keeps when a session began, in seconds since 1970.
inline constexpr char sinceClaim[] = "rollcallSince";

} // namespace rollcall::revoke
