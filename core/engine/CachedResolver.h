#pragma once

#include "core/engine/CachedLookup.h"

namespace rollcall::engine {

/// Answers from a shared cache and asks its source on a miss. **Thread-safety:** one object, one thread at a time; the
/// cache is shared.
class CachedResolver final : public Resolver
{
public:
    /// @p source is owned; see makeCachedResolver().
    CachedResolver(std::shared_ptr<const session::AuthProfile> profile, std::unique_ptr<Resolver> source,
                   CachedLookup lookup, Trace trace);

    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override;

private:
    /// The answer to a request with this session token, which is not at hand.
    void answer(QByteArrayView token, QByteArrayView cookieHeader, session::Resolution &result, StepLog &steps,
                const base::Call &call);
    /// The answer to a request whose token does not stand in the header as it is, or that has none.
    void answerOther(QByteArrayView cookieHeader, session::Resolution &result, StepLog &steps, const base::Call &call);

    std::shared_ptr<const session::AuthProfile> m_profile;
    QByteArray m_cookieName; ///< empty: http::plainToken() must not be asked
    std::unique_ptr<Resolver> m_source;
    CachedLookup m_lookup;
    Trace m_trace;
};

/// What a session of this Cookie header is cached by: the token as the database knows it, so that whoever revokes it
/// finds the entry. Of Better Auth that is what the cookie's signature covers; a cookie that is not signed with the
/// deployment's secret must not be answered from a cache, so it has none. Empty: there is none.
[[nodiscard]] base::SecretBytes cachedToken(const session::AuthProfile &profile, QByteArrayView cookieHeader);

} // namespace rollcall::engine
