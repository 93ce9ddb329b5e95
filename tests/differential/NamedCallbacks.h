#pragma once

#include <memory>

#include "core/engine/Callbacks.h"

namespace rollcall::differential {

/// The callbacks that @p request names ("callbacks", "codec"), as node/callbacks.mjs and node/codecs.mjs have them; the
/// defaults for what it does not name. Codecs that sign are no callbacks: the profile has them. Immutable.
[[nodiscard]] std::shared_ptr<const engine::Callbacks> callbacksOf(const jose::JsonValue &request);

} // namespace rollcall::differential
