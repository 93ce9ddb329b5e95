#pragma once

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// The recipe of the @p index-th request of the run with @p seed: a whole request to a deployment of some
/// configuration (about half), one that meets its middleware, a token to decode or verify, or a Cookie header to parse.
/// **Thread-safety:** thread-safe.
[[nodiscard]] JsonValue makeRecipe(quint64 seed, qint64 index);

} // namespace rollcall::differential
