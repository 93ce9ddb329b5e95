#pragma once

#include <functional>

#include "core/engine/SessionEngine.h"
#include "core/engine/StepLog.h"

namespace rollcall::engine {

/// Looks a request's answer up in a cache before its source is asked, and keeps what the source says: sessions for
/// their time to live, settled absences for moments; faults, and what is one request's alone, never. A cache that fails
/// takes nothing away: the source answers and the failure stands in the trace. **Thread-safety:** thread-safe, as the
/// cache is.
class CachedLookup final
{
public:
    /// Asks the source for the request at hand, within a call.
    using Source = std::function<session::Resolution(const base::Call &)>;

    /// @p ttl: of sessions, from when they are kept. @p trace: of answers that are looked for
    /// again before the source is asked.
    CachedLookup(std::shared_ptr<cache::SessionCache> cache, std::chrono::milliseconds ttl, Trace trace);

    /// The state of the cache when it had no answer for a request; handed back to fetch() or keep().
    struct Miss
    {
        quint64 generation = 0;    ///< of the cache's content
        quint64 landed = 0;        ///< look-ups that had ended
        quint64 invalidations = 0; ///< that there had been
    };

    /// Takes what is at hand in this process, with a step; true where @p result is answered. Waits for nothing; false
    /// says nothing: go on with find().
    [[nodiscard]] bool findAtHand(QByteArrayView token, session::Resolution &result, StepLog &steps) const
    {
        if (!m_cache->findAtHand(token, result))
            return false;
        steps.end(QStringLiteral("cache"), session::StepOutcome::Hit);
        return true;
    }

    /// Looks into the cache, with a step; true where @p result is answered. Blocks within @p call.
    [[nodiscard]] bool find(QByteArrayView token, Miss &miss, session::Resolution &result, StepLog &steps,
                            const base::Call &call) const;

    /// The answer after @p miss, behind the steps that @p result has: @p source is asked once for all who want the same
    /// token at the same time, and what it says is kept. Where another caller asked it, what that changed is not in the
    /// answer. Blocks within @p call.
    void fetch(QByteArrayView token, Miss &miss, const Source &source, session::Resolution &result, StepLog &steps,
               const base::Call &call) const;

    /// Keeps @p answer, which the source gave after @p miss, unless an invalidation has come since; what fails stands
    /// in its trace. For callers who ask the source for many at once. Blocks within @p call.
    void keep(QByteArrayView token, const Miss &miss, session::Resolution &answer, const base::Call &call) const;

    [[nodiscard]] cache::SessionCache &cache() const { return *m_cache; }

private:
    session::Resolution ask(QByteArrayView token, Miss &miss, const cache::SingleFlight::Flight &flight,
                            const Source &source, const base::Call &call) const;
    void keepWhile(const std::function<bool()> &isCurrent, QByteArrayView token, const Miss &miss,
                   session::Resolution &answer, const base::Call &call) const;

    std::shared_ptr<cache::SessionCache> m_cache;
    std::chrono::milliseconds m_ttl;
    Trace m_trace;
};

/// Makes @p answer the result, behind the steps taken so far. **Thread-safety:** pure.
void takeOver(session::Resolution &result, session::Resolution answer);

} // namespace rollcall::engine
