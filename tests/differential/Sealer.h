#pragma once

#include "tests/differential/Json.h"

namespace rollcall::differential {

/// Makes the token that @p recipe describes:
///   version, secret, salt   whose key seals it (the library's derivation)
///   enc                     how it is really sealed, whatever the header says
///   header, payload         protected header and plaintext, bytes
///   zip                     true: the payload is deflated
///   sign                    "HS256", …: not sealed but signed, with the key of that algorithm (see signingKeys())
///   plain                   true: neither; the payload in base64url, as the codec "plain" has it
///   wrap, p2s, p2c          "A256KW", "A256GCMKW", "PBES2-HS256+A128KW", …: a content key of its own is wrapped with
///   the
///                           derived one, for PBES2 under this salt (as in the header) and count. In the header of
///                           A256GCMKW, @iv@ and @tag@ stand for what the wrapping gives.
///   edits                   afterwards, in order: {part, op: "set"|"insert"|"erase"|"turn"|"drop"|"add", at, text,
///                           count}
/// Absent members have the libraries' values. The same recipe gives the same token. **Thread-safety:** thread-safe.
[[nodiscard]] QByteArray sealRecipe(const JsonValue &recipe);

} // namespace rollcall::differential
