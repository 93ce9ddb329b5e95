#pragma once

#include "core/engine/betterauth/Options.h"
#include "tests/conformance/Fields.h"

namespace rollcall::conformance {

/// Reads `options` as a Better Auth vector writes them: the library's own names. Members that we do not know become
/// differences too.
[[nodiscard]] engine::betterauth::Options betterAuthOptions(Fields options, Differences &differences);

/// "compact", "jwt", "jwe"; a difference for other words.
[[nodiscard]] engine::betterauth::CacheStrategy cacheStrategyOf(const QString &word, Differences &differences);

} // namespace rollcall::conformance
