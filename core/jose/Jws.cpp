#include "core/jose/Jws.h"

#include <algorithm>

#include "core/jose/Base64Url.h"
#include "core/jose/CarefulPath.h"
#include "core/jose/ClaimChecks.h"
#include "core/jose/ClaimStamps.h"
#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

Accepted<Claims> verified(const JwsKeys &keys, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance,
                          JsonValue &header)
{
    if (token.isEmpty())
        return refuse(DecodeFailure::Empty, DecodeStep::Token, QStringLiteral("the token is empty"));
    const qsizetype firstDot = token.indexOf('.');
    const qsizetype lastDot = token.lastIndexOf('.');
    if (token.size() > maxTokenBytes || firstDot < 0 || firstDot == lastDot ||
        token.sliced(firstDot + 1, lastDot - firstDot - 1).contains('.')) {
        return refuse(DecodeFailure::Malformed, DecodeStep::Parts,
                      QStringLiteral("a signed token has three parts, this one has not"));
    }
    const auto headerBytes = fromBase64UrlStrict(token.first(firstDot));
    const auto headerText = headerBytes ? utf8Strict(*headerBytes) : std::nullopt;
    auto parsed = headerText ? parseJson(*headerText) : std::nullopt;
    if (!parsed || !parsed->object())
        return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("the header is no JSON object"));
    header = std::move(*parsed);
    if (const auto critical = checkCritical(header, u"b64"); !critical)
        return tl::unexpected<Refusal>(critical.error());
    // Where it is critical, it is there (RFC 7797).
    const JsonValue *b64 = header.find(u"crit") ? header.find(u"b64") : nullptr;
    const bool *encodes = b64 ? b64->boolean() : nullptr;
    if (b64 && !encodes)
        return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("\"b64\" is no boolean"));
    const auto alg = algorithmOf(header, u"alg");
    if (!alg)
        return tl::unexpected<Refusal>(alg.error());
    if (*alg != algorithmName(keys.algorithm())) {
        return refuse(DecodeFailure::AlgNotAllowed, DecodeStep::Algorithm,
                      QStringLiteral("the token's algorithm is not the configured one"));
    }
    const auto notBase64 = [] {
        return refuse(DecodeFailure::Malformed, DecodeStep::Encoding, QStringLiteral("a part is not base64url"));
    };
    const auto signature = fromBase64UrlStrict(token.sliced(lastDot + 1));
    const QByteArrayView encoded = token.sliced(firstDot + 1, lastDot - firstDot - 1);
    if (!signature || !std::ranges::all_of(encoded, [](char c) { return static_cast<quint8>(c) < 0x80; }))
        return notBase64();
    if (!keys.verify(token.first(lastDot), *signature)) {
        return refuse(DecodeFailure::DecryptionFailed, DecodeStep::Decryption,
                      QStringLiteral("the signature is not of a known key"));
    }
    if (encodes && !*encodes) {
        return refuse(DecodeFailure::InvalidPayload, DecodeStep::Payload,
                      QStringLiteral("a session's payload must be encoded"));
    }
    // jose decodes what was signed only now: nonsense that nobody signed is a wrong signature.
    auto payload = fromBase64UrlStrict(encoded);
    if (!payload)
        return notBase64();
    Accepted<Claims> claims;
    if (!claims->takeCanonical(*payload))
        claims = readClaims(session::AuthVersion::V5, *payload);
    base::wipe(*payload);
    if (!claims)
        return claims;
    if (const auto times = checkTimes(*claims, now, tolerance); !times)
        return tl::unexpected<Refusal>(times.error());
    return claims;
}

} // namespace

OpenedToken openSigned(const JwsKeys &keys, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance)
{
    JsonValue header;
    auto claims = verified(keys, token, now, tolerance, header);
    return opened(std::move(claims), header);
}

base::Result<base::SecretBytes> sealSigned(const JwsKeys &keys, const Claims &claims, std::chrono::seconds maxAge,
                                           base::Instant now, TokenId tokenId)
{
    auto payload = stampedText(claims, maxAge, now, tokenId);
    if (!payload)
        return base::fail(payload.error());
    QByteArray token = toBase64Url(QByteArray("{\"alg\":\"" + algorithmName(keys.algorithm()).toLatin1() + "\"}")) +
                       '.' + toBase64Url(*payload);
    base::wipe(*payload);
    const auto signature = keys.sign(token);
    if (!signature) {
        base::wipe(token);
        return base::fail(signature.error());
    }
    token += '.' + toBase64Url(*signature);
    return base::SecretBytes::fromAndWipe(token);
}

} // namespace rollcall::jose
