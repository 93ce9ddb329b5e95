#include "core/jose/Claims.h"

#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

/// A numeric claim; nullopt where it is absent.
Accepted<std::optional<double>> timeClaim(const JsonValue &claims, QStringView name)
{
    const JsonValue *claim = claims.find(name);
    if (!claim)
        return std::optional<double>();
    if (!claim->number()) {
        return refuse(DecodeFailure::ClaimType, DecodeStep::Claims,
                      QStringLiteral("the claim \"%1\" is not a number").arg(name));
    }
    return std::optional(*claim->number());
}

/// `===` between a header member and a claim: primitives by value, objects never.
bool strictlyEqual(const JsonValue &a, const JsonValue *b)
{
    if (!b)
        return false;
    if (a.string() && b->string())
        return *a.string() == *b->string();
    if (a.number() && b->number())
        return *a.number() == *b->number();
    if (a.boolean() && b->boolean())
        return *a.boolean() == *b->boolean();
    return a.isNull() && b->isNull();
}

Accepted<void> checkReplicas(const JsonValue &header, const JsonValue &claims)
{
    const auto mismatch = [](QStringView name) {
        return refuse(DecodeFailure::HeaderClaimMismatch, DecodeStep::Claims,
                      QStringLiteral("the claim \"%1\" differs from its copy in the header").arg(name));
    };
    for (const QStringView name : {u"iss", u"sub"}) {
        const JsonValue *replica = header.find(name);
        if (replica && !strictlyEqual(*replica, claims.find(name)))
            return mismatch(name);
    }
    const JsonValue *audience = header.find(u"aud");
    const JsonValue *claim = claims.find(u"aud");
    if (audience && (!claim || printJson(*audience) != printJson(*claim)))
        return mismatch(u"aud");
    return {};
}

Accepted<void> checkTimes(const JsonValue &claims, base::Instant now)
{
    const auto seconds = static_cast<double>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    if (const auto issued = timeClaim(claims, u"iat"); !issued)
        return tl::unexpected<Refusal>(issued.error());
    const auto notBefore = timeClaim(claims, u"nbf");
    if (!notBefore)
        return tl::unexpected<Refusal>(notBefore.error());
    if (*notBefore && **notBefore > seconds + claimTolerance)
        return refuse(DecodeFailure::NotBefore, DecodeStep::Claims, QStringLiteral("the token is not valid yet"));
    const auto expires = timeClaim(claims, u"exp");
    if (!expires)
        return tl::unexpected<Refusal>(expires.error());
    if (*expires && **expires <= seconds - claimTolerance)
        return refuse(DecodeFailure::Expired, DecodeStep::Claims, QStringLiteral("the token has expired"));
    return {};
}

} // namespace

Accepted<JsonValue> readClaims(session::AuthVersion version, QByteArrayView plaintext, const JsonValue &header,
                               base::Instant now)
{
    const std::optional<QString> text =
        version == session::AuthVersion::V4 ? std::optional(utf8Replacing(plaintext)) : utf8Strict(plaintext);
    auto claims = text ? parseJson(*text) : std::nullopt;
    if (!claims || !claims->object())
        return refuse(DecodeFailure::InvalidPayload, DecodeStep::Payload,
                      QStringLiteral("the content is no JSON object"));
    if (const auto times = checkTimes(*claims, now); !times)
        return tl::unexpected<Refusal>(times.error());
    if (const auto replicas = checkReplicas(header, *claims); !replicas)
        return tl::unexpected<Refusal>(replicas.error());
    return std::move(*claims);
}

} // namespace rollcall::jose
