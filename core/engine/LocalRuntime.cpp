#include <algorithm>
#include <iterator>

#include "core/base/WebUrl.h"
#include "core/engine/Pool.h"
#include "core/engine/RowCount.h"
#include "core/engine/RuntimeMode.h"

namespace rollcall::engine {

namespace {

using session::AuthVersion;
using session::NullReason;

/// Rows that were looked up together, one at a time as the session action asks for them; writes pass through.
class PrefetchedAdapter final : public Adapter
{
public:
    explicit PrefetchedAdapter(Adapter &source) : m_source(source) {}

    /// The row, or the failure, of the request that comes next.
    base::Result<std::optional<SessionAndUser>> next;

    base::Result<std::optional<SessionAndUser>> getSessionAndUser(QByteArrayView, const base::Call &) override
    {
        return next;
    }
    base::Result<std::vector<std::optional<SessionAndUser>>> getSessionsAndUsers(std::span<const QByteArrayView> tokens,
                                                                                 const base::Call &call) override
    {
        return m_source.getSessionsAndUsers(tokens, call);
    }
    base::Status updateSession(QByteArrayView token, base::Instant expires, const base::Call &call) override
    {
        return m_source.updateSession(token, expires, call);
    }
    base::Status deleteSession(QByteArrayView token, base::Instant now, const base::Call &call) override
    {
        return m_source.deleteSession(token, now, call);
    }

private:
    Adapter &m_source;
};

/// An adapter of a shared pool, taken when the first row is asked for: a request without a token waits for none.
class LeasedAdapter final : public Adapter
{
public:
    explicit LeasedAdapter(Pool<Adapter> &pool) : m_lease(pool) {}

    base::Result<std::optional<SessionAndUser>> getSessionAndUser(QByteArrayView token, const base::Call &call) override
    {
        return m_lease.read(call, [&](Adapter &adapter) { return adapter.getSessionAndUser(token, call); });
    }
    base::Result<std::vector<std::optional<SessionAndUser>>> getSessionsAndUsers(std::span<const QByteArrayView> tokens,
                                                                                 const base::Call &call) override
    {
        return m_lease.read(call, [&](Adapter &adapter) { return adapter.getSessionsAndUsers(tokens, call); });
    }
    base::Status updateSession(QByteArrayView token, base::Instant expires, const base::Call &call) override
    {
        return m_lease.ask(call, [&](Adapter &adapter) { return adapter.updateSession(token, expires, call); });
    }
    base::Status deleteSession(QByteArrayView token, base::Instant now, const base::Call &call) override
    {
        return m_lease.ask(call, [&](Adapter &adapter) { return adapter.deleteSession(token, now, call); });
    }

private:
    LazyLease<Adapter> m_lease;
};

ServerForm formOf(const session::AuthProfile &profile)
{
    switch (profile.cookieParser) {
    case session::CookieParser::Web:
        return ServerForm::Web;
    case session::CookieParser::Pages:
        return ServerForm::Pages;
    case session::CookieParser::App:
        return ServerForm::App;
    }
    Q_UNREACHABLE();
}

RuntimeSession nothing(NullReason reason, const QString &evidence)
{
    RuntimeSession result;
    result.reason = reason;
    result.evidence = evidence;
    return result;
}

std::vector<base::SecretBytes> linesOf(const std::vector<http::SetCookie> &cookies)
{
    std::vector<base::SecretBytes> lines;
    lines.reserve(cookies.size());
    std::ranges::transform(cookies, std::back_inserter(lines), http::setCookieLine);
    return lines;
}

class LocalMode final : public SessionRuntime::Mode
{
public:
    LocalMode(LocalRuntime runtime, const base::WebUrl &origin, session::BaseUrl baseUrl)
        : m_endpoint(runtime.profile, runtime.callbacks),
          m_baseUrl(std::move(baseUrl)),
          m_route(m_endpoint.routeV5(sessionUrl(origin, *runtime.profile))),
          m_isSecure(runtime.profile->useSecureCookies.value_or(origin.isSecure())),
          m_effects(runtime.effects),
          m_clock(runtime.clock ? std::move(runtime.clock) : std::make_shared<const base::SystemClock>())
    {
        if (runtime.openAdapter && runtime.profile->strategy == session::Strategy::Database)
            m_adapters = std::make_unique<Pool<Adapter>>(std::move(runtime.openAdapter), runtime.mostAdapters);
    }

    RuntimeSession session(const RequestHeaders &request, const base::Call &call) const override
    {
        if (!m_adapters)
            return resolve(request, nullptr, call);
        LeasedAdapter adapter(*m_adapters);
        return resolve(request, &adapter, call);
    }

    std::vector<RuntimeSession> sessions(std::span<const RequestHeaders> requests,
                                         const base::Call &call) const override
    {
        std::vector<RuntimeSession> results;
        results.reserve(requests.size());
        if (m_adapters) {
            LeasedAdapter adapter(*m_adapters);
            resolveTogether(requests, adapter, results, call);
            return results;
        }
        for (const RequestHeaders &request : requests)
            results.push_back(resolve(request, nullptr, call));
        return results;
    }

