#include "core/jose/KeyDerivation.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>

#include "core/jose/Base64Url.h"
#include "core/jose/OpenSslPtr.h"

namespace rollcall::jose {

namespace {

constexpr qsizetype longestInfo = 1024; // @panva/hkdf 1.2.1 refuses more

OSSL_PARAM octets(const char *name, QByteArrayView value)
{
    // OpenSSL only reads what it is given here, but its parameters are not const.
    return OSSL_PARAM_construct_octet_string(name, const_cast<char *>(value.data()), static_cast<size_t>(value.size()));
}

} // namespace

QByteArray derivationInfo(session::AuthVersion version, QByteArrayView salt)
{
    if (version == session::AuthVersion::BetterAuth)
        return QByteArrayLiteral("BetterAuth.js Generated Encryption Key");
    const QByteArray named = " (" + salt.toByteArray() + ')';
    if (version == session::AuthVersion::V4)
        return "NextAuth.js Generated Encryption Key" + (salt.isEmpty() ? QByteArray() : named);
    return "Auth.js Generated Encryption Key" + named;
}

std::optional<base::SecretBytes> deriveKey(QByteArrayView secret, QByteArrayView salt, QByteArrayView info,
                                           qsizetype length)
{
    std::array<unsigned char, 64> key{};
    if (secret.isEmpty() || info.size() > longestInfo || length < 1 || length > static_cast<qsizetype>(key.size()))
        return std::nullopt;
    const OpenSslPtr<EVP_KDF> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
    const OpenSslPtr<EVP_KDF_CTX> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    if (!context)
        return std::nullopt;
    static constexpr QByteArrayView none("", 0);
    std::array<char, 7> digest{"SHA256"};
    const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                            octets(OSSL_KDF_PARAM_KEY, secret),
                            octets(OSSL_KDF_PARAM_SALT, salt.isEmpty() ? none : salt),
                            octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
    std::optional<base::SecretBytes> result;
    if (EVP_KDF_derive(context.get(), key.data(), static_cast<size_t>(length), params.data()) == 1)
        result.emplace(QByteArrayView(key.data(), length));
    OPENSSL_cleanse(key.data(), key.size());
    return result;
}

QByteArray keyThumbprint(const base::SecretBytes &key)
{
    constexpr qsizetype longKey = 64;
    return keyThumbprint(key, key.size() == longKey ? QCryptographicHash::Sha512 : QCryptographicHash::Sha256);
}

QByteArray keyThumbprint(const base::SecretBytes &key, QCryptographicHash::Algorithm hash)
{
    QByteArray text = toBase64Url(key.view());
    QByteArray jwk = "{\"k\":\"" + text + "\",\"kty\":\"oct\"}";
    const QByteArray thumbprint = toBase64Url(QCryptographicHash::hash(jwk, hash));
    base::wipe(text);
    base::wipe(jwk);
    return thumbprint;
}

} // namespace rollcall::jose
