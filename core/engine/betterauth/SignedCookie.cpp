#include "core/engine/betterauth/SignedCookie.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <optional>

#include "core/jose/Base64Url.h"
#include "core/jose/OpenSslPtr.h"

namespace rollcall::engine::betterauth {

namespace {

constexpr qsizetype signatureLength = 44;

/// `atob`: the standard alphabet alone, otherwise as forgiving as the decoder of the URL alphabet.
std::optional<QByteArray> fromBase64(QByteArrayView text)
{
    if (text.contains('-') || text.contains('_'))
        return std::nullopt;
    QByteArray url = text.toByteArray();
    url.replace('+', '-').replace('/', '_');
    return jose::fromBase64UrlStrict(url);
}

} // namespace

QByteArray hmacSha256(QByteArrayView key, QByteArrayView message)
{
    QByteArray mac(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned int size = 0;
    // An empty view may hold a null pointer, which OpenSSL takes for "the key of the last call".
    const QByteArrayView usable = key.isEmpty() ? QByteArrayView("", 0) : key;
    HMAC(EVP_sha256(), usable.data(), static_cast<int>(usable.size()), jose::bytes(message),
         static_cast<std::size_t>(message.size()), reinterpret_cast<unsigned char *>(mac.data()), &size);
    mac.truncate(static_cast<qsizetype>(size));
    return mac;
}

bool verifyHmacSha256(QByteArrayView key, QByteArrayView message, QByteArrayView mac)
{
    const QByteArray right = hmacSha256(key, message);
    return !right.isEmpty() && mac.size() == right.size() &&
           CRYPTO_memcmp(mac.data(), right.constData(), static_cast<std::size_t>(right.size())) == 0;
}

QByteArray cookieSignature(QByteArrayView secret, QByteArrayView value)
{
    return hmacSha256(secret, value).toBase64();
}

base::SecretBytes signCookie(QByteArrayView secret, QByteArrayView value)
{
    QByteArray text = value.toByteArray() + '.' + cookieSignature(secret, value);
    return base::SecretBytes::fromAndWipe(text);
}

SignedCookie readSignedCookie(QByteArrayView secret, QByteArrayView cookieValue)
{
    if (cookieValue.isEmpty())
        return {};
    const qsizetype dot = cookieValue.lastIndexOf('.');
    const QByteArrayView signature = dot < 0 ? QByteArrayView() : cookieValue.sliced(dot + 1);
    if (dot < 1)
        return {SignedCookieState::Unsigned, {}};
    const QByteArrayView value = cookieValue.first(dot);
    const bool hasForm = signature.size() == signatureLength && signature.endsWith('=');
    const auto mac = hasForm ? fromBase64(signature) : std::nullopt;
    if (!mac || !verifyHmacSha256(secret, value, *mac))
        return {SignedCookieState::BadSignature, {}};
    return {SignedCookieState::Valid, base::SecretBytes(value)};
}

} // namespace rollcall::engine::betterauth
