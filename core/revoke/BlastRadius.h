#pragma once

#include "core/deployment/Deployment.h"

namespace rollcall::revoke {

/// Whom it signs out that a JWT deployment's secret is changed, or that a rule ends everybody's sessions, as far as
/// that can be counted. **Thread-safety:** plain value.
struct BlastRadius
{
    std::optional<qint64> users; ///< rows of its users table: most who are signed in are among them; nullopt: not known
    QString whyNot;              ///< why not, for people; empty where they are

    /// All of it for people: what is known, and what nobody can know.
    [[nodiscard]] QString text() const;
};

/// Counts it. Reads only, within @p call. Never an error: what cannot be counted is not known. **Thread-safety:**
/// reentrant.
[[nodiscard]] BlastRadius blastRadiusOf(const deployment::Deployment &deployment, const base::Call &call);

} // namespace rollcall::revoke
