#pragma once

#include "core/engine/SessionEngine.h"
#include "core/engine/betterauth/Config.h"
#include "core/engine/betterauth/SessionRows.h"

namespace rollcall::engine::betterauth {

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
    std::unique_ptr<SessionRows> m_observedRows;         ///< before m_rows; nullptr where effects are applied
    std::unique_ptr<SecondaryStorage> m_observedStorage; ///< likewise
    const base::Clock &m_clock;
};

/// A resolver over a connected database of which the SessionStore knows the columns. @p store is borrowed and may be
/// nullptr: sessions are then found in the cookie cache alone.
[[nodiscard]] std::unique_ptr<Resolver> makeBetterAuthResolver(const session::AuthProfile &profile,
                                                               store::SessionStore *store, Effects effects,
                                                               const base::Clock &clock);

} // namespace rollcall::engine::betterauth
