#pragma once

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// The deployment that cookies are for.
struct CookiePlace
{
    QByteArray name; ///< of its session cookie
    bool isV4 = false;
};

/// The cookies of a browser that holds the first of @p tokens (recipes), whole or in chunks, and what else may lie
/// about: chunks of another one, wrong names, duplicates, strangers.
[[nodiscard]] JsonValue::Array tokenCookies(Random &random, const CookiePlace &place, const JsonValue::Array &tokens);

/// The same for a session token that is a database key.
[[nodiscard]] JsonValue::Array rowCookies(Random &random, const CookiePlace &place, const QByteArray &token);

/// Pieces of a Cookie header, few of them well-formed, to be joined as they are.
[[nodiscard]] JsonValue::Array oddHeader(Random &random);

} // namespace rollcall::differential
