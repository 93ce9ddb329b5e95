#pragma once

#include <functional>

#include "core/deployment/DeploymentProbe.h"

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
    QString detail;                       ///< never empty
    QString remedy;                       ///< never empty on warn and fail
    std::optional<base::ErrorCode> error; ///< what failed, where it was an error
    std::chrono::milliseconds took{0};
};

/// Everything found by a check.
struct CheckResult
{
    std::vector<Leg> legs; ///< all six, in the order of LegKind
    std::optional<store::SchemaDetection> schema;
    std::optional<store::DatabaseVersion> database;
    std::optional<DeploymentFacts> deployment;
    std::optional<base::Error> databaseError;   ///< why the database could not be read
    std::optional<base::Error> deploymentError; ///< why the deployment's answers cannot be used

    [[nodiscard]] const Leg &leg(LegKind kind) const;
};

/// Tries every leg as far as it can, database, deployment and cache side by side; nothing is written. @p onLeg (may be
/// empty) is called from worker threads as each leg is known. Blocks until all are. Every leg is always present.
[[nodiscard]] CheckResult checkConnection(const ConnectionConfig &config, const base::Clock &clock,
                                          const base::Call &call, const std::function<void(const Leg &)> &onLeg = {});

} // namespace rollcall::deployment
