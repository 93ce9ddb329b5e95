#include "core/jose/TokenCodec.h"

#include "core/jose/CarefulPath.h"
#include "core/jose/ClaimChecks.h"
#include "core/jose/ClaimStamps.h"

namespace rollcall::jose {

namespace {

using session::AuthVersion;

/// Opens tokens of exactly the form in which the library writes them into @p result; false, and @p result as it was,
/// for all others, and where one does not authenticate.
bool openReady(const KeyRing &ring, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance,
               OpenedToken &result)
{
    for (const KeyRing::Key &key : ring.keys()) {
        // The library stops at a secret that gives no key.
        if (!key.ready)
            return false;
        auto plaintext = key.ready->open(token);
        if (!plaintext && ring.version() != AuthVersion::V4)
            continue;
        if (!plaintext)
            return false;
        if (!result.claims.takeCanonical(*plaintext)) {
            auto claims = readClaims(ring.version(), *plaintext);
            base::wipe(*plaintext);
            if (!claims) {
                result = refused(key.ready->headerJson(), std::move(claims.error()));
                return true;
            }
            result.claims = std::move(*claims);
        }
        if (auto times = checkTimes(result.claims, now, tolerance); !times) {
            result = refused(key.ready->headerJson(), std::move(times.error()));
            return true;
        }
        result.headerJson = key.ready->headerJson();
        result.ok = true;
        return true;
    }
    return false;
}

base::Error internal(const QString &detail)
{
    return base::Error(base::ErrorCode::Internal).with(base::ErrorParam::Detail, detail);
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
    OpenedToken opened;
    if (!openReady(ring, token, now, tolerance, opened))
        opened = openCarefully(ring, token, now, tolerance);
    return opened;
}

base::Result<base::SecretBytes> sealToken(const KeyRing &ring, const Claims &claims, std::chrono::seconds maxAge,
                                          base::Instant now)
{
    if (ring.keys().empty() || ring.keys().front().emptySecret)
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    const KeyRing::Key &key = ring.keys().front();
    if (!key.derived)
        return base::fail(internal(QStringLiteral("no key can be derived for this salt")));
    auto plaintext = stampedText(claims, maxAge, now, TokenId::New);
    if (!plaintext)
        return base::fail(plaintext.error());
    return key.ready->seal(*plaintext);
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
