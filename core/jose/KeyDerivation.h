#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QCryptographicHash>

#include <optional>

#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::jose {

/// The `info` text of the libraries' HKDF: v4 names the salt only where there is one, v5 always in parentheses, Better
/// Auth never. **Source:** facts/session-protocol.md §3.1, §8.3.
[[nodiscard]] QByteArray derivationInfo(session::AuthVersion version, QByteArrayView salt);

/// HKDF-SHA-256 of @p secret (its bytes as they are) with @p salt and @p info, @p length bytes. An empty secret and an
/// info above 1024 bytes, which the libraries refuse, give nullopt. **Thread-safety:** a pure function.
[[nodiscard]] std::optional<base::SecretBytes> deriveKey(QByteArrayView secret, QByteArrayView salt,
                                                         QByteArrayView info, qsizetype length);

/// The `kid` of @p key as @auth/core computes it: base64url of the SHA-512 (64-byte keys) or SHA-256 (others) over the
/// key's JWK `{"k":"…","kty":"oct"}`. **Source:** RFC 7638; facts/session-protocol.md §3.1.
[[nodiscard]] QByteArray keyThumbprint(const base::SecretBytes &key);

/// The same with a given hash, whatever the key's length (Better Auth: SHA-256).
[[nodiscard]] QByteArray keyThumbprint(const base::SecretBytes &key, QCryptographicHash::Algorithm hash);

} // namespace rollcall::jose
