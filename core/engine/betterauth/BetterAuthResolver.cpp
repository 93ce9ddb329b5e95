#include "core/engine/betterauth/BetterAuthResolver.h"

#include "core/engine/CookieEffects.h"
#include "core/engine/betterauth/Observing.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/engine/betterauth/StoreRows.h"

namespace rollcall::engine::betterauth {

SessionAnswer answerRequest(const Config &config, SessionRows &rows, SecondaryStorage *storage, Effects effects,
                            QByteArrayView cookieHeader, base::Instant now, const base::Call &call)
{
    const GetSessionRequest request{cookieHeader};
    if (effects == Effects::Apply) {
        SessionAdapter adapter(config, rows, storage, now);
        return getSession(config, adapter, request, now, call);
    }
    ObservedRows observedRows(rows);
    std::optional<ObservedStorage> observedStorage;
    if (storage)
        observedStorage.emplace(*storage);
    SessionAdapter adapter(config, observedRows, observedStorage ? &*observedStorage : nullptr, now);
    SessionAnswer answer = getSession(config, adapter, request, now, call);
    // Nothing was written: the row ends when it would have.
    if (answer.resolution.rowEffect == session::RowEffect::Extend)
        answer.resolution.validUntil = answer.validUnrenewed;
    return answer;
}

BetterAuthResolver::BetterAuthResolver(Config config, std::unique_ptr<SessionRows> rows,
                                       std::unique_ptr<SecondaryStorage> storage, Effects effects,
                                       const base::Clock &clock)
    : m_config(std::move(config)),
      m_rows(std::move(rows)),
      m_storage(std::move(storage)),
      m_effects(effects),
      m_clock(clock)
{}

BetterAuthResolver::~BetterAuthResolver() = default;

session::Resolution BetterAuthResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    SessionAnswer answer =
        answerRequest(m_config, *m_rows, m_storage.get(), m_effects, cookieHeader, m_clock.now(), call);
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
    std::unique_ptr<SecondaryStorage> storage;
    if (profile.betterAuth.secondaryStorage)
        storage = std::make_unique<UnconnectedStorage>();
    return std::make_unique<BetterAuthResolver>(makeConfig(profile, profile.secureCookies), std::move(rows),
                                                std::move(storage), effects, clock);
}

base::SecretBytes signedToken(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    const Config config = makeConfig(profile, profile.secureCookies);
    if (config.secrets.empty() || config.secrets.front().isEmpty())
        return {};
    const RequestCookies cookies(cookieHeader);
    return readSignedCookie(config.secrets.front().view(), cookies.value(config.sessionToken.name)).value;
}

} // namespace rollcall::engine::betterauth
