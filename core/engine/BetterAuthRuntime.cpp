#include "core/engine/Pool.h"
#include "core/engine/RuntimeMode.h"
#include "core/engine/betterauth/BetterAuthResolver.h"
#include "core/engine/betterauth/LeasedRows.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/engine/betterauth/StoreRows.h"

namespace rollcall::engine {

namespace {

using betterauth::SecondaryStorage;
using betterauth::SessionRows;

/// @p open, or what stands for a connection that nobody gave.
template <typename Interface, typename Unconnected, typename Open>
typename Pool<Interface>::Make orUnconnected(Open open)
{
    if (open)
        return open;
    return
        [](const base::Call &) -> base::Result<std::unique_ptr<Interface>> { return std::make_unique<Unconnected>(); };
}

RuntimeSession sessionOf(betterauth::SessionAnswer answer)
{
    RuntimeSession result;
    if (answer.found)
        result.session = jose::printJson(answer.body);
    result.reason = answer.resolution.reason;
    result.evidence = std::move(answer.resolution.evidence);
    for (const http::SetCookie &cookie : answer.cookies.take())
        result.setCookies.push_back(http::setCookieLine(cookie));
    result.rowEffect = answer.resolution.rowEffect;
    result.validUntil = answer.resolution.validUntil;
    result.userId = std::move(answer.resolution.userId);
    result.isShareable = answer.resolution.isShareable;
    return result;
}

class BetterAuthMode final : public SessionRuntime::Mode
{
public:
    BetterAuthMode(LocalRuntime runtime, bool isHttps)
        : m_profile(std::move(runtime.profile)),
          m_config(betterauth::makeConfig(*m_profile, isHttps)),
          m_effects(runtime.effects),
          m_clock(runtime.clock ? std::move(runtime.clock) : std::make_shared<const base::SystemClock>()),
          m_rows(orUnconnected<SessionRows, betterauth::UnconnectedRows>(std::move(runtime.openRows)),
                 runtime.mostAdapters)
    {
        if (m_config.secondaryStorage) {
            m_storage = std::make_unique<Pool<SecondaryStorage>>(
                orUnconnected<SecondaryStorage, betterauth::UnconnectedStorage>(std::move(runtime.openStorage)),
                runtime.mostAdapters);
        }
    }

    RuntimeSession session(const RequestHeaders &request, const base::Call &call) const override
    {
        betterauth::LeasedRows rows(m_rows);
        return resolve(request, rows, call);
    }

    std::vector<RuntimeSession> sessions(std::span<const RequestHeaders> requests,
                                         const base::Call &call) const override
    {
        betterauth::LeasedRows rows(m_rows);
        const std::vector<base::SecretBytes> tokens = tokensFor(requests);
        const std::vector<QByteArrayView> asked = viewsOf(tokens);
        if (!asked.empty() && asksRows() && call.check(QStringLiteral("resolve")))
            rows.prefetch(asked, call);
        std::vector<RuntimeSession> results;
        results.reserve(requests.size());
        for (const RequestHeaders &request : requests)
            results.push_back(resolve(request, rows, call));
        return results;
    }

    const session::AuthProfile &profile() const override { return *m_profile; }
    const SessionEndpoint *endpoint() const override { return nullptr; }
    QByteArray cookieName() const override { return m_config.sessionToken.name; }
    base::SecretBytes cacheToken(const RequestHeaders &request) const override
    {
        // What an empty key signed, anybody may have signed.
        if (m_config.secrets.empty() || m_config.secrets.front().isEmpty())
            return {};
        const betterauth::RequestCookies cookies(request.cookie());
        auto token =
            betterauth::readSignedCookie(m_config.secrets.front().view(), cookies.value(m_config.sessionToken.name));
        return token.state == betterauth::SignedCookieState::Valid ? std::move(token.value) : base::SecretBytes();
    }
    base::Instant now() const override { return m_clock->now(); }

private:
    /// Whether a look-up comes to the rows at all, and not to the secondary storage alone.
    bool asksRows() const
    {
        return !m_config.secondaryStorage || (m_config.storeSessionInDatabase && !m_config.preserveSessionInDatabase);
    }

    RuntimeSession resolve(const RequestHeaders &request, SessionRows &rows, const base::Call &call) const
    {
        std::optional<betterauth::LeasedStorage> storage;
        if (m_storage)
            storage.emplace(*m_storage);
        RuntimeSession result = sessionOf(betterauth::answerRequest(m_config, rows, storage ? &*storage : nullptr,
                                                                    m_effects, request.cookie(), m_clock->now(), call));
        explainAbsence(request, result.reason, result.evidence);
        return result;
    }

    /// The session tokens that a database will be asked for.
    std::vector<base::SecretBytes> tokensFor(std::span<const RequestHeaders> requests) const
    {
        std::vector<base::SecretBytes> tokens;
        for (const RequestHeaders &request : requests) {
            if (base::SecretBytes token = cacheToken(request); !token.isEmpty())
                tokens.push_back(std::move(token));
        }
        return tokens;
    }

    static std::vector<QByteArrayView> viewsOf(const std::vector<base::SecretBytes> &tokens)
    {
        std::vector<QByteArrayView> views;
        views.reserve(tokens.size());
        std::ranges::transform(tokens, std::back_inserter(views), &base::SecretBytes::view);
        return views;
    }

    std::shared_ptr<const session::AuthProfile> m_profile;
    betterauth::Config m_config;
    Effects m_effects;
    std::shared_ptr<const base::Clock> m_clock;
    mutable Pool<SessionRows> m_rows;
    std::unique_ptr<Pool<SecondaryStorage>> m_storage; ///< null: the deployment has none
};

} // namespace

std::shared_ptr<const SessionRuntime::Mode> makeBetterAuthMode(LocalRuntime runtime, bool isHttps)
{
    return std::make_shared<const BetterAuthMode>(std::move(runtime), isHttps);
}

} // namespace rollcall::engine
