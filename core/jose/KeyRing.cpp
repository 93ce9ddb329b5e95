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
    if (version == session::AuthVersion::V4) {
        key.gcm = std::move(*derived);
        key.ready = std::make_unique<const ReadyKey>(*contentAlgorithm(u"A256GCM"), key.gcm,
                                                     QByteArrayLiteral(R"({"alg":"dir","enc":"A256GCM"})"));
        return key;
    }
    key.cbc = std::move(*derived);
    if (version == session::AuthVersion::BetterAuth) {
        key.cbcId = keyThumbprint(key.cbc, QCryptographicHash::Sha256);
    } else {
        key.gcm = base::SecretBytes(key.cbc.view().first(gcmBytes));
        key.gcmId = keyThumbprint(key.gcm);
        key.cbcId = keyThumbprint(key.cbc);
    }
    key.ready = std::make_unique<const ReadyKey>(
        *contentAlgorithm(u"A256CBC-HS512"), key.cbc,
        QByteArray(R"({"alg":"dir","enc":"A256CBC-HS512","kid":")" + key.cbcId + "\"}"));
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
