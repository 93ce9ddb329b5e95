#pragma once

#include <vector>

#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"
#include "tests/differential/Json.h"

namespace rollcall::differential {

/// What our engine makes of @p request, in the form in which node/oracle.mjs answers. **Thread-safety:** thread-safe.
[[nodiscard]] JsonValue answerOf(const JsonValue &request);

/// The same for one whole request (kind "session").
[[nodiscard]] JsonValue sessionAnswer(const JsonValue &request);

/// The members that several readers of requests need.
[[nodiscard]] session::AuthVersion versionOf(const JsonValue &request);
[[nodiscard]] std::vector<base::SecretBytes> secretsOf(const JsonValue &request);
[[nodiscard]] base::Instant nowOf(const JsonValue &request);

} // namespace rollcall::differential
