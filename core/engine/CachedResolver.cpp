#include "core/engine/CachedResolver.h"

#include <algorithm>
#include <array>

#include "core/http/PlainToken.h"

namespace rollcall::engine {

namespace {

using session::NullReason;
using session::Resolution;
using session::StepOutcome;

/// Whether an absence is the source's considered answer, which stays true for a while. Faults and anything that another
/// attempt may answer otherwise are never remembered.
bool isSettled(NullReason reason)
{
    static constexpr std::array settled{
        NullReason::RowMissing,          NullReason::RowExpired,
        NullReason::UserMissing,         NullReason::JwtAtDatabase,
        NullReason::DbTokenAtJwt,        NullReason::MalformedToken,
        NullReason::WrongSecret,         NullReason::WrongSalt,
        NullReason::KidUnknown,          NullReason::OtherMajorToken,
        NullReason::AlgOrEncRefused,     NullReason::Tampered,
        NullReason::DecompressionFailed, NullReason::PayloadNotObject,
        NullReason::ClaimType,           NullReason::Expired,
        NullReason::HeaderClaimMismatch, NullReason::ProxyNull,
        NullReason::ProxyEmptyObject,
    };
    return std::ranges::find(settled, reason) != settled.end();
}

QString cacheStep()
{
    return QStringLiteral("cache");
}

/// How a failed cache stands in the trace: by its name in the catalogue of reasons (N82), since it is reported beside
/// whatever the source answers.
QString unavailable(const base::Error &error)
{
    return QString(nullReasonName(NullReason::CacheUnavailable) + u": " + base::errorName(error.code));
}

/// The answer of somebody else's look-up, as it is for this caller: it changed nothing itself.
Resolution sharedAnswer(const Resolution &answer)
{
    Resolution result = answer;
    result.trace.clear();
    result.setCookies.clear();
    result.rowEffect = session::RowEffect::None;
    return result;
}

/// The session cookie's name, if http::plainToken() may be asked for it.
QByteArray plainName(const session::AuthProfile &profile)
{
    const QByteArray name = sessionCookieName(profile);
    return http::hasPlainTokens(name) ? name : QByteArray();
}

/// Makes @p answer the result, behind the steps taken so far.
void takeOver(Resolution &result, Resolution answer)
{
    answer.trace.insert(answer.trace.begin(), result.trace.begin(), result.trace.end());
    result = std::move(answer);
}

} // namespace

struct CachedResolver::Miss
{
    QByteArrayView cookieHeader;
    QByteArrayView token;
    quint64 landedBefore = 0; ///< look-ups that had ended when this caller looked into the cache
    quint64 generation = 0;   ///< of the cache when this caller looked into it
};

CachedResolver::CachedResolver(std::shared_ptr<const session::AuthProfile> profile, std::unique_ptr<Resolver> source,
                               std::shared_ptr<cache::SessionCache> cache, std::chrono::milliseconds ttl,
                               const base::Clock &clock, Trace trace)
    : m_profile(std::move(profile)),
      m_cookieName(plainName(*m_profile)),
      m_source(std::move(source)),
      m_cache(std::move(cache)),
      m_ttl(ttl),
      m_clock(clock),
      m_trace(trace)
{}

Resolution CachedResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    Resolution result;
    if (m_trace == Trace::Off) {
        StepLog none(nullptr);
        run(cookieHeader, result, none, call);
        return result;
    }
    const auto begun = std::chrono::steady_clock::now();
    StepLog steps(&result.trace);
    run(cookieHeader, result, steps, call);
    result.took = std::chrono::steady_clock::now() - begun;
    return result;
}

