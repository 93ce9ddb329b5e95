#pragma once

#include <memory>
#include <optional>

#include "core/engine/Callbacks.h"

namespace rollcall::conformance {

/// The callbacks that the session vectors name, as the top of their file explains them; nullopt for an unknown name.
[[nodiscard]] std::optional<engine::Callbacks> callbacksCalled(const QString &name);

} // namespace rollcall::conformance
