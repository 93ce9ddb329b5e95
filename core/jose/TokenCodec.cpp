#include "core/jose/TokenCodec.h"

#include <openssl/rand.h>

#include <QUuid>

#include <array>

#include "core/jose/Base64Url.h"
#include "core/jose/ClaimChecks.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/Jwe.h"

namespace rollcall::jose {

namespace {

using session::AuthVersion;

Accepted<Claims> open(const KeyRing &ring, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance,
                      JsonValue &header)
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
    auto claims = readClaims(ring.version(), *plaintext);
    base::wipe(*plaintext);
    if (!claims)
        return claims;
    if (const auto times = checkTimes(*claims, now, tolerance); !times)
        return tl::unexpected<Refusal>(times.error());
    if (const auto replicas = checkReplicas(header, *claims); !replicas)
        return tl::unexpected<Refusal>(replicas.error());
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

/// The text of @p claims with iat, exp and jti set as `object[name] = value` does: in their places, else at the end.
QByteArray stampedText(const Claims &claims, std::chrono::seconds maxAge, base::Instant now)
{
    const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    struct Stamp
    {
        QByteArrayView name;
        QByteArray value;
        bool written = false;
    };
    std::array stamps{Stamp{"iat", QByteArray::number(static_cast<qlonglong>(issued.count()))},
                      Stamp{"exp", QByteArray::number(static_cast<qlonglong>((issued + maxAge).count()))},
                      Stamp{"jti", '"' + QUuid::createUuid().toByteArray(QUuid::WithoutBraces) + '"'}};
    const QByteArrayView old = claims.text();
    QByteArray text;
    text.reserve(old.size() + 128);
    quint32 copied = 0;
    for (const ClaimMember &member : claims.members()) {
        for (Stamp &stamp : stamps) {
            if (old.sliced(member.nameAt, member.nameSize) != stamp.name)
                continue;
            text.append(old.sliced(copied, member.valueAt() - copied)).append(stamp.value);
            copied = member.end;
            stamp.written = true;
        }
    }
    text.append(old.sliced(copied));
    text.chop(1);
    for (const Stamp &stamp : stamps) {
        if (stamp.written)
            continue;
        text.append(text.size() > 1 ? ",\"" : "\"").append(stamp.name).append("\":").append(stamp.value);
    }
    return text.append('}');
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

JsonValue OpenedToken::header() const
{
    return parseJson(QString::fromUtf8(headerJson)).value_or(JsonValue());
}

OpenedToken openToken(const KeyRing &ring, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance)
{
    OpenedToken result;
    JsonValue header;
    auto claims = open(ring, token, now, tolerance, header);
    if (!header.isNull())
        result.headerJson = printJson(header);
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

base::Result<base::SecretBytes> sealToken(const KeyRing &ring, const Claims &claims, std::chrono::seconds maxAge,
                                          base::Instant now)
{
    if (ring.keys().empty() || ring.keys().front().emptySecret)
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    const KeyRing::Key &key = ring.keys().front();
    if (!key.derived)
        return base::fail(internal(QStringLiteral("no key can be derived for this salt")));
    const bool isV4 = ring.version() == AuthVersion::V4;
    const ContentAlgorithm *algorithm = contentAlgorithm(isV4 ? u"A256GCM" : u"A256CBC-HS512");
    QByteArray iv(algorithm->ivBytes, Qt::Uninitialized);
    if (RAND_bytes(reinterpret_cast<unsigned char *>(iv.data()), static_cast<int>(iv.size())) != 1)
        return base::fail(internal(QStringLiteral("no random bytes to be had")));
    const QByteArray header = toBase64Url(headerFor(ring, key));
    QByteArray plaintext = stampedText(claims, maxAge, now);
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
    result.headerJson = opened.headerJson;
    if (opened.ok)
        result.claimsJson = opened.claims.text().toByteArray();
    result.failure = opened.failure;
    result.step = opened.step;
    result.detail = opened.detail;
    return result;
}

base::Result<base::SecretBytes> encodeToken(AuthVersion version, const QByteArray &claimsJson,
                                            std::span<const base::SecretBytes> secrets, QByteArrayView salt,
                                            std::chrono::seconds maxAge, base::Instant now)
{
    const auto value = parseJson(QString::fromUtf8(claimsJson));
    const auto claims = value ? Claims::fromValue(*value) : std::nullopt;
    if (!claims)
        return base::fail(internal(QStringLiteral("claims are no JSON object")));
    return sealToken(KeyRing(version, secrets.first(std::min<std::size_t>(secrets.size(), 1)), salt), *claims, maxAge,
                     now);
}

} // namespace rollcall::jose