void CachedResolver::run(QByteArrayView cookieHeader, Resolution &result, StepLog &steps, const base::Call &call)
{
    // Most tokens stand in the header as they are: hits then copy nothing.
    QByteArrayView token = m_cookieName.isEmpty() ? QByteArrayView() : http::plainToken(cookieHeader, m_cookieName);
    base::SecretBytes assembled;
    if (token.isEmpty()) {
        assembled = assembleToken(*m_profile, cookieHeader);
        token = assembled.view();
    }
    if (token.isEmpty()) {
        // Nothing to look up by; the source says why.
        steps.end(cacheStep(), StepOutcome::Skipped, [] { return QStringLiteral("no session token in the request"); });
        takeOver(result, m_source->resolve(cookieHeader, call));
        return;
    }
    Miss request{cookieHeader, token, m_cache->flights().landed()};
    if (lookUp(request, result, steps, call))
        return;
    const auto answer =
        m_cache->flights().run(cache::cacheKey(request.token), call,
                               [&](const cache::SingleFlight::Flight &flight) { return ask(request, flight, call); });
    if (!answer) {
        result.reason = NullReason::CancelledOrDeadline;
        result.evidence = QStringLiteral("another caller's look-up did not end in time");
    } else if (answer->shared) {
        takeOver(result, sharedAnswer(*answer->resolution));
        steps.end(QStringLiteral("lookup"), StepOutcome::Ok,
                  [] { return QStringLiteral("shared another caller's look-up"); });
    } else {
        takeOver(result, *answer->resolution);
    }
}

bool CachedResolver::lookUp(Miss &request, Resolution &result, StepLog &steps, const base::Call &call)
{
    auto found = m_cache->find(request.token, call);
    if (!found) {
        // A cache that fails must not take sessions away: the source answers, the failure is reported beside.
        steps.end(cacheStep(), StepOutcome::Error, [&found] { return unavailable(found.error()); });
        return false;
    }
    request.generation = found->generation;
    if (!found->entry) {
        steps.end(cacheStep(), StepOutcome::Miss, [&found] { return found->note; });
        return false;
    }
    cache::SessionCache::Entry &entry = *found->entry;
    steps.end(cacheStep(), StepOutcome::Hit);
    result.session = std::move(entry.session);
    if (!result.session) {
        result.reason = entry.reason;
        result.evidence = QStringLiteral("remembered by the cache");
    }
    result.userId = entry.userId;
    result.validUntil = entry.sessionExpires;
    return true;
}

Resolution CachedResolver::ask(Miss &request, const cache::SingleFlight::Flight &flight, const base::Call &call)
{
    // Somebody's look-up may have ended between this caller's miss and its turn: then the answer is there by now.
    if (m_cache->flights().landed() != request.landedBefore) {
        Resolution again;
        StepLog steps(m_trace == Trace::On ? &again.trace : nullptr);
        if (lookUp(request, again, steps, call))
            return again;
    }
    Resolution answer = m_source->resolve(request.cookieHeader, call);
    keep(request, answer, flight, call);
    return answer;
}

void CachedResolver::keep(const Miss &request, Resolution &resolution, const cache::SingleFlight::Flight &flight,
                          const base::Call &call)
{
    const bool worthKeeping = resolution.session || (resolution.reason && isSettled(*resolution.reason));
    if (!worthKeeping || !flight.isCurrent())
        return;
    const cache::SessionCache::Entry entry{resolution.session, resolution.reason, resolution.userId,
                                           resolution.session ? resolution.validUntil : std::nullopt};
    if (const auto stored = m_cache->store(request.token, entry, m_ttl, request.generation, call); !stored)
        resolution.trace.push_back({cacheStep(),
                                    StepOutcome::Error,
                                    QStringLiteral("not kept: %1").arg(base::errorName(stored.error().code)),
                                    {}});
    // An invalidation between the check above and the store has erased nothing yet: undo the store.
    if (!flight.isCurrent()) {
        if (const auto erased = m_cache->erase(request.token, call); !erased)
            resolution.trace.push_back({cacheStep(),
                                        StepOutcome::Error,
                                        QStringLiteral("not removed: %1").arg(base::errorName(erased.error().code)),
                                        {}});
    }
}

std::unique_ptr<Resolver> makeCachedResolver(std::shared_ptr<const session::AuthProfile> profile,
                                             std::unique_ptr<Resolver> source,
                                             std::shared_ptr<cache::SessionCache> cache, std::chrono::milliseconds ttl,
                                             const base::Clock &clock, Trace trace)
{
    return std::make_unique<CachedResolver>(std::move(profile), std::move(source), std::move(cache), ttl, clock, trace);
}

} // namespace rollcall::engine
