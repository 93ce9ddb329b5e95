#pragma once

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// Turns the GET of the session that @p recipe is into something else at times: another method, a path or query that
/// the route may or may not understand, or an update of the session (a POST, with a csrf value that may be right).
void vary(Random &random, JsonValue &recipe);

} // namespace rollcall::differential
