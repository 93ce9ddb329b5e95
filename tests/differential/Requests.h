#pragma once

#include "tests/differential/Json.h"

namespace rollcall::differential {

/// The request that @p recipe describes, as the real packages and our engine are given it. Recipes differ from requests
/// in tokens and cookies: they say how each is made (tokens: see sealRecipe(); cookies: name, and a value, or a token
/// with the part of it that this cookie holds, or a csrf value), so that a failing one can be made smaller and still
/// hold together; in a POST's body `@csrf@` is the token of such a value. Absent members have simple values.
/// **Thread-safety:** thread-safe.
[[nodiscard]] JsonValue requestOf(const JsonValue &recipe);

} // namespace rollcall::differential
