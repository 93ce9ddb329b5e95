#pragma once

#include "core/base/Result.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::jose {

/// The text of @p claims with iat (@p now), exp (@p maxAge later) and, if wanted, a new random jti, set as
/// `object[name] = value` does: in their places, else at the end in this order. The text is as secret as the claims.
/// It has room for a block of padding. Errors: Internal (no random bytes). **Thread-safety:** thread-safe.
[[nodiscard]] base::Result<QByteArray> stampedText(const Claims &claims, std::chrono::seconds maxAge, base::Instant now,
                                                   TokenId tokenId);

} // namespace rollcall::jose
