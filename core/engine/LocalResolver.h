#pragma once

#include "core/engine/SessionEngine.h"
#include "core/http/ChunkedCookie.h"
#include "core/jose/Claims.h"
#include "core/jose/KeyRing.h"

namespace rollcall::engine {

class StepTimer;
struct Diagnosis;

/// Resolves a request's session in process, step by step as the libraries' session endpoint does with default
/// callbacks.
/// **Source:** facts/session-protocol.md §4.1. **Thread-safety:** one object, one thread at a time (the store's rule).
class LocalResolver final : public Resolver
{
public:
    /// @p store (borrowed, may be null) is used under the database strategy alone. @p clock is borrowed.
    LocalResolver(std::shared_ptr<const session::AuthProfile> profile, store::SessionStore *store, Effects effects,
                  const base::Clock &clock);

    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override;

private:
    /// One request on its way through the steps.
    struct Request;

    void run(Request &request, const base::Call &call) const;
    void resolveJwt(Request &request) const;
    void resolveRow(Request &request, const base::Call &call) const;
    void resolveLiveRow(Request &request, const store::SessionRow &row, const base::Call &call) const;
    void reissue(Request &request, const jose::Claims &claims, base::Instant expires) const;
    [[nodiscard]] Diagnosis whyNoRow(const Request &request) const;
    [[nodiscard]] bool lacksSecret() const;

    std::shared_ptr<const session::AuthProfile> m_profile;
    store::SessionStore *m_store;
    Effects m_effects;
    const base::Clock &m_clock;
    QByteArray m_cookieName;
    http::CookieAttributes m_attributes;
    jose::KeyRing m_keys;
};

} // namespace rollcall::engine
