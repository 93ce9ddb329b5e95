#pragma once

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// The rows of a deployment's database, and the token that a request presents (as bytes of a cookie).
struct Rows
{
    JsonValue db; ///< {users, sessions (expires in milliseconds where it is a Date), fail: the method that throws}
    QByteArray presented;
};

/// Rows whose expiry is near the borders that matter; columns that are missing, null or odd. @p now in milliseconds,
/// the ages in seconds.
[[nodiscard]] Rows makeRows(Random &random, qint64 now, qint64 maxAge, qint64 updateAge);

} // namespace rollcall::differential
