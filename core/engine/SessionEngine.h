#pragma once

#include <QUrl>

#include <functional>
#include <memory>

#include "core/base/Clock.h"
#include "core/cache/SessionCache.h"
#include "core/http/HttpClient.h"
#include "core/session/AuthProfile.h"
#include "core/session/Resolution.h"
#include "core/store/SessionStore.h"

namespace rollcall::engine {

/// What the engine may do to the database: report what the library would write, or write it.
enum class Effects { Observe, Apply };

/// Whether a resolution's steps are recorded. Without them it is several times faster.
enum class Trace { Off, On };

enum class Mode { Local, Proxy, Cached };

/// "local", "proxy", "cached".
[[nodiscard]] QString modeName(Mode mode);

/// Resolves a request's session. One interface, three ways (LocalResolver, ProxyResolver, CachedResolver).
/// **Thread-safety:** one object belongs to one thread at a time; what is shared between resolvers (profile, cache,
/// single-flight) is thread-safe.
class Resolver
{
public:
    virtual ~Resolver() = default;

    /// The session of a request with this raw Cookie header value (empty: no cookie). Blocks within @p call where
    /// the strategy needs I/O. Never an Error: whatever prevents a session is its reason.
    [[nodiscard]] virtual session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) = 0;
};

/// Resolves in process, as `getServerSession()` (v4) or `auth()` (v5) would with default callbacks.
/// @p store is borrowed (may be null for the JWT strategy: the reason is then adapter-missing for database tokens).
[[nodiscard]] std::unique_ptr<Resolver> makeLocalResolver(std::shared_ptr<const session::AuthProfile> profile,
                                                          store::SessionStore *store, Effects effects,
                                                          const base::Clock &clock);

/// Asks the deployment over HTTP.
[[nodiscard]] std::unique_ptr<Resolver> makeProxyResolver(std::shared_ptr<const session::AuthProfile> profile,
                                                          QUrl baseUrl, http::HttpOptions options);

/// Puts @p cache (shared) with single-flight before @p source. TTL counts from fill. A failing cache falls through to
/// the source and is reported in the trace. With Trace::Off, only what a source reports is in it, and a hit is not
/// timed.
[[nodiscard]] std::unique_ptr<Resolver> makeCachedResolver(std::shared_ptr<const session::AuthProfile> profile,
                                                           std::unique_ptr<Resolver> source,
                                                           std::shared_ptr<cache::SessionCache> cache,
                                                           std::chrono::milliseconds ttl, Trace trace = Trace::On);

/// A cache in this process's memory: TTL from fill, what was not used for longest goes first beyond @p maxBytes.
[[nodiscard]] std::shared_ptr<cache::SessionCache> makeMemoryCache(std::size_t maxBytes, const base::Clock &clock);

/// The session token the library would assemble from this Cookie header (chunks joined); empty where there is none.
[[nodiscard]] base::SecretBytes assembleToken(const session::AuthProfile &profile, QByteArrayView cookieHeader);

/// The session cookie name in force: the profile's own, else the version's default with or without `__Secure-`.
[[nodiscard]] QByteArray sessionCookieName(const session::AuthProfile &profile);

/// A Cookie header value that presents @p token (chunked where the library would chunk it, signed for Better Auth).
/// Empty where none can be formed: Better Auth without a secret.
[[nodiscard]] base::SecretBytes cookieHeaderFor(const session::AuthProfile &profile, const base::SecretBytes &token);

/// Seals a labelled canary JWT as the deployment's encode would: name "Rollcall canary", e-mail
/// canary-…@rollcall.invalid, living @p ttl. Errors: SecretMissing; where the deployment signs its tokens, those of
/// jose::sealSigned() too (a public key cannot sign).
[[nodiscard]] base::Result<base::SecretBytes> mintCanaryJwt(const session::AuthProfile &profile,
                                                            std::chrono::seconds ttl, base::Instant now);

} // namespace rollcall::engine
