#include "core/engine/CachedLookup.h"

#include <algorithm>
#include <array>

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

/// Whether an absence says something of the token or of the source, and so to all who ask with the same token. Others
/// may come of what else is in the request: a callback-url cookie, a cookie cache that cannot be read.
bool isOfTheToken(NullReason reason)
{
    static constexpr std::array faults{
        NullReason::AdapterError, NullReason::BadRow,        NullReason::ProxyNetworkError,
        NullReason::ProxyTimeout, NullReason::ProxyNotJson,  NullReason::ProxyRedirect,
        NullReason::Proxy5xx,     NullReason::ProxyTooLarge, NullReason::BaStoreError,
    };
    return isSettled(reason) || std::ranges::find(faults, reason) != faults.end();
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

} // namespace

void takeOver(Resolution &result, Resolution answer)
{
    answer.trace.insert(answer.trace.begin(), result.trace.begin(), result.trace.end());
    result = std::move(answer);
}

CachedLookup::CachedLookup(std::shared_ptr<cache::SessionCache> cache, std::chrono::milliseconds ttl, Trace trace)
    : m_cache(std::move(cache)), m_ttl(ttl), m_trace(trace)
{}

bool CachedLookup::find(QByteArrayView token, Miss &miss, Resolution &result, StepLog &steps,
                        const base::Call &call) const
{
    miss.landed = m_cache->flights().landed();
    miss.invalidations = m_cache->flights().invalidations();
    auto found = m_cache->find(token, call);
    if (!found) {
        // A cache that fails must not take sessions away: the source answers, the failure is reported beside.
        steps.end(cacheStep(), StepOutcome::Error, [&found]() -> QString {
            return QStringLiteral("%1 (%2)").arg(session::nullReasonName(NullReason::CacheUnavailable),
                                                 base::errorName(found.error().code));
        });
        return false;
    }
    miss.generation = found->generation;
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
    result.userId = std::move(entry.userId);
    result.validUntil = entry.sessionExpires;
    return true;
}

void CachedLookup::fetch(QByteArrayView token, Miss &miss, const Source &source, Resolution &result, StepLog &steps,
                         const base::Call &call) const
{
    const auto answer =
        m_cache->flights().run(cache::cacheKey(token), call, [&](const cache::SingleFlight::Flight &flight) {
            return ask(token, miss, flight, source, call);
        });
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

Resolution CachedLookup::ask(QByteArrayView token, Miss &miss, const cache::SingleFlight::Flight &flight,
                             const Source &source, const base::Call &call) const
{
    // Somebody's look-up may have ended between this caller's miss and its turn: then the answer is there by now.
    if (m_cache->flights().landed() != miss.landed) {
        Resolution again;
        StepLog steps(m_trace == Trace::On ? &again.trace : nullptr);
        if (find(token, miss, again, steps, call))
            return again;
    }
    Resolution answer = source(call);
    if (answer.reason && !isOfTheToken(*answer.reason))
        answer.isShareable = false;
    keepWhile([&flight] { return flight.isCurrent(); }, token, miss, answer, call);
    return answer;
}

void CachedLookup::keep(QByteArrayView token, const Miss &miss, Resolution &answer, const base::Call &call) const
{
    keepWhile([&] { return m_cache->flights().invalidations() == miss.invalidations; }, token, miss, answer, call);
}

void CachedLookup::keepWhile(const std::function<bool()> &isCurrent, QByteArrayView token, const Miss &miss,
                             Resolution &answer, const base::Call &call) const
{
    const bool isWorthKeeping = answer.session || (answer.reason && isSettled(*answer.reason));
    if (!isWorthKeeping || !answer.isShareable || !isCurrent())
        return;
    const auto report = [&answer](const QString &what, const base::Error &error) {
        answer.trace.push_back({cacheStep(), StepOutcome::Error, what + base::errorName(error.code), {}});
    };
    const cache::SessionCache::Entry entry{answer.session, answer.reason, answer.userId,
                                           answer.session ? answer.validUntil : std::nullopt};
    if (const auto stored = m_cache->store(token, entry, m_ttl, miss.generation, call); !stored)
        report(QStringLiteral("not kept: "), stored.error());
    // An invalidation between the check above and the store has erased nothing yet: undo the store.
    if (!isCurrent()) {
        if (const auto erased = m_cache->erase(token, call); !erased)
            report(QStringLiteral("not removed: "), erased.error());
    }
}

} // namespace rollcall::engine
