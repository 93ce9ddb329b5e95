#pragma once

#include <QByteArray>

#include <memory>
#include <span>
#include <vector>

#include "core/base/Secret.h"
#include "core/jose/ReadyKey.h"
#include "core/session/AuthProfile.h"

namespace rollcall::jose {

/// The keys that a deployment's secrets give for one salt, derived once, each with what opens and seals tokens fast.
/// Keys are wiped with the ring. Under AuthVersion::BetterAuth: the keys of the `jwe` cookie cache.
/// **Thread-safety:** immutable after construction.
class KeyRing final
{
public:
    /// Both keys of one secret and how tokens name them.
    struct Key
    {
        bool emptySecret = false; ///< the library throws where it meets this one
        bool derived = false;     ///< false too where the library cannot derive (an over-long salt)
        base::SecretBytes gcm;    ///< 32 bytes, for A256GCM (v4: the only key; Better Auth: none)
        base::SecretBytes cbc;    ///< 64 bytes, for A256CBC-HS512 (v5, Better Auth)
        QByteArray gcmId;         ///< `kid` of @ref gcm (v5)
        QByteArray cbcId;         ///< `kid` of @ref cbc (v5, Better Auth)
        /// For tokens with the header that the library itself writes; set where derived.
        std::unique_ptr<const ReadyKey> ready;
    };

    /// Derives the keys of @p secrets (current first; not kept). @p salt: v4 "" by default, v5 the cookie name,
    /// Better Auth "better-auth-session".
    KeyRing(session::AuthVersion version, std::span<const base::SecretBytes> secrets, QByteArrayView salt);

    [[nodiscard]] session::AuthVersion version() const { return m_version; }
    [[nodiscard]] const QByteArray &salt() const { return m_salt; }
    /// In the order of the secrets.
    [[nodiscard]] const std::vector<Key> &keys() const { return m_keys; }

private:
    session::AuthVersion m_version;
    QByteArray m_salt;
    std::vector<Key> m_keys;
};

} // namespace rollcall::jose
