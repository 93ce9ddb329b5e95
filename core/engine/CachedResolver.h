#pragma once

#include "core/engine/SessionEngine.h"
#include "core/engine/StepLog.h"

namespace rollcall::engine {

/// Answers from a shared cache and asks its source on a miss, once for all who ask for the same token at the same time.
/// **Thread-safety:** one object, one thread at a time; the cache is shared.
class CachedResolver final : public Resolver
{
public:
    /// @p source is owned, @p clock borrowed; see makeCachedResolver().
    CachedResolver(std::shared_ptr<const session::AuthProfile> profile, std::unique_ptr<Resolver> source,
                   std::shared_ptr<cache::SessionCache> cache, std::chrono::milliseconds ttl, const base::Clock &clock,
                   Trace trace);

    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override;

private:
    void run(QByteArrayView cookieHeader, session::Resolution &result, StepLog &steps, const base::Call &call);
    /// One request whose token is not in the cache.
    struct Miss;

    /// Looks into the cache, with a step; true where @p result is answered.
    bool lookUp(Miss &request, session::Resolution &result, StepLog &steps, const base::Call &call);
    /// Asks the source and keeps its answer.
    session::Resolution ask(Miss &request, const cache::SingleFlight::Flight &flight, const base::Call &call);
    void keep(const Miss &request, session::Resolution &resolution, const cache::SingleFlight::Flight &flight,
              const base::Call &call);

    std::shared_ptr<const session::AuthProfile> m_profile;
    QByteArray m_cookieName; ///< empty: not one of http::hasPlainTokens()
    std::unique_ptr<Resolver> m_source;
    std::shared_ptr<cache::SessionCache> m_cache;
    std::chrono::milliseconds m_ttl;
    const base::Clock &m_clock;
    Trace m_trace;
};

} // namespace rollcall::engine
