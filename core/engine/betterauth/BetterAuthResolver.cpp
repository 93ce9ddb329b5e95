#include "core/engine/betterauth/BetterAuthResolver.h"

#include "core/engine/CookieEffects.h"
#include "core/engine/betterauth/GetSession.h"
#include "core/engine/betterauth/Observing.h"
#include "core/engine/betterauth/StoreRows.h"

namespace rollcall::engine::betterauth {

using session::NullReason;

BetterAuthResolver::BetterAuthResolver(Config config, std::unique_ptr<SessionRows> rows,
                                       std::unique_ptr<SecondaryStorage> storage, Effects effects,
                                       const base::Clock &clock)
    : m_config(std::move(config)), m_rows(std::move(rows)), m_storage(std::move(storage)), m_clock(clock)
{
    if (effects == Effects::Apply)
        return;
    m_observedRows = std::make_unique<ObservedRows>(*m_rows);
    if (m_storage)
        m_observedStorage = std::make_unique<ObservedStorage>(*m_storage);
}

BetterAuthResolver::~BetterAuthResolver() = default;

session::Resolution BetterAuthResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    const base::Instant now = m_clock.now();
    SessionAdapter adapter(m_config, m_observedRows ? *m_observedRows : *m_rows,
                           m_observedStorage ? m_observedStorage.get() : m_storage.get(), now);
    SessionAnswer answer = getSession(m_config, adapter, {cookieHeader}, now, call);
    session::Resolution resolution = std::move(answer.resolution);
    resolution.setCookies = effectsOf(answer.cookies.take());
    if (answer.found)
        resolution.session = jose::printJson(answer.body);
    return resolution;
}

std::unique_ptr<Resolver> makeBetterAuthResolver(const session::AuthProfile &profile, store::SessionStore *store,
                                                 Effects effects, const base::Clock &clock)
{
    std::unique_ptr<SessionRows> rows;
    if (store)
        rows = std::make_unique<StoreRows>(*store, clock);
    else
        rows = std::make_unique<UnconnectedRows>();
    return std::make_unique<BetterAuthResolver>(makeConfig(profile), std::move(rows), nullptr, effects, clock);
}

} // namespace rollcall::engine::betterauth
