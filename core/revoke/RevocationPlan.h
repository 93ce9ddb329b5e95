#pragma once

#include <optional>
#include <vector>

#include "core/deployment/Deployment.h"

namespace rollcall::revoke {

/// What a revocation is to end: named sessions, all of a user, or all that a query matches.
struct Selection
{
    QStringList sessions;                    ///< row ids or fingerprints
    std::optional<store::SessionQuery> query; ///< a user, filters, or everyone; its limit is ignored
    [[nodiscard]] QString describe() const;  ///< for people and the audit log; no personal data beyond what was typed
};

/// Exactly what a revocation will touch, frozen before consent. Holds tokens: never leaves memory in this form. Move-only.
struct RevocationPlan
{
    QString digest;                       ///< hex SHA-256 over the frozen keys' fingerprints, users and the statement
    base::Instant frozenAt;
    Selection selection;
    std::vector<store::PlannedRow> rows;
    QStringList unmatched;                ///< named sessions that nobody has
    qint64 users = 0;                     ///< distinct users touched
    QString statement;                    ///< the DELETE with parameters masked
    bool verifiable = false;              ///< a cookie can be formed and the deployment's URL is known
};

/// Reads the matching rows and freezes them. Never writes. Errors: those of the store, TooManyMatched (more than @p max).
[[nodiscard]] base::Result<RevocationPlan> freezePlan(const deployment::Deployment &deployment, store::SessionStore &store,
                                                      Selection selection, qint64 max, const base::Call &call);

/// Why sessions of a JWT deployment cannot be revoked, and until when their tokens are accepted.
struct NotRevocable
{
    std::optional<base::Instant> acceptedUntil; ///< latest expiry if nothing renews it; nullopt: unknown or without end
    QString explanation;
    QString remedy;
};
[[nodiscard]] NotRevocable explainNotRevocable(const deployment::Deployment &deployment);

} // namespace rollcall::revoke
