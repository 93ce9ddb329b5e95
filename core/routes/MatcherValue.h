#pragma once

#include "core/routes/MatcherPattern.h"

namespace rollcall::routes {

/// Whether @p request satisfies @p condition: the header, cookie (of Next.js's Pages parser), query parameter (the last
/// of several) or host name is there, not empty, and matches the value's expression, which is anchored at `^` and `$`
/// by their text alone, so that "a|b" means `^a` or `b$`. Fault: no regular expression, or one that takes too long.
/// **Source:** next 16.4.6 shared/lib/router/utils/prepare-destination.js (matchHas).
[[nodiscard]] tl::expected<bool, MatcherFault> conditionHolds(const MatcherCondition &condition,
                                                              const MatcherRequest &request);

} // namespace rollcall::routes
