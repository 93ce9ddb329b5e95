#pragma once

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// Makes a request that meets a deployment's middleware of @p recipe, the request for its session: another address,
/// what the application decides, its pages and what its `next.config.js` says of addresses.
void guard(Random &random, JsonValue &recipe);

} // namespace rollcall::differential
