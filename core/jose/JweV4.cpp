#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/Inflate.h"
#include "core/jose/Jwe.h"
#include "core/jose/KeyUnwrap.h"
#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

bool isFalsy(const JsonValue &value)
{
    return value.isNull() || (value.boolean() && !*value.boolean()) || (value.string() && value.string()->isEmpty()) ||
           (value.number() && *value.number() == 0);
}

Accepted<bool> isCompressed(const JsonValue &header)
{
    const JsonValue *zip = header.find(u"zip");
    if (!zip)
        return false;
    if (isFalsy(*zip))
        return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("the header's \"zip\" is empty"));
    if (!zip->string() || *zip->string() != u"DEF") {
        return refuse(DecodeFailure::Unsupported, DecodeStep::Algorithm,
                      QStringLiteral("the compression algorithm is not supported"));
    }
    return true;
}

Accepted<void> readHeader(const JweParts &parts, JsonValue &header)
{
    if (parts.header.isEmpty() || parts.iv.isEmpty() || parts.tag.isEmpty())
        return refuse(DecodeFailure::Malformed, DecodeStep::Parts, QStringLiteral("a part of the token is empty"));
    // A header that is no object is not refused as such: it merely lacks an algorithm.
    auto parsed = parseJson(utf8Replacing(fromBase64Lenient(parts.header)));
    if (!parsed)
        return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("the header is not JSON"));
    header = std::move(*parsed);
    return {};
}

} // namespace

Accepted<QByteArray> decryptV4(const JweParts &parts, const KeyRing::Key &key, JsonValue &header)
{
    if (const auto read = readHeader(parts, header); !read)
        return tl::unexpected<Refusal>(read.error());
    if (const auto critical = checkCritical(header); !critical)
        return tl::unexpected<Refusal>(critical.error());
    const auto compressed = isCompressed(header);
    if (!compressed)
        return tl::unexpected<Refusal>(compressed.error());
    const auto alg = algorithmOf(header, u"alg");
    if (!alg)
        return tl::unexpected<Refusal>(alg.error());
    const auto enc = algorithmOf(header, u"enc");
    if (!enc)
        return tl::unexpected<Refusal>(enc.error());
    const auto contentKey = contentKeyV4(*alg, key.gcm, parts.encryptedKey, header);
    if (!contentKey)
        return tl::unexpected<Refusal>(contentKey.error());
    const ContentAlgorithm *algorithm = contentAlgorithm(*enc);
    if (!algorithm) {
        return refuse(DecodeFailure::Unsupported, DecodeStep::Algorithm,
                      QStringLiteral("the content encryption algorithm is not supported"));
    }
    if (*contentKey && (*contentKey)->size() != algorithm->keyBytes) {
        return refuse(DecodeFailure::Malformed, DecodeStep::KeyLength,
                      QStringLiteral("the content key has a wrong length for the algorithm"));
    }
    const QByteArray iv = fromBase64Lenient(parts.iv);
    if (iv.size() != algorithm->ivBytes) {
        return refuse(DecodeFailure::Malformed, DecodeStep::Encoding,
                      QStringLiteral("the initialisation vector has a wrong length"));
    }
    std::optional<QByteArray> plaintext;
    if (*contentKey) {
        plaintext = openContent(*algorithm, (*contentKey)->view(), iv, fromBase64Lenient(parts.ciphertext),
                                fromBase64Lenient(parts.tag), parts.header);
    }
    if (!plaintext)
        return refuse(DecodeFailure::DecryptionFailed, DecodeStep::Decryption, QStringLiteral("decryption failed"));
    if (!*compressed)
        return std::move(*plaintext);
    auto inflated = inflateRaw(*plaintext);
    base::wipe(*plaintext);
    if (!inflated)
        return refuse(DecodeFailure::DecompressionFailed, DecodeStep::Inflation, QStringLiteral("inflation failed"));
    return std::move(*inflated);
}

} // namespace rollcall::jose
