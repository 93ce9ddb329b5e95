#include "core/engine/LocalResolver.h"

#include "core/engine/CookieEffects.h"
#include "core/engine/betterauth/BetterAuthResolver.h"

namespace rollcall::engine {

namespace {

using session::NullReason;
using session::Resolution;
using session::StepOutcome;

void setNull(Resolution &result, NullReason reason, const QString &evidence)
{
    result.reason = reason;
    result.evidence = evidence;
}

} // namespace

LocalResolver::LocalResolver(const std::shared_ptr<const session::AuthProfile> &profile, store::SessionStore *store,
                             Effects effects, const base::Clock &clock)
    : m_action(profile, profile->secureCookies, nullptr),
      m_helpers(*profile, profile->secureCookies),
      m_adapter(store ? makeStoreAdapter(*store) : nullptr),
      m_effects(effects),
      m_clock(clock)
{}

Resolution LocalResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    const auto begun = std::chrono::steady_clock::now();
    Resolution result;
    run(cookieHeader, result, call);
    result.took = std::chrono::steady_clock::now() - begun;
    return result;
}

void LocalResolver::run(QByteArrayView cookieHeader, Resolution &result, const base::Call &call) const
{
    const session::AuthProfile &profile = m_action.profile();
    if (const auto bounds = call.check(QStringLiteral("resolve")); !bounds)
        return setNull(result, NullReason::CancelledOrDeadline, base::errorName(bounds.error().code));
    // The database strategy needs none to find its rows.
    if (profile.strategy == session::Strategy::Jwt && !profile.canDecode())
        return setNull(result, NullReason::MissingSecret, QStringLiteral("no secret is known for this deployment"));
    const auto begun = std::chrono::steady_clock::now();
    http::Cookies parsed = http::parseCookies(cookieHeader, http::dialectOf(profile));
    result.trace.push_back({QStringLiteral("cookies"), StepOutcome::Ok, QStringLiteral("%1 cookies").arg(parsed.size()),
                            std::chrono::steady_clock::now() - begun});
    // Both libraries look at it before the session. Any origin serves: what is an address does not depend on which.
    const QByteArrayView callback = m_helpers.callbackCookie(parsed);
    if (!callback.isEmpty() && !isCallbackUrl(callback, QByteArrayLiteral("http://localhost:3000")))
        return setNull(result, NullReason::InvalidCallbackUrl,
                       QStringLiteral("the callback-url cookie is no http address"));
    SessionInput input;
    input.header = cookieHeader;
    input.cookies = http::sessionCookies(std::move(parsed), m_action.cookieName(), profile.version);
    input.now = m_clock.now();
    input.adapter = m_adapter.get();
    input.effects = m_effects;
    SessionOutcome outcome;
    m_action.run(input, outcome, call);
    if (!outcome.reason)
        result.session = std::move(outcome.json);
    result.reason = outcome.reason;
    result.evidence = std::move(outcome.evidence);
    result.trace.insert(result.trace.end(), std::make_move_iterator(outcome.trace.begin()),
                        std::make_move_iterator(outcome.trace.end()));
    result.setCookies = effectsOf(outcome.cookies);
    result.rowEffect = outcome.rowEffect;
    result.validUntil = outcome.validUntil;
    result.userId = std::move(outcome.userId);
}

std::unique_ptr<Resolver> makeLocalResolver(std::shared_ptr<const session::AuthProfile> profile,
                                            store::SessionStore *store, Effects effects, const base::Clock &clock)
{
    if (profile->version == session::AuthVersion::BetterAuth)
        return betterauth::makeBetterAuthResolver(*profile, store, effects, clock);
    return std::make_unique<LocalResolver>(std::move(profile), store, effects, clock);
}

} // namespace rollcall::engine
