#include "core/engine/CachedResolver.h"

#include <algorithm>
#include <array>

#include "core/engine/StepTimer.h"

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

/// The answer of somebody else's look-up, as it is for this caller: it changed nothing itself.
Resolution sharedAnswer(const Resolution &answer)
{
    Resolution result = answer;
    result.trace.clear();
    result.setCookies.clear();
    result.rowEffect = session::RowEffect::None;
    return result;
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
                               const base::Clock &clock)
    : m_profile(std::move(profile)), m_source(std::move(source)), m_cache(std::move(cache)), m_ttl(ttl), m_clock(clock)
{}

Resolution CachedResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    Resolution result;
    {
        StepTimer timer(result);
        run(cookieHeader, result, timer, call);
    }
    return result;
}

void CachedResolver::run(QByteArrayView cookieHeader, Resolution &result, StepTimer &timer, const base::Call &call)
{
    const base::SecretBytes token = assembleToken(*m_profile, cookieHeader);
    if (token.isEmpty()) {
        // Nothing to look up by; the source says why.
        timer.end(cacheStep(), StepOutcome::Skipped, QStringLiteral("no session token in the request"));
        takeOver(result, m_source->resolve(cookieHeader, call));
        return;
    }
    Miss request{cookieHeader, token.view(), m_cache->flights().landed()};
    if (lookUp(request, result, timer, call))
        return;
    const auto answer =
        m_cache->flights().run(cache::cacheKey(request.token), call,
                               [&](const cache::SingleFlight::Flight &flight) { return ask(request, flight, call); });
    if (!answer) {
        result.reason = NullReason::CancelledOrDeadline;
        result.evidence = QStringLiteral("another caller's look-up did not end in time");
    } else if (answer->shared) {
        takeOver(result, sharedAnswer(*answer->resolution));
        timer.end(QStringLiteral("lookup"), StepOutcome::Ok, QStringLiteral("shared another caller's look-up"));
    } else {
        takeOver(result, *answer->resolution);
    }
}

bool CachedResolver::lookUp(Miss &request, Resolution &result, StepTimer &timer, const base::Call &call)
{
    auto found = m_cache->find(request.token, call);
    if (!found) {
        // A cache that fails must not take sessions away: the source answers, the failure is reported beside.
        timer.end(cacheStep(), StepOutcome::Error, base::errorName(found.error().code));
        return false;
    }
    // Whoever filled the cache: an entry with neither session nor reason is no answer, nor is a session past its end.
    const auto isAnswer = [now = m_clock.now()](const cache::SessionCache::Entry &entry) {
        return entry.session ? !entry.sessionExpires || now <= *entry.sessionExpires : entry.reason.has_value();
    };
    request.generation = found->generation;
    if (!found->entry || !isAnswer(*found->entry)) {
        timer.end(cacheStep(), StepOutcome::Miss, found->note);
        return false;
    }
    cache::SessionCache::Entry &entry = *found->entry;
    timer.end(cacheStep(), StepOutcome::Hit);
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
        StepTimer timer(again);
        if (lookUp(request, again, timer, call))
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
                                             const base::Clock &clock)
{
    return std::make_unique<CachedResolver>(std::move(profile), std::move(source), std::move(cache), ttl, clock);
}

} // namespace rollcall::engine
