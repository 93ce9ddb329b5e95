#pragma once

#include "core/engine/HelperCookies.h"
#include "core/engine/SessionAction.h"

namespace rollcall::engine {

/// Resolves a request's session in process: the session action with default callbacks, and the account of it that
/// people see. **Thread-safety:** one object, one thread at a time (the store's rule).
class LocalResolver final : public Resolver
{
public:
    /// @p store (borrowed, may be null) is used under the database strategy alone. @p clock is borrowed.
    LocalResolver(const std::shared_ptr<const session::AuthProfile> &profile, store::SessionStore *store,
                  Effects effects, const base::Clock &clock);

    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override;

private:
    void run(QByteArrayView cookieHeader, session::Resolution &result, const base::Call &call) const;

    SessionAction m_action;
    HelperCookies m_helpers;
    std::unique_ptr<Adapter> m_adapter;
    Effects m_effects;
    const base::Clock &m_clock;
};

} // namespace rollcall::engine
