#include "core/jose/KeyRing.h"

#include "core/jose/KeyDerivation.h"

namespace rollcall::jose {

namespace {

constexpr qsizetype gcmBytes = 32;
constexpr qsizetype cbcBytes = 64;

KeyRing::Key makeKey(session::AuthVersion version, const base::SecretBytes &secret, QByteArrayView salt)
{
    KeyRing::Key key;
    key.emptySecret = secret.isEmpty();
    // HKDF output of 32 bytes is the beginning of that of 64: one derivation serves both.
    auto derived = deriveKey(secret.view(), salt, derivationInfo(version, salt),
                             version == session::AuthVersion::V4 ? gcmBytes : cbcBytes);
    if (!derived)
        return key;
    key.derived = true;
    key.gcm = base::SecretBytes(derived->view().first(gcmBytes));
    if (version != session::AuthVersion::V4) {
        key.cbc = std::move(*derived);
        key.gcmId = keyThumbprint(key.gcm);
        key.cbcId = keyThumbprint(key.cbc);
    }
    return key;
}

} // namespace

KeyRing::KeyRing(session::AuthVersion version, std::span<const base::SecretBytes> secrets, QByteArrayView salt)
    : m_version(version), m_salt(salt.toByteArray())
{
    m_keys.reserve(secrets.size());
    for (const base::SecretBytes &secret : secrets)
        m_keys.push_back(makeKey(version, secret, salt));
}

} // namespace rollcall::jose
