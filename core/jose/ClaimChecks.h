#pragma once

#include "core/jose/Claims.h"
#include "core/jose/Jwe.h"

namespace rollcall::jose {

/// Reads the claims of a decrypted token: a JSON object in UTF-8, which v4 reads with replacement and all else
/// strictly.
/// **Source:** facts/session-protocol.md §3.3.
[[nodiscard]] Accepted<Claims> readClaims(session::AuthVersion version, QByteArrayView plaintext);

/// Checks the types of iat, nbf and exp, and nbf and exp against @p now, which they may miss by @p tolerance.
/// **Source:** as above.
[[nodiscard]] Accepted<void> checkTimes(const Claims &claims, base::Instant now, std::chrono::seconds tolerance);

/// Checks iss, sub and aud against their copies in the protected header, where it has them. **Source:** as above.
[[nodiscard]] Accepted<void> checkReplicas(const JsonValue &header, const Claims &claims);

} // namespace rollcall::jose
