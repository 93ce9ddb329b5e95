#pragma once

#include "core/jose/JsonText.h"
#include "core/routes/MatcherPattern.h"

namespace rollcall::routes {

/// Reads the value of `config.matcher` (a source, or a list of sources and objects) as Next.js's schema does: members
/// and types that it does not know are refused. The sources themselves are checked by compileMatcher().
/// **Source:** next 16.4.6 build/segment-config/middleware/middleware-config.js.
[[nodiscard]] tl::expected<std::vector<MatcherSource>, MatcherFault> readMatcherConfig(const jose::JsonValue &matcher);

} // namespace rollcall::routes
