#include "core/jose/ClaimChecks.h"

#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

/// A numeric claim; nullopt where it is absent.
Accepted<std::optional<double>> timeClaim(const Claims &claims, QByteArrayView name)
{
    const auto number = claims.number(name);
    if (!number && claims.has(name)) {
        return refuse(DecodeFailure::ClaimType, DecodeStep::Claims,
                      QStringLiteral("the claim \"%1\" is not a number").arg(QLatin1StringView(name)));
    }
    return number;
}

/// `===` between a header member and a claim: primitives by value, objects never. Infinite numbers print as null, so
/// that they are told from it here.
bool strictlyEqual(const JsonValue &replica, const Claims &claims, QByteArrayView name)
{
    if (replica.array() || replica.object())
        return false;
    if (replica.number())
        return claims.number(name) == *replica.number();
    const ClaimMember *claim = claims.find(name);
    return claim && claim->kind != JsonKind::Number && claims.raw(name) == printJson(replica);
}

} // namespace

Accepted<void> checkReplicas(const JsonValue &header, const Claims &claims)
{
    const auto mismatch = [](QLatin1StringView name) {
        return refuse(DecodeFailure::HeaderClaimMismatch, DecodeStep::Claims,
                      QStringLiteral("the claim \"%1\" differs from its copy in the header").arg(name));
    };
    for (const char *name : {"iss", "sub"}) {
        const JsonValue *replica = header.find(QString::fromLatin1(name));
        if (replica && !strictlyEqual(*replica, claims, name))
            return mismatch(QLatin1StringView(name));
    }
    const JsonValue *audience = header.find(u"aud");
    if (audience && claims.raw("aud") != printJson(*audience))
        return mismatch(QLatin1StringView("aud"));
    return {};
}

Accepted<void> checkTimes(const Claims &claims, base::Instant now, std::chrono::seconds tolerance)
{
    const auto seconds = static_cast<double>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    const auto slack = static_cast<double>(tolerance.count());
    if (const auto issued = timeClaim(claims, "iat"); !issued)
        return tl::unexpected<Refusal>(issued.error());
    const auto notBefore = timeClaim(claims, "nbf");
    if (!notBefore)
        return tl::unexpected<Refusal>(notBefore.error());
    if (*notBefore && **notBefore > seconds + slack)
        return refuse(DecodeFailure::NotBefore, DecodeStep::Claims, QStringLiteral("the token is not valid yet"));
    const auto expires = timeClaim(claims, "exp");
    if (!expires)
        return tl::unexpected<Refusal>(expires.error());
    if (*expires && **expires <= seconds - slack)
        return refuse(DecodeFailure::Expired, DecodeStep::Claims, QStringLiteral("the token has expired"));
    return {};
}

Accepted<Claims> readClaims(session::AuthVersion version, QByteArrayView plaintext)
{
    const std::optional<QString> text =
        version == session::AuthVersion::V4 ? std::optional(utf8Replacing(plaintext)) : utf8Strict(plaintext);
    const auto value = text ? parseJson(*text) : std::nullopt;
    auto claims = value ? Claims::fromValue(*value) : std::nullopt;
    if (!claims)
        return refuse(DecodeFailure::InvalidPayload, DecodeStep::Payload,
                      QStringLiteral("the content is no JSON object"));
    return std::move(*claims);
}

} // namespace rollcall::jose
