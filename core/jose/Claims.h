#pragma once

#include "core/jose/Jwe.h"

namespace rollcall::jose {

/// Seconds by which both libraries let exp and nbf miss the clock.
inline constexpr int claimTolerance = 15;

/// Reads and checks the claims of a decrypted token: JSON object, types of iat, nbf and exp, nbf and exp against @p
/// now, iss, sub and aud against their copies in @p header. **Source:** facts/session-protocol.md §3.3.
[[nodiscard]] Accepted<JsonValue> readClaims(session::AuthVersion version, QByteArrayView plaintext,
                                             const JsonValue &header, base::Instant now);

} // namespace rollcall::jose
