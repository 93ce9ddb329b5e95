#pragma once

#include "core/base/SpinMutex.h"
#include "core/cache/SessionCache.h"
#include "core/engine/RequestHeaders.h"
#include "core/engine/ServerHelpers.h"
#include "core/engine/betterauth/SessionRows.h"
#include "core/proxy/ProxyClient.h"

namespace rollcall::engine {

/// What `getServerSession` of the runtime gave.
struct RuntimeSession
{
    std::optional<QByteArray> session;         ///< JSON; nullopt: null
    std::optional<session::NullReason> reason; ///< set exactly where session is not
    QString evidence;                          ///< of the reason, for people; without secrets
    /// The Set-Cookie header values that the library would send. They hold bearer secrets: never log them. In proxy
    /// mode the deployment's are not kept: empty.
    std::vector<base::SecretBytes> setCookies;
    session::RowEffect rowEffect = session::RowEffect::None; ///< made under Effects::Apply, else only due
    std::vector<LogLine> log;                                ///< what the library would log
    std::optional<base::Instant> validUntil;                 ///< as session::Resolution::validUntil
    QString userId;                                          ///< empty where unknown
    bool isShareable = true;                                 ///< as session::Resolution::isShareable
    /// What the cache did: hit, miss; error: it failed (N82), so the source answered, or the answer is not kept;
    /// skipped: there is none, or the request cannot be cached.
    session::StepOutcome cache = session::StepOutcome::Skipped;
    QString cacheNote; ///< why, where it failed or an entry was passed over; without secrets
};

/// What `getToken` of the runtime gave.
struct RuntimeToken
{
    std::optional<QByteArray> json;       ///< claims, or the session under the database strategy; nullopt: null
    std::optional<base::SecretBytes> raw; ///< where it was asked for: the cookie's raw text; a bearer secret
    std::optional<session::NullReason> reason;
    QString evidence;
};

/// What keeps a runtime's answers for a while (cached mode). A hit sets no cookie and extends no row. Answers that
/// Better Auth's cookie cache gave, or in proxy mode may have given, are not kept: they know of no revocation.
struct RuntimeCache
{
    /// Null: none. Shared with whoever must be able to invalidate: erase() by session, eraseUser(), clear(). An answer
    /// belongs to the configuration that gave it: one that answers otherwise wants another cache, another
    /// RedisCache::Names::form, or clear().
    std::shared_ptr<cache::SessionCache> cache;
    std::chrono::milliseconds ttl{60'000}; ///< from when the source answered; absences: cache::longestAbsence at most
};

/// A runtime that resolves sessions in this process: with v4 and v5 as their session endpoint does, with Better Auth as
/// its `get-session`.
struct LocalRuntime
{
    /// Its strategy must be said: AuthProfile has Database, while the libraries take JWT where there is no adapter. Of
    /// a database deployment too it must hold the secrets: the libraries answer nothing without one (missing-secret).
    std::shared_ptr<const session::AuthProfile> profile;
    /// The deployment's own origin: its scheme decides cookie names, its text the callback-url cookie.
    QByteArray baseUrl = QByteArrayLiteral("http://localhost:3000");
    std::shared_ptr<const Callbacks> callbacks; ///< null: the libraries' defaults
    /// Opens an adapter to the deployment's database (database strategy); empty: it has none. Each thread that resolves
    /// at the same time gets one of its own. See makeStoreAdapter(), which takes what store::openStore() gives.
    std::function<base::Result<std::unique_ptr<Adapter>>(const base::Call &)> openAdapter;
    /// The same for Better Auth: opens its rows, and its secondary storage where the profile has one. Empty: there is
    /// no connection, and whoever needs one gets ba-store-error.
    std::function<base::Result<std::unique_ptr<betterauth::SessionRows>>(const base::Call &)> openRows;
    std::function<base::Result<std::unique_ptr<betterauth::SecondaryStorage>>(const base::Call &)> openStorage;
    std::size_t mostAdapters = 8; ///< of each kind
    Effects effects = Effects::Observe;
    RuntimeCache cache;
    std::shared_ptr<const base::Clock> clock; ///< null: the system's
};

/// A runtime that asks a deployment over HTTP.
struct ProxyRuntime
{
    /// Version, strategy, cookie name, base path; secrets where getToken is to decode locally. The cookie name
    /// defaults to the plain one, for https too.
    std::shared_ptr<const session::AuthProfile> profile;
    proxy::ProxyOptions options;
    std::size_t mostConnections = 8;
    RuntimeCache cache;                       ///< not asked where request headers are forwarded
    std::shared_ptr<const base::Clock> clock; ///< null: the system's
};

/// The session engine's front door: configured once as a local or a proxy runtime, it answers for any request.
/// Missing, invalid and expired cookies and failures upstream are a null with its reason; only a call before any
/// configuration, and decoding without a secret, are Errors. Nothing it is asked for throws.
/// **Thread-safety:** thread-safe and reentrant: calls run at the same time, each with the configuration that was in
/// force when it began. **Source:** facts/session-protocol.md §7 (where it deviates from @robojs/auth on purpose: only
/// session cookies are forwarded, network and parse errors are null, `{}` is null).
class SessionRuntime final
{
public:
    SessionRuntime();
    ~SessionRuntime();
    SessionRuntime(const SessionRuntime &) = delete;
    SessionRuntime &operator=(const SessionRuntime &) = delete;

