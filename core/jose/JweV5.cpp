#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/Inflate.h"
#include "core/jose/Jwe.h"
#include "core/jose/Utf8.h"

#include <algorithm>

namespace rollcall::jose {

namespace {

struct DecodedParts
{
    QByteArray ciphertext;
    QByteArray iv;
    QByteArray tag;
};

tl::unexpected<Refusal> badEncoding(QLatin1StringView part)
{
    return refuse(DecodeFailure::Malformed, DecodeStep::Encoding, QStringLiteral("the %1 is not base64url").arg(part));
}

/// Decodes everything first, as jose 6 does: header, ciphertext, IV, tag.
Accepted<DecodedParts> decodeParts(const JweParts &parts, JsonValue &header)
{
    const auto headerBytes = fromBase64UrlStrict(parts.header);
    const auto headerText = headerBytes ? utf8Strict(*headerBytes) : std::nullopt;
    auto parsed = headerText ? parseJson(*headerText) : std::nullopt;
    if (!parsed || !parsed->object())
        return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("the header is no JSON object"));
    header = std::move(*parsed);
    auto ciphertext = fromBase64UrlStrict(parts.ciphertext);
    if (!ciphertext)
        return badEncoding(QLatin1StringView("ciphertext"));
    auto iv = fromBase64UrlStrict(parts.iv);
    if (!iv)
        return badEncoding(QLatin1StringView("initialisation vector"));
    auto tag = fromBase64UrlStrict(parts.tag);
    if (!tag)
        return badEncoding(QLatin1StringView("authentication tag"));
    return DecodedParts{std::move(*ciphertext), std::move(*iv), std::move(*tag)};
}

Accepted<bool> isCompressed(const JsonValue &header)
{
    const JsonValue *zip = header.find(u"zip");
    if (zip && (!zip->string() || *zip->string() != u"DEF")) {
        return refuse(DecodeFailure::Unsupported, DecodeStep::Algorithm,
                      QStringLiteral("the compression algorithm is not supported"));
    }
    return zip != nullptr;
}

/// The content algorithm, if alg and enc are on @auth/core's lists.
Accepted<const ContentAlgorithm *> allowedAlgorithm(const JsonValue &header)
{
    const auto alg = algorithmOf(header, u"alg");
    if (!alg)
        return tl::unexpected<Refusal>(alg.error());
    const auto enc = algorithmOf(header, u"enc");
    if (!enc)
        return tl::unexpected<Refusal>(enc.error());
    if (*alg != u"dir" || (*enc != u"A256CBC-HS512" && *enc != u"A256GCM")) {
        return refuse(DecodeFailure::AlgNotAllowed, DecodeStep::Algorithm,
                      QStringLiteral("the algorithm is not on the library's list"));
    }
    return contentAlgorithm(*enc);
}

/// The key for @p algorithm: by `kid` where the header has one, else that of the first secret.
Accepted<const base::SecretBytes *> chooseKey(session::AuthVersion version, std::span<const KeyRing::Key> keys,
                                              const ContentAlgorithm &algorithm, const JsonValue &header)
{
    const JsonValue *kid = header.find(u"kid");
    for (const KeyRing::Key &key : keys) {
        if (key.emptySecret)
            return refuse(DecodeFailure::EmptySecret, DecodeStep::Key, QStringLiteral("a secret of the list is empty"));
        if (!key.derived)
            return refuse(DecodeFailure::Other, DecodeStep::Key, QStringLiteral("no key can be derived for this salt"));
        // Better Auth knows one key of each secret, which is too long for A256GCM.
        const bool useCbc = algorithm.cbc || version == session::AuthVersion::BetterAuth;
        const QByteArray &id = useCbc ? key.cbcId : key.gcmId;
        if (!kid || (kid->string() && *kid->string() == QLatin1StringView(id)))
            return useCbc ? &key.cbc : &key.gcm;
    }
    return refuse(DecodeFailure::NoMatchingSecret, DecodeStep::Key,
                  QStringLiteral("no known secret has the token's key id"));
}

/// The checks of lengths that stand between key choice and decryption.
Accepted<void> checkLengths(const JweParts &parts, const DecodedParts &decoded, const ContentAlgorithm &algorithm)
{
    const char *wrong = nullptr;
    if (!parts.encryptedKey.isEmpty())
        wrong = "an encrypted key stands in a token that needs none";
    else if (parts.iv.isEmpty())
        wrong = "the initialisation vector is missing";
    else if (parts.tag.isEmpty())
        wrong = "the authentication tag is missing";
    else if (!algorithm.cbc && decoded.tag.size() != algorithm.tagBytes)
        wrong = "the authentication tag has a wrong length";
    else if (decoded.iv.size() != algorithm.ivBytes)
        wrong = "the initialisation vector has a wrong length";
    if (wrong)
        return refuse(DecodeFailure::Malformed, DecodeStep::Encoding, QLatin1StringView(wrong));
    return {};
}

} // namespace

Accepted<QByteArray> decryptV5(const JweParts &parts, session::AuthVersion version, std::span<const KeyRing::Key> keys,
                               JsonValue &header)
{
    const auto decoded = decodeParts(parts, header);
    if (!decoded)
        return tl::unexpected<Refusal>(decoded.error());
    if (const auto critical = checkCritical(header); !critical)
        return tl::unexpected<Refusal>(critical.error());
    const auto compressed = isCompressed(header);
    if (!compressed)
        return tl::unexpected<Refusal>(compressed.error());
    const auto algorithm = allowedAlgorithm(header);
    if (!algorithm)
        return tl::unexpected<Refusal>(algorithm.error());
    if (!fromBase64UrlStrict(parts.encryptedKey))
        return badEncoding(QLatin1StringView("encrypted key"));
    const auto key = chooseKey(version, keys, **algorithm, header);
    if (!key)
        return tl::unexpected<Refusal>(key.error());
    if (const auto lengths = checkLengths(parts, *decoded, **algorithm); !lengths)
        return tl::unexpected<Refusal>(lengths.error());
    if ((*key)->size() != (*algorithm)->keyBytes) {
        return refuse(DecodeFailure::Malformed, DecodeStep::KeyLength,
                      QStringLiteral("the content key has a wrong length for the algorithm"));
    }
    auto plaintext =
        openContent(**algorithm, (*key)->view(), decoded->iv, decoded->ciphertext, decoded->tag, parts.header);
    if (!plaintext)
        return refuse(DecodeFailure::DecryptionFailed, DecodeStep::Decryption, QStringLiteral("decryption failed"));
    if (!*compressed)
        return std::move(*plaintext);
    auto inflated = inflateRaw(*plaintext);
    base::wipe(*plaintext);
    if (!inflated)
        return refuse(DecodeFailure::Malformed, DecodeStep::Inflation, QStringLiteral("inflation failed"));
    return std::move(*inflated);
}

} // namespace rollcall::jose
