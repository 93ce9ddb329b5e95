#pragma once

#include <optional>

#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

/// What is wrong with the body of a request to `/revoke-session` (an object with the text `token`), in the library's
/// words; nullopt where nothing is. **Thread-safety:** pure. **Source:** better-auth 1.7.7 api/routes/session; zod 4.
[[nodiscard]] std::optional<QString> checkRevokeBody(const std::optional<jose::JsonValue> &body);

/// The same for `/sign-out`: no body, or an object whose `callbackURL`, `disableRedirect` and `state` have their types.
[[nodiscard]] std::optional<QString> checkSignOutBody(const std::optional<jose::JsonValue> &body);

} // namespace rollcall::engine::betterauth