    /// Puts a local runtime in force, in the place of what was. Derives keys; opens nothing. Errors: UrlInvalid (the
    /// base URL), Unconfigured (no profile).
    [[nodiscard]] base::Status configureLocal(LocalRuntime runtime);
    /// Puts a proxy runtime in force, in the place of what was. Connects to nothing yet. Errors: Unconfigured (no
    /// profile), and those of proxy::ProxyClient::check().
    [[nodiscard]] base::Status configureProxy(ProxyRuntime runtime);

    /// The request's session. Blocks within @p call where a database or a deployment is asked; JWTs are never waited
    /// for. Errors: Unconfigured.
    [[nodiscard]] base::Result<RuntimeSession> getServerSession(const RequestHeaders &request,
                                                                const base::Call &call) const;

    /// The request's token: claims of a JWT (from the cookie, or `Authorization: Bearer`); under the database strategy
    /// the session; with @p raw the cookie's text as it came. Blocks as getServerSession() under the database strategy
    /// alone. Better Auth has no tokens to decode: the session stands for them. Errors: Unconfigured (not with @p raw:
    /// then the default name is read), SecretMissing.
    [[nodiscard]] base::Result<RuntimeToken> getToken(const RequestHeaders &request, bool raw,
                                                      const base::Call &call) const;

    /// The sessions of many requests, in their order; a database is asked by one statement for all. Errors:
    /// Unconfigured.
    [[nodiscard]] base::Result<std::vector<RuntimeSession>> resolveMany(std::span<const RequestHeaders> requests,
                                                                        const base::Call &call) const;

    /// To be called when somebody has signed in: absences that the cache remembers fall, and what it holds of @p userId
    /// (empty: unknown). It belongs where sign-ins are known: in the application that signs people in. Rollcall's own
    /// programs do not call it, as watching must write nothing; what they remember of absences is over in 5 seconds.
    /// Blocks within @p call where the cache is a server. Errors: Unconfigured, those of the cache.
    [[nodiscard]] base::Status noteSignIn(const QString &userId, const base::Call &call) const;
    /// The same for a sign-out: the session of this request falls. Revocations by others are told to the cache itself.
    [[nodiscard]] base::Status noteSignOut(const RequestHeaders &request, const base::Call &call) const;

    /// A configuration in force: immutable, shared by the calls that began under it.
    class Mode;

private:
    void put(std::shared_ptr<const Mode> mode);
    [[nodiscard]] base::Result<std::shared_ptr<const Mode>> mode() const;

    mutable base::SpinMutex m_mutex; ///< held to copy or swap a pointer
    std::shared_ptr<const Mode> m_mode ROLLCALL_GUARDED_BY(m_mutex);
};

} // namespace rollcall::engine
