#pragma once

#include <QString>

#include <optional>

namespace rollcall::probe {

/// By what a session of an experiment with revocations is ended.
enum class RevokedBy {
    Row,     ///< its row is deleted
    Rule,    ///< a not-before rule for its user
    Nothing, ///< a JWT of which the deployment is told nothing: there is nothing to revoke by
};

/// What sessions such are called: "database", "jwt-not-before", "jwt".
[[nodiscard]] QString revokedByName(RevokedBy by);
/// Reads that.
[[nodiscard]] std::optional<RevokedBy> revokedByOf(const QString &name);

} // namespace rollcall::probe
