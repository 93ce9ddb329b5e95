#pragma once

#include "core/base/Secret.h"
#include "core/jose/Jwe.h"

namespace rollcall::jose {

/// The content key of a v4 token: jose 4 does not limit `alg`, so besides `dir` the key-wrapping algorithms work with
/// the derived 32-byte key. nullopt where unwrapping failed: jose then decrypts with a random key, so that the failure
/// shows as an authentication error. @p header must hold @p alg. **Source:** jose 4.15.9 lib/decrypt_key_management.
[[nodiscard]] Accepted<std::optional<base::SecretBytes>>
contentKeyV4(const QString &alg, const base::SecretBytes &key, QByteArrayView encryptedKey, const JsonValue &header);

} // namespace rollcall::jose
