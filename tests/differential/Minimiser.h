#pragma once

#include <functional>

#include "tests/differential/Json.h"

namespace rollcall::differential {

/// Makes @p recipe smaller for as long as @p stillFails says so of what is left: members and elements are dropped,
/// texts cut, numbers made zero. Ends after @p attempts questions at most.
[[nodiscard]] JsonValue minimise(JsonValue recipe, const std::function<bool(const JsonValue &)> &stillFails,
                                 int attempts);

} // namespace rollcall::differential
