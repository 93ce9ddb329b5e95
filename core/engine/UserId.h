#pragma once

#include "core/jose/Claims.h"

namespace rollcall::engine {

// A user's id as a text, by which a cache's entries of that user are found again (SessionCache::eraseUser), whatever
// type it has: databases that count their users have numbers, shown as JavaScript shows them. **Thread-safety:** pure.

/// Of a member of a row or body; empty where it is absent or neither text nor a finite number.
[[nodiscard]] QString userIdOf(const jose::JsonValue *id);

/// Of a token: its subject; empty likewise.
[[nodiscard]] QString userIdOf(const jose::Claims &claims);

} // namespace rollcall::engine
