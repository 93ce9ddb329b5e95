#pragma once

#include <vector>

#include "core/session/AuthProfile.h"
#include "core/workspace/DotEnv.h"

namespace rollcall::workspace {

/// The names of the variables from which @p version takes its secrets, current first; none where it would have none.
/// **Source:** facts/session-protocol.md §6: v4 `NEXTAUTH_SECRET ?? AUTH_SECRET`; v5 `AUTH_SECRET ?? NEXTAUTH_SECRET`,
/// and only where that is unset or empty `AUTH_SECRET_3, _2, _1`; Better Auth `BETTER_AUTH_SECRET ?? AUTH_SECRET`. An
/// empty string counts as set (`??`), and is then no secret.
[[nodiscard]] std::vector<QByteArray> secretVariables(session::AuthVersion version, const DotEnv &env);

/// What the names of the variables suggest about the library: nullopt where they suggest nothing. v5 reads v4's names
/// too, so this is a hint, never proof.
[[nodiscard]] std::optional<session::AuthVersion> suggestedVersion(const DotEnv &env);

} // namespace rollcall::workspace
