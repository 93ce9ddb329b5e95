#include "core/engine/CachedResolver.h"

#include "core/engine/betterauth/BetterAuthResolver.h"
#include "core/http/PlainToken.h"

namespace rollcall::engine {

namespace {

/// The session cookie's name, if http::plainToken() may be asked for it.
QByteArray plainName(const session::AuthProfile &profile)
{
    const QByteArray name = sessionCookieName(profile);
    // Better Auth's cookie holds more than the token.
    const bool plain = profile.version != session::AuthVersion::BetterAuth && http::hasPlainTokens(name);
    return plain ? name : QByteArray();
}

} // namespace

CachedResolver::CachedResolver(std::shared_ptr<const session::AuthProfile> profile, std::unique_ptr<Resolver> source,
                               CachedLookup lookup, Trace trace)
    : m_profile(std::move(profile)),
      m_cookieName(plainName(*m_profile)),
      m_source(std::move(source)),
      m_lookup(std::move(lookup)),
      m_trace(trace)
{}

session::Resolution CachedResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    using Clock = std::chrono::steady_clock;
    session::Resolution result;
    const bool isTraced = m_trace == Trace::On;
    const auto begun = isTraced ? Clock::now() : Clock::time_point();
    StepLog steps(isTraced ? &result.trace : nullptr);
    // Most tokens stand in the header as they are: hits then copy nothing.
    const QByteArrayView token =
        m_cookieName.isEmpty() ? QByteArrayView() : http::plainToken(cookieHeader, m_cookieName);
    if (token.isEmpty())
        answerOther(cookieHeader, result, steps, call);
    else if (!m_lookup.findAtHand(token, result, steps))
        answer(token, cookieHeader, result, steps, call);
    if (isTraced)
        result.took = Clock::now() - begun;
    return result;
}

void CachedResolver::answerOther(QByteArrayView cookieHeader, session::Resolution &result, StepLog &steps,
                                 const base::Call &call)
{
    if (const base::SecretBytes token = cachedToken(*m_profile, cookieHeader); !token.isEmpty()) {
        if (!m_lookup.findAtHand(token.view(), result, steps))
            answer(token.view(), cookieHeader, result, steps, call);
        return;
    }
    // Nothing to look up by; the source says why.
    steps.end(QStringLiteral("cache"), session::StepOutcome::Skipped,
              [] { return QStringLiteral("no session token in the request"); });
    takeOver(result, m_source->resolve(cookieHeader, call));
}

void CachedResolver::answer(QByteArrayView token, QByteArrayView cookieHeader, session::Resolution &result,
                            StepLog &steps, const base::Call &call)
{
    CachedLookup::Miss miss;
    if (m_lookup.find(token, miss, result, steps, call))
        return;
    const auto source = [&](const base::Call &inner) { return m_source->resolve(cookieHeader, inner); };
    m_lookup.fetch(token, miss, source, result, steps, call);
}

base::SecretBytes cachedToken(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    return profile.version == session::AuthVersion::BetterAuth ? betterauth::signedToken(profile, cookieHeader)
                                                               : assembleToken(profile, cookieHeader);
}

std::unique_ptr<Resolver> makeCachedResolver(std::shared_ptr<const session::AuthProfile> profile,
                                             std::unique_ptr<Resolver> source,
                                             std::shared_ptr<cache::SessionCache> cache, std::chrono::milliseconds ttl,
                                             Trace trace)
{
    return std::make_unique<CachedResolver>(std::move(profile), std::move(source),
                                            CachedLookup(std::move(cache), ttl, trace), trace);
}

} // namespace rollcall::engine
