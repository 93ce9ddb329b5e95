#pragma once

#include <memory>

#include "core/engine/Callbacks.h"

namespace rollcall::differential {

/// The callbacks called @p name, as node/callbacks.mjs has them; the defaults for an unknown name. Immutable.
[[nodiscard]] std::shared_ptr<const engine::Callbacks> namedCallbacks(const QString &name);

} // namespace rollcall::differential
