#pragma once

#include "core/jose/JwsKeys.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::jose {

/// Opens a signed session token (compact JWS): the header's `alg` must be the pinned one (`none` never is), no critical
/// extension, the signature must be of one of @p keys, the claims a JSON object within their times. A signature that
/// does not fit is reported as DecryptionFailed, the word for content that is not authentic. Never blocks.
/// **Source:** RFC 7515 §5.2, RFC 7519 §7.2; the checks and their order: jose 6 jwtVerify.
/// **Thread-safety:** thread-safe.
[[nodiscard]] OpenedToken openSigned(const JwsKeys &keys, QByteArrayView token, base::Instant now,
                                     std::chrono::seconds tolerance = defaultTolerance);

/// Signs @p claims with the current key under the header `{"alg":"…"}`, stamped as sealToken() does (@p tokenId: with a
/// jti or without). Errors: UsageInvalid, Internal. **Thread-safety:** thread-safe.
[[nodiscard]] base::Result<base::SecretBytes> sealSigned(const JwsKeys &keys, const Claims &claims,
                                                         std::chrono::seconds maxAge, base::Instant now,
                                                         TokenId tokenId = TokenId::New);

} // namespace rollcall::jose
