#include "core/jose/TokenCodec.h"

#include <openssl/rand.h>

#include <QUuid>

#include "core/jose/Base64Url.h"
#include "core/jose/Claims.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/Jwe.h"

namespace rollcall::jose {

namespace {

using session::AuthVersion;

Accepted<JsonValue> open(const KeyRing &ring, QByteArrayView token, base::Instant now, JsonValue &header)
{
    if (token.isEmpty())
        return refuse(DecodeFailure::Empty, DecodeStep::Token, QStringLiteral("the token is empty"));
    const bool isV4 = ring.version() == AuthVersion::V4;
    // v4 derives its one key before it looks at the token.
    if (isV4 && (ring.keys().empty() || ring.keys().front().emptySecret))
        return refuse(DecodeFailure::EmptySecret, DecodeStep::Key, QStringLiteral("the secret is empty"));
    if (isV4 && !ring.keys().front().derived)
        return refuse(DecodeFailure::Other, DecodeStep::Key, QStringLiteral("no key can be derived for this salt"));
    const auto parts = splitCompact(token);
    if (!parts)
        return tl::unexpected<Refusal>(parts.error());
    auto plaintext = isV4 ? decryptV4(*parts, ring.keys().front(), header) : decryptV5(*parts, ring, header);
    if (!plaintext)
        return tl::unexpected<Refusal>(plaintext.error());
    auto claims = readClaims(ring.version(), *plaintext, header, now);
    base::wipe(*plaintext);
    return claims;
}

base::Error internal(const QString &detail)
{
    return base::Error(base::ErrorCode::Internal).with(base::ErrorParam::Detail, detail);
}

/// `{"alg":"dir","enc":…[,"kid":…]}`, the libraries' exact text.
QByteArray headerFor(const KeyRing &ring, const KeyRing::Key &key)
{
    if (ring.version() == AuthVersion::V4)
        return QByteArrayLiteral(R"({"alg":"dir","enc":"A256GCM"})");
    return R"({"alg":"dir","enc":"A256CBC-HS512","kid":")" + key.cbcId + "\"}";
}

} // namespace

QString kindName(DecodeFailure failure)
{
    switch (failure) {
    case DecodeFailure::Empty:
        return QStringLiteral("empty");
    case DecodeFailure::Malformed:
        return QStringLiteral("malformed");
    case DecodeFailure::AlgNotAllowed:
        return QStringLiteral("alg-not-allowed");
    case DecodeFailure::Unsupported:
        return QStringLiteral("unsupported");
    case DecodeFailure::NoMatchingSecret:
        return QStringLiteral("no-matching-secret");
    case DecodeFailure::DecryptionFailed:
        return QStringLiteral("decryption-failed");
    case DecodeFailure::DecompressionFailed:
        return QStringLiteral("decompression-failed");
    case DecodeFailure::InvalidPayload:
        return QStringLiteral("invalid-payload");
    case DecodeFailure::ClaimType:
        return QStringLiteral("claim-type");
    case DecodeFailure::Expired:
        return QStringLiteral("expired");
    case DecodeFailure::NotBefore:
        return QStringLiteral("not-before");
    case DecodeFailure::HeaderClaimMismatch:
        return QStringLiteral("header-claim-mismatch");
    case DecodeFailure::EmptySecret:
        return QStringLiteral("empty-secret");
    case DecodeFailure::Other:
        return QStringLiteral("other");
    }
    Q_UNREACHABLE();
}

OpenedToken openToken(const KeyRing &ring, QByteArrayView token, base::Instant now)
{
    OpenedToken result;
    auto claims = open(ring, token, now, result.header);
    if (claims) {
        result.ok = true;
        result.claims = std::move(*claims);
    } else {
        result.failure = claims.error().failure;
        result.step = claims.error().step;
        result.detail = claims.error().detail;
    }
    return result;
}

base::Result<base::SecretBytes> sealToken(const KeyRing &ring, JsonValue claims, std::chrono::seconds maxAge,
                                          base::Instant now)
{
    if (ring.keys().empty() || ring.keys().front().emptySecret)
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    const KeyRing::Key &key = ring.keys().front();
    if (!key.derived)
        return base::fail(internal(QStringLiteral("no key can be derived for this salt")));
    if (!claims.object())
        return base::fail(internal(QStringLiteral("claims are no JSON object")));
    const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    claims.set(QStringLiteral("iat"), JsonValue(static_cast<double>(issued.count())));
    claims.set(QStringLiteral("exp"), JsonValue(static_cast<double>((issued + maxAge).count())));
    claims.set(QStringLiteral("jti"), JsonValue(QUuid::createUuid().toString(QUuid::WithoutBraces)));

    const bool isV4 = ring.version() == AuthVersion::V4;
    const ContentAlgorithm *algorithm = contentAlgorithm(isV4 ? u"A256GCM" : u"A256CBC-HS512");
    QByteArray iv(algorithm->ivBytes, Qt::Uninitialized);
    if (RAND_bytes(reinterpret_cast<unsigned char *>(iv.data()), static_cast<int>(iv.size())) != 1)
        return base::fail(internal(QStringLiteral("no random bytes to be had")));
    const QByteArray header = toBase64Url(headerFor(ring, key));
    QByteArray plaintext = printJson(claims);
    const auto sealed = sealContent(*algorithm, (isV4 ? key.gcm : key.cbc).view(), iv, plaintext, header);
    base::wipe(plaintext);
    if (!sealed)
        return base::fail(sealed.error());
    QByteArray token =
        header + ".." + toBase64Url(iv) + '.' + toBase64Url(sealed->ciphertext) + '.' + toBase64Url(sealed->tag);
    return base::SecretBytes::fromAndWipe(token);
}

Decoded decodeToken(AuthVersion version, QByteArrayView token, std::span<const base::SecretBytes> secrets,
                    QByteArrayView salt, base::Instant now)
{
    const OpenedToken opened = openToken(KeyRing(version, secrets, salt), token, now);
    Decoded result;
    result.ok = opened.ok;
    if (!opened.header.isNull())
        result.headerJson = printJson(opened.header);
    if (opened.ok)
        result.claimsJson = printJson(opened.claims);
    result.failure = opened.failure;
    result.step = opened.step;
    result.detail = opened.detail;
    return result;
}

base::Result<base::SecretBytes> encodeToken(AuthVersion version, const QByteArray &claimsJson,
                                            std::span<const base::SecretBytes> secrets, QByteArrayView salt,
                                            std::chrono::seconds maxAge, base::Instant now)
{
    auto claims = parseJson(QString::fromUtf8(claimsJson));
    if (!claims)
        return base::fail(internal(QStringLiteral("claims are no JSON")));
    return sealToken(KeyRing(version, secrets.first(std::min<std::size_t>(secrets.size(), 1)), salt),
                     std::move(*claims), maxAge, now);
}

} // namespace rollcall::jose
