#include "core/engine/SessionRuntime.h"

#include "core/engine/NullDiagnosis.h"
#include "core/engine/RuntimeMode.h"
#include "core/http/CookieNames.h"

namespace rollcall::engine {

namespace {

using base::Error;
using base::ErrorCode;
using session::NullReason;

RuntimeToken rawToken(QByteArrayView cookieHeader, const QByteArray &name)
{
    RuntimeToken result;
    result.raw = http::rawCookieValue(cookieHeader, name);
    if (!result.raw) {
        result.reason = NullReason::NoCookie;
        result.evidence = QStringLiteral("%1 is not among the request's cookies").arg(QString::fromUtf8(name));
    }
    return result;
}

RuntimeToken tokenOf(RuntimeSession session)
{
    RuntimeToken result;
    result.json = std::move(session.session);
    result.reason = session.reason;
    result.evidence = std::move(session.evidence);
    return result;
}

Error noProfile()
{
    return Error(ErrorCode::Unconfigured).with(base::ErrorParam::Detail, QStringLiteral("no profile was given"));
}

std::shared_ptr<const SessionRuntime::Mode> withCache(std::shared_ptr<const SessionRuntime::Mode> mode,
                                                      RuntimeCache cache)
{
    return cache.cache ? makeCachedMode(std::move(mode), std::move(cache)) : mode;
}

} // namespace

void explainAbsence(const RequestHeaders &request, std::optional<NullReason> &reason, QString &evidence)
{
    if (reason == NullReason::NoCookie && !request.isGiven()) {
        reason = NullReason::HelperWithoutRequest;
        evidence = QStringLiteral("no request was given");
    }
    explainBearer(request.authorization(), reason, evidence);
}

SessionRuntime::SessionRuntime() = default;
SessionRuntime::~SessionRuntime() = default;

void SessionRuntime::put(std::shared_ptr<const Mode> mode)
{
    // The one that was in force ends outside of the lock, with the last call that uses it.
    const base::SpinLock lock(m_mutex);
    m_mode.swap(mode);
}

base::Result<std::shared_ptr<const SessionRuntime::Mode>> SessionRuntime::mode() const
{
    std::shared_ptr<const Mode> current;
    {
        const base::SpinLock lock(m_mutex);
        current = m_mode;
    }
    if (!current)
        return base::fail(Error(ErrorCode::Unconfigured));
    return current;
}

base::Status SessionRuntime::configureLocal(LocalRuntime runtime)
{
    if (!runtime.profile)
        return base::fail(noProfile());
    RuntimeCache cache = runtime.cache;
    auto made = makeLocalMode(std::move(runtime));
    if (!made)
        return base::fail(std::move(made.error()));
    put(withCache(std::move(*made), std::move(cache)));
    return {};
}

base::Status SessionRuntime::configureProxy(ProxyRuntime runtime)
{
    if (!runtime.profile)
        return base::fail(noProfile());
    if (auto usable = proxy::ProxyClient::check(runtime.options); !usable)
        return usable;
    RuntimeCache cache = runtime.cache;
    put(withCache(makeProxyMode(std::move(runtime)), std::move(cache)));
    return {};
}

base::Result<RuntimeSession> SessionRuntime::getServerSession(const RequestHeaders &request,
                                                              const base::Call &call) const
{
    const auto current = mode();
    if (!current)
        return base::fail(current.error());
    return (*current)->session(request, call);
}

base::Result<std::vector<RuntimeSession>> SessionRuntime::resolveMany(std::span<const RequestHeaders> requests,
                                                                      const base::Call &call) const
{
    const auto current = mode();
    if (!current)
        return base::fail(current.error());
    return (*current)->sessions(requests, call);
}

base::Status SessionRuntime::noteSignIn(const QString &userId, const base::Call &call) const
{
    const auto current = mode();
    return current ? (*current)->noteSignIn(userId, call) : base::fail(current.error());
}

base::Status SessionRuntime::noteSignOut(const RequestHeaders &request, const base::Call &call) const
{
    const auto current = mode();
    return current ? (*current)->noteSignOut(request, call) : base::fail(current.error());
}

base::Result<RuntimeToken> SessionRuntime::getToken(const RequestHeaders &request, bool raw,
                                                    const base::Call &call) const
{
    const auto current = mode();
    if (!current) {
        if (!raw)
            return base::fail(current.error());
        return rawToken(request.cookie(),
                        http::defaultCookieName(session::AuthVersion::V5, http::CookiePurpose::Session, false));
    }
    const Mode &inForce = **current;
    const QByteArray name = inForce.cookieName();
    if (raw)
        return rawToken(inForce.cookieOf(request), name);
    const session::AuthProfile &profile = inForce.profile();
    const SessionEndpoint *endpoint = inForce.endpoint();
    if (!endpoint || profile.strategy == session::Strategy::Database)
        return tokenOf(inForce.session(request, call));
    if (!profile.canDecode())
        return base::fail(Error(ErrorCode::SecretMissing));
    TokenRequest asked;
    asked.cookieHeader = inForce.cookieOf(request);
    asked.authorization = request.authorization();
    asked.cookieName = name;
    asked.dialect = http::dialectOf(profile);
    auto token = engine::getToken(*endpoint, asked, inForce.now());
    explainAbsence(request, token.reason, token.evidence);
    RuntimeToken result;
    if (token.claims)
        result.json = token.claims->text().toByteArray();
    result.reason = token.reason;
    result.evidence = std::move(token.evidence);
    return result;
}

} // namespace rollcall::engine
