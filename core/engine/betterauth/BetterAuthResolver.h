#pragma once

#include "core/engine/SessionEngine.h"
#include "core/engine/betterauth/GetSession.h"

namespace rollcall::engine::betterauth {

/// `GET get-session` for a request with this Cookie header, over what is kept in @p rows and, where the deployment has
/// secondary storage, @p storage (nullptr: none). Under Effects::Observe nothing is written to them. Blocks within
/// @p call. **Thread-safety:** reentrant; the stores' rule.
[[nodiscard]] SessionAnswer answerRequest(const Config &config, SessionRows &rows, SecondaryStorage *storage,
                                          Effects effects, QByteArrayView cookieHeader, base::Instant now,
                                          const base::Call &call);

/// Resolves a request's session in process as Better Auth's `GET get-session` does. **Thread-safety:** one object, one
/// thread at a time (the stores' rule).
class BetterAuthResolver final : public Resolver
{
public:
    /// @p rows is owned. @p storage (owned, may be nullptr) is the deployment's secondary storage. @p clock is
    /// borrowed.
    BetterAuthResolver(Config config, std::unique_ptr<SessionRows> rows, std::unique_ptr<SecondaryStorage> storage,
                       Effects effects, const base::Clock &clock);
    ~BetterAuthResolver() override;

    /// The session is the text `{"session":…,"user":…}`.
    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override;

private:
    Config m_config;
    std::unique_ptr<SessionRows> m_rows;
    std::unique_ptr<SecondaryStorage> m_storage;
    Effects m_effects;
    const base::Clock &m_clock;
};

/// A resolver over a connected database. @p store is borrowed and may be nullptr: sessions are then found in the cookie
/// cache alone. A secondary storage of the deployment counts as one that cannot be reached.
[[nodiscard]] std::unique_ptr<Resolver> makeBetterAuthResolver(const session::AuthProfile &profile,
                                                               store::SessionStore *store, Effects effects,
                                                               const base::Clock &clock);

/// The token that the request's session cookie is signed for; empty where there is none or the signature is wrong.
[[nodiscard]] base::SecretBytes signedToken(const session::AuthProfile &profile, QByteArrayView cookieHeader);

} // namespace rollcall::engine::betterauth
