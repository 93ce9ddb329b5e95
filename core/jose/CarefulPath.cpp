#include "core/jose/CarefulPath.h"

#include "core/jose/ClaimChecks.h"

namespace rollcall::jose {

namespace {

using session::AuthVersion;

Accepted<Claims> openParts(const JweParts &parts, AuthVersion version, std::span<const KeyRing::Key> keys,
                           base::Instant now, std::chrono::seconds tolerance, JsonValue &header)
{
    auto plaintext =
        version == AuthVersion::V4 ? decryptV4(parts, keys.front(), header) : decryptV5(parts, version, keys, header);
    if (!plaintext)
        return tl::unexpected<Refusal>(plaintext.error());
    auto claims = readClaims(version, *plaintext);
    base::wipe(*plaintext);
    if (!claims)
        return claims;
    if (const auto times = checkTimes(*claims, now, tolerance); !times)
        return tl::unexpected<Refusal>(times.error());
    if (const auto replicas = checkReplicas(header, *claims); !replicas)
        return tl::unexpected<Refusal>(replicas.error());
    return claims;
}

Accepted<Claims> open(const KeyRing &ring, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance,
                      JsonValue &header)
{
    if (token.isEmpty())
        return refuse(DecodeFailure::Empty, DecodeStep::Token, QStringLiteral("the token is empty"));
    const std::span keys(ring.keys());
    if (ring.version() == AuthVersion::V4) {
        // v4 derives its one key before it looks at the token.
        if (keys.empty() || keys.front().emptySecret)
            return refuse(DecodeFailure::EmptySecret, DecodeStep::Key, QStringLiteral("the secret is empty"));
        if (!keys.front().derived)
            return refuse(DecodeFailure::Other, DecodeStep::Key, QStringLiteral("no key can be derived for this salt"));
    }
    const auto parts = splitCompact(token);
    if (!parts)
        return tl::unexpected<Refusal>(parts.error());
    auto claims = openParts(*parts, ring.version(), keys, now, tolerance, header);
    if (claims || ring.version() != AuthVersion::BetterAuth || !header.object() || header.find(u"kid"))
        return claims;
    // Better Auth tries the older secrets in turn where the token does not name its key.
    for (std::size_t i = 1; i < keys.size(); ++i) {
        JsonValue sameHeader;
        if (auto other = openParts(*parts, ring.version(), keys.subspan(i, 1), now, tolerance, sameHeader))
            return other;
    }
    return claims;
}

} // namespace

OpenedToken refused(QByteArray headerJson, Refusal refusal)
{
    OpenedToken result;
    result.headerJson = std::move(headerJson);
    result.failure = refusal.failure;
    result.step = refusal.step;
    result.detail = std::move(refusal.detail);
    return result;
}

OpenedToken opened(Accepted<Claims> claims, const JsonValue &header)
{
    QByteArray headerJson = header.isNull() ? QByteArray() : printJson(header);
    if (!claims)
        return refused(std::move(headerJson), std::move(claims.error()));
    OpenedToken result;
    result.ok = true;
    result.headerJson = std::move(headerJson);
    result.claims = std::move(*claims);
    return result;
}

OpenedToken openCarefully(const KeyRing &ring, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance)
{
    JsonValue header;
    auto claims = open(ring, token, now, tolerance, header);
    return opened(std::move(claims), header);
}

} // namespace rollcall::jose
