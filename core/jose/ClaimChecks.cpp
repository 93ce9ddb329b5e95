#include "core/jose/ClaimChecks.h"

#include <string_view>

#include "core/jose/Utf8.h"

namespace rollcall::jose {

namespace {

/// The claims that are times; nullptr where they are absent.
struct TimeClaims
{
    const ClaimMember *iat = nullptr;
    const ClaimMember *nbf = nullptr;
    const ClaimMember *exp = nullptr;
};

/// Finds them in one walk: their names have one length.
TimeClaims timeClaims(const Claims &claims)
{
    constexpr std::size_t nameSize = 3;
    TimeClaims found;
    for (const ClaimMember &member : claims.members()) {
        if (member.nameSize != nameSize)
            continue;
        const std::string_view name(claims.text().data() + member.nameAt, nameSize);
        if (name == "iat")
            found.iat = &member;
        else if (name == "nbf")
            found.nbf = &member;
        else if (name == "exp")
            found.exp = &member;
    }
    return found;
}

bool isMisfit(const ClaimMember *time)
{
    return time && time->kind != JsonKind::Number;
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
    const TimeClaims times = timeClaims(claims);
    if (isMisfit(times.iat))
        return misfit(QLatin1StringView("iat"));
    if (isMisfit(times.nbf))
        return misfit(QLatin1StringView("nbf"));
    if (times.nbf && claims.number(*times.nbf) > seconds + slack)
        return refuse(DecodeFailure::NotBefore, DecodeStep::Claims, QStringLiteral("the token is not valid yet"));
    if (isMisfit(times.exp))
        return misfit(QLatin1StringView("exp"));
    if (times.exp && claims.number(*times.exp) <= seconds - slack)
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
