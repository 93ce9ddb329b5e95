#include "core/revoke/RuledResolver.h"

#include <algorithm>

#include "core/http/CookieNames.h"
#include "core/jose/Jws.h"
#include "core/jose/TokenCodec.h"
#include "core/revoke/CallbackSnippet.h"

namespace rollcall::revoke {

using session::AuthVersion;
using session::NullReason;
using session::Resolution;

namespace {

class RuledResolver final : public engine::Resolver
{
public:
    RuledResolver(std::unique_ptr<engine::Resolver> resolver, std::shared_ptr<const session::AuthProfile> profile,
                  std::vector<NotBeforeRule> rules, const base::Clock &clock)
        : m_resolver(std::move(resolver)), m_profile(std::move(profile)), m_rules(std::move(rules)), m_clock(clock)
    {}

    [[nodiscard]] Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override
    {
        Resolution resolution = m_resolver->resolve(cookieHeader, call);
        if (!resolution.hasSession())
            return resolution;
        const base::SecretBytes token = engine::assembleToken(*m_profile, cookieHeader);
        const auto origin = originOf(*m_profile, token.view(), m_clock.now());
        if (!origin || !isRefused(m_rules, origin->since, origin->userId, origin->email))
            return resolution;
        const bool isV4 = m_profile->version == AuthVersion::V4;
        resolution.session.reset();
        resolution.reason = isV4 ? NullReason::JwtCbThrew : NullReason::JwtCbNull;
        resolution.evidence = QStringLiteral("The session began before a not-before rule that is in force.");
        resolution.validUntil.reset();
        resolution.userId.clear();
        for (session::CookieEffect &effect : resolution.setCookies) {
            effect.cleared = true;
            effect.expires.reset();
            effect.maxAge = 0;
            effect.fingerprint = {};
        }
        return resolution;
    }

private:
    std::unique_ptr<engine::Resolver> m_resolver;
    std::shared_ptr<const session::AuthProfile> m_profile;
    std::vector<NotBeforeRule> m_rules;
    const base::Clock &m_clock;
};

} // namespace

std::unique_ptr<engine::Resolver> makeRuledResolver(std::unique_ptr<engine::Resolver> resolver,
                                                    std::shared_ptr<const session::AuthProfile> profile,
                                                    std::vector<NotBeforeRule> rules, const base::Clock &clock)
{
    return std::make_unique<RuledResolver>(std::move(resolver), std::move(profile), std::move(rules), clock);
}

namespace {

jose::OpenedToken openedBy(const session::AuthProfile &profile, QByteArrayView token, base::Instant now)
{
    if (!profile.signedTokens) {
        const QByteArray salt = profile.version == AuthVersion::V4 ? QByteArray() : http::sessionCookieName(profile);
        return jose::openToken(jose::KeyRing(profile.version, profile.secrets, salt), token, now);
    }
    const auto keys = jose::JwsKeys::of(*profile.signedTokens, profile.secrets);
    return keys ? jose::openSigned(*keys, token, now, profile.clockTolerance) : jose::OpenedToken();
}

} // namespace

std::optional<TokenOrigin> originOf(const session::AuthProfile &profile, QByteArrayView token, base::Instant now)
{
    const jose::OpenedToken opened = openedBy(profile, token, now);
    if (!opened.ok)
        return std::nullopt;
    const auto since =
        opened.claims.number(sinceClaim) ? opened.claims.number(sinceClaim) : opened.claims.number("iat");
    if (!since)
        return std::nullopt;
    TokenOrigin origin;
    constexpr double furthest = 253'402'300'799.0; // the end of year 9999; claims may say 1e400
    origin.since =
        base::Instant(std::chrono::milliseconds(static_cast<qint64>(std::clamp(*since, -furthest, furthest) * 1000)));
    origin.userId = opened.claims.string("sub");
    origin.email = opened.claims.string("email");
    return origin;
}

} // namespace rollcall::revoke