    const session::AuthProfile &profile() const override { return m_endpoint.profile(); }
    const SessionEndpoint *endpoint() const override { return &m_endpoint; }
    QByteArray cookieName() const override { return m_endpoint.action(m_isSecure).cookieName(); }
    base::SecretBytes cacheToken(const RequestHeaders &request) const override
    {
        const session::AuthProfile &profile = m_endpoint.profile();
        return http::assembleChunks(m_endpoint.action(m_isSecure).cookiesOf(request.cookie(), http::dialectOf(profile)),
                                    profile.version);
    }
    base::Instant now() const override { return m_clock->now(); }

private:
    /// The base path as it stands, as @robojs/auth takes it, behind the origin. Of the base URL only that counts: where
    /// it ends in a slash, the package asks for a path of two slashes and finds no session.
    static QByteArray sessionUrl(const base::WebUrl &origin, const session::AuthProfile &profile)
    {
        const QByteArray url = origin.origin() + profile.basePath;
        return profile.basePath.endsWith("/session") ? url : QByteArray(url + "/session");
    }

    RuntimeSession resolve(const RequestHeaders &request, Adapter *adapter, const base::Call &call) const
    {
        const bool waits = adapter != nullptr;
        if (waits && (call.cancelled() || call.expired()))
            return nothing(NullReason::CancelledOrDeadline, QStringLiteral("before the database was asked"));
        const EndpointContext context{m_clock->now(), adapter, m_effects, Trace::Off};
        const session::AuthProfile &profile = m_endpoint.profile();
        SessionEndpoint::ActionRequest action;
        action.cookieHeader = request.cookie();
        action.dialect = http::dialectOf(profile);
        action.wantsHeaders = false;
        const bool isV4 = profile.version == AuthVersion::V4;
        EndpointResponse answer = isV4 ? m_endpoint.answerV4(action, m_baseUrl, context, call)
                                       : m_endpoint.answerV5(action, m_route, context, call);
        SessionOutcome &outcome = answer.outcome;
        std::optional<QByteArray> session = isV4 ? takeServerSession(answer, formOf(profile)) : takeSession(answer);
        if (session == QByteArrayLiteral("{}")) {
            session.reset();
            outcome.reason = NullReason::SessionCbEmpty;
            outcome.evidence = QStringLiteral("the session callback returned {}");
        }
        RuntimeSession result{.session = std::move(session),
                              .reason = outcome.reason,
                              .evidence = std::move(outcome.evidence),
                              .setCookies = linesOf(answer.setCookies),
                              .rowEffect = outcome.rowEffect,
                              .log = std::move(outcome.log),
                              .validUntil = outcome.validUntil,
                              .userId = std::move(outcome.userId),
                              .cacheNote = {}};
        explainAbsence(request, result.reason, result.evidence);
        return result;
    }

    static std::optional<QByteArray> takeSession(EndpointResponse &response)
    {
        if (response.status != 200 || response.outcome.reason || response.thrown)
            return std::nullopt;
        return std::move(response.body);
    }

    void resolveTogether(std::span<const RequestHeaders> requests, Adapter &adapter,
                         std::vector<RuntimeSession> &results, const base::Call &call) const
    {
        std::vector<base::SecretBytes> tokens;
        std::vector<QByteArrayView> asked;
        for (const RequestHeaders &request : requests) {
            tokens.push_back(cacheToken(request));
            if (!tokens.back().isEmpty())
                asked.push_back(tokens.back().view());
        }
        base::Result<std::vector<std::optional<SessionAndUser>>> rows;
        if (const auto bounds = call.check(QStringLiteral("resolve")); !bounds)
            rows = base::fail(bounds.error());
        else if (!asked.empty())
            rows = oneForEach(asked.size(), adapter.getSessionsAndUsers(asked, call));
        PrefetchedAdapter prefetched(adapter);
        std::size_t row = 0;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            if (!rows)
                prefetched.next = base::fail(rows.error());
            else if (!tokens.at(i).isEmpty())
                prefetched.next = std::move(rows->at(row++));
            results.push_back(resolve(requests[i], &prefetched, call));
        }
    }

    SessionEndpoint m_endpoint;
    session::BaseUrl m_baseUrl;
    SessionEndpoint::Route m_route;
    bool m_isSecure;
    Effects m_effects;
    std::shared_ptr<const base::Clock> m_clock;
    std::unique_ptr<Pool<Adapter>> m_adapters; ///< null: no database; it is thread-safe
};

} // namespace

base::Result<std::shared_ptr<const SessionRuntime::Mode>> makeLocalMode(LocalRuntime runtime)
{
    const auto origin = base::parseWebUrl(runtime.baseUrl);
    if (!origin) {
        return base::fail(base::Error(base::ErrorCode::UrlInvalid)
                              .with(base::ErrorParam::Part, QStringLiteral("base URL"))
                              .with(base::ErrorParam::Detail, QStringLiteral("Invalid URL")));
    }
    if (runtime.profile->version == AuthVersion::BetterAuth)
        return makeBetterAuthMode(std::move(runtime), origin->isSecure());
    auto baseUrl = session::parseBaseUrl(QByteArray(origin->origin() + runtime.profile->basePath));
    if (!baseUrl)
        return base::fail(std::move(baseUrl.error()));
    return std::make_shared<const LocalMode>(std::move(runtime), *origin, std::move(*baseUrl));
}

} // namespace rollcall::engine
