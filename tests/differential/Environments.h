#pragma once

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// Moves the deployment of @p recipe (members version, secrets, url) into an environment: variables that name its
/// address, say whether to trust the host and hold its secrets, and headers of a proxy before it. Some of its options
/// are left to the environment then.
void settle(Random &random, JsonValue &recipe);

/// Whether the endpoint of @p recipe has secure cookies: the names that a browser would hold.
[[nodiscard]] bool hasSecureCookies(const JsonValue &recipe);

} // namespace rollcall::differential
