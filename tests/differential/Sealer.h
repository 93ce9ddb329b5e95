#pragma once

#include "tests/differential/Json.h"

namespace rollcall::differential {

/// Makes the token that @p recipe describes:
///   version, secret, salt   whose key seals it (the library's derivation)
///   enc                     how it is really sealed, whatever the header says
///   header, payload         protected header and plaintext, bytes
///   zip                     true: the payload is deflated
///   wrap                    "A256KW": a content key of its own is wrapped with the derived one
///   edits                   afterwards, in order: {part, op: "set"|"insert"|"erase"|"turn"|"drop"|"add", at, text,
///                           count}
/// Absent members have the libraries' values. The same recipe gives the same token. **Thread-safety:** thread-safe.
[[nodiscard]] QByteArray sealRecipe(const JsonValue &recipe);

} // namespace rollcall::differential
