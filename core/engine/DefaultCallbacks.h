#pragma once

#include <QByteArray>

#include "core/base/Clock.h"
#include "core/jose/Claims.h"

namespace rollcall::engine {

// The shapes of sessions that the libraries make without a deployment's own callbacks, and what they hand to those.
// **Thread-safety:** pure functions. **Source:** facts/session-protocol.md §4.1, §4.4.

/// `{"user":{name,email,image},"expires"}` of a token's claims; claims that are absent vanish. JSON text.
[[nodiscard]] QByteArray sessionOfClaims(const jose::Claims &claims, base::Instant expires);
/// The same as a value.
[[nodiscard]] jose::JsonValue sessionValueOfClaims(const jose::JsonValue &claims, base::Instant expires);

/// `{"user":{name,email,image},"expires"}` of a row's user; columns that are missing vanish, null ones stay.
/// @p expires: what stands there.
[[nodiscard]] jose::JsonValue sessionOfUser(const jose::JsonValue &user, const jose::JsonValue &expires);

/// `{...target, ...source}`: what an object spread adds to @p target, which must be an object.
void spread(jose::JsonValue &target, const jose::JsonValue &source);

/// What `Number(value)` gives; NaN for objects.
[[nodiscard]] double toNumber(const jose::JsonValue &value);

} // namespace rollcall::engine
