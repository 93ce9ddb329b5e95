#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/jose/JsonText.h"
#include "core/jose/JwsKeys.h"
#include "core/jose/KeyRing.h"

namespace rollcall::engine::betterauth {

// The tokens in which Better Auth seals data into cookies. **Thread-safety:** all functions here are pure. **Source:**
// better-auth 1.7.7 crypto/jwt over jose 6.2.17; facts/session-protocol.md §8.3.

/// The keys of signed tokens under one secret: HS256, which signs, then HS384 and HS512. jose takes a token of any of
/// the three where it is given bytes for a key. Empty where the secret is. **Thread-safety:** immutable.
using SigningKeys = std::vector<jose::JwsKeys>;

[[nodiscard]] SigningKeys makeSigningKeys(const base::SecretBytes &secret);

/// The claims of a token signed with one of @p keys; no clock tolerance. nullopt where the token is refused.
[[nodiscard]] std::optional<jose::JsonValue> openSigned(const SigningKeys &keys, QByteArrayView token,
                                                        base::Instant now);

/// Signs @p data (an object) with iat and exp. Errors: SecretMissing, Internal.
[[nodiscard]] base::Result<base::SecretBytes> sealSigned(const SigningKeys &keys, const jose::JsonValue &data,
                                                         std::chrono::seconds maxAge, base::Instant now);

/// The claims of a token encrypted under one of @p keys, with 15 s of clock tolerance; nullopt where it is refused.
[[nodiscard]] std::optional<jose::JsonValue> openEncrypted(const jose::KeyRing &keys, QByteArrayView token,
                                                           base::Instant now);

/// Encrypts @p data (an object) with iat, exp and jti under the first of @p keys. Errors: SecretMissing, Internal.
[[nodiscard]] base::Result<base::SecretBytes> sealEncrypted(const jose::KeyRing &keys, const jose::JsonValue &data,
                                                            std::chrono::seconds maxAge, base::Instant now);

} // namespace rollcall::engine::betterauth
