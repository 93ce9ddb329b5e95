#include "core/jose/ClaimChecks.h"

#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

/// A claim that is a time.
struct TimeClaim
{
    std::optional<double> seconds; ///< nullopt where it is absent, or no number
    bool misfit = false;           ///< present, and no number
};

TimeClaim timeClaim(const Claims &claims, QByteArrayView name)
{
    const ClaimMember *member = claims.find(name);
    if (!member)
        return {};
    const auto seconds = claims.number(*member);
    return {seconds, !seconds};
}

tl::unexpected<Refusal> misfit(QLatin1StringView name)
{
    return refuse(DecodeFailure::ClaimType, DecodeStep::Claims,
                  QStringLiteral("the claim \"%1\" is not a number").arg(name));
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
    if (timeClaim(claims, "iat").misfit)
        return misfit(QLatin1StringView("iat"));
    const TimeClaim notBefore = timeClaim(claims, "nbf");
    if (notBefore.misfit)
        return misfit(QLatin1StringView("nbf"));
    if (notBefore.seconds && *notBefore.seconds > seconds + slack)
        return refuse(DecodeFailure::NotBefore, DecodeStep::Claims, QStringLiteral("the token is not valid yet"));
    const TimeClaim expires = timeClaim(claims, "exp");
    if (expires.misfit)
        return misfit(QLatin1StringView("exp"));
    if (expires.seconds && *expires.seconds <= seconds - slack)
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
