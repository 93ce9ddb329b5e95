#pragma once

#include <functional>

#include "core/deployment/ConnectionConfig.h"

namespace rollcall::deployment {

enum class LegKind { Database, Schema, Secret, Deployment, Cache, Clock };
enum class LegStatus { Ok, Warn, Fail, Skipped };

/// "database", "schema", "secret", "deployment", "cache", "clock".
[[nodiscard]] QString legName(LegKind kind);
/// "ok", "warn", "fail", "skipped".
[[nodiscard]] QString legStatusName(LegStatus status);

/// What trying one leg found.
struct Leg
{
    LegKind kind = LegKind::Database;
    LegStatus status = LegStatus::Skipped;
    QString detail;   ///< never empty
    QString remedy;   ///< never empty on warn and fail
    std::optional<base::ErrorCode> error; ///< what failed, where it was an error
    std::chrono::milliseconds took{0};
};

/// What the deployment's own answers tell (GET csrf, GET session without a cookie).
struct DeploymentFacts
{
    std::optional<session::AuthVersion> version; ///< by the csrf cookie's name and the empty body
    bool secureCookies = false;                  ///< by the csrf cookie's prefix
    std::optional<bool> secretMatches;           ///< by csrf = T|SHA-256(T + secret); nullopt: no secret given or no cookie to be had
    std::optional<base::Instant> serverTime;     ///< Date header
    QStringList providers;                       ///< GET providers, ids
};

/// Everything found by a check.
struct CheckResult
{
    std::vector<Leg> legs;                       ///< all six, in the order of LegKind
    std::optional<store::SchemaDetection> schema;
    std::optional<store::DatabaseVersion> database;
    std::optional<DeploymentFacts> deployment;

    [[nodiscard]] const Leg &leg(LegKind kind) const;
};

/// Tries every leg as far as it can, database and deployment side by side; nothing is written. @p onLeg (may be empty)
/// is called from worker threads as each leg is known. Blocks until all are. Every leg is always present.
[[nodiscard]] CheckResult checkConnection(const ConnectionConfig &config, const base::Clock &clock, const base::Call &call,
                                          const std::function<void(const Leg &)> &onLeg = {});

/// Asks the deployment (csrf, session without cookie, providers). Errors: those of HttpClient, DeploymentNotAuthJs,
/// DeploymentRedirected, DeploymentStatus.
[[nodiscard]] base::Result<DeploymentFacts> askDeployment(const ConnectionConfig &config, const base::Call &call);

} // namespace rollcall::deployment
