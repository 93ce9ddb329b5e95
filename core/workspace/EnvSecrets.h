#pragma once

#include <vector>

#include "core/session/AuthProfile.h"
#include "core/workspace/DotEnv.h"

namespace rollcall::workspace {

/// A secret and the variable that it stands in.
struct EnvSecret
{
    QByteArray variable;
    base::SecretBytes value;
};

/// The secrets that @p version takes from the variables, current first; none where it would have none.
/// Errors: UsageInvalid (BETTER_AUTH_SECRETS is malformed; Better Auth does not start with it).
/// **Source:** facts/session-protocol.md §6: v4 `NEXTAUTH_SECRET ?? AUTH_SECRET`; v5 `AUTH_SECRET ?? NEXTAUTH_SECRET`,
/// and only where that is unset or empty `AUTH_SECRET_3, _2, _1` (an empty string counts as set for `??`, and is then
/// no secret); §8.5: Better Auth as session::betterAuthSecrets().
[[nodiscard]] base::Result<std::vector<EnvSecret>> environmentSecrets(session::AuthVersion version, const DotEnv &env);

/// What the names of the variables suggest about the library: nullopt where they suggest nothing. v5 reads v4's names
/// too, so this is a hint, never proof.
[[nodiscard]] std::optional<session::AuthVersion> suggestedVersion(const DotEnv &env);

} // namespace rollcall::workspace
