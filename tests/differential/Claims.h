#pragma once

#include <QByteArray>

#include "tests/differential/Random.h"

namespace rollcall::differential {

/// The plaintext of a token: mostly claims as sign-ins make them, with odd members, values and whole texts among them.
/// @p now is in seconds. **Thread-safety:** thread-safe (as @p random is not, one thread each).
[[nodiscard]] QByteArray makePayload(Random &random, qint64 now);

/// Any JSON value as text, at most @p depth levels deep.
[[nodiscard]] QByteArray makeJson(Random &random, int depth);

} // namespace rollcall::differential
