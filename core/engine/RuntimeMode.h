#pragma once

#include "core/engine/SessionRuntime.h"

namespace rollcall::engine {

/// How a configured runtime answers. **Thread-safety:** thread-safe.
class SessionRuntime::Mode
{
public:
    virtual ~Mode() = default;
    [[nodiscard]] virtual RuntimeSession session(const RequestHeaders &request, const base::Call &call) const = 0;
    [[nodiscard]] virtual std::vector<RuntimeSession> sessions(std::span<const RequestHeaders> requests,
                                                               const base::Call &call) const = 0;
    [[nodiscard]] virtual const session::AuthProfile &profile() const = 0;
    /// The endpoint's names and keys, for decoding in this process; nullptr: the library has no tokens to decode
    /// (Better Auth), and its session stands for them.
    [[nodiscard]] virtual const SessionEndpoint *endpoint() const = 0;
    /// The session cookie's name.
    [[nodiscard]] virtual QByteArray cookieName() const = 0;
    /// The Cookie header in force for a request: a configured one may stand above it.
    [[nodiscard]] virtual QByteArrayView cookieOf(const RequestHeaders &request) const { return request.cookie(); }
    /// What the request's session is cached by: its token, as the database knows it. Empty where it has none.
    [[nodiscard]] virtual base::SecretBytes cacheToken(const RequestHeaders &request) const = 0;
    /// False where the answer depends on more than that token, so that a cache can neither give nor keep it.
    [[nodiscard]] virtual bool isCacheable(const RequestHeaders &) const { return true; }
    /// See SessionRuntime; without a cache there is nothing to do.
    [[nodiscard]] virtual base::Status noteSignIn(const QString &, const base::Call &) const { return {}; }
    [[nodiscard]] virtual base::Status noteSignOut(const RequestHeaders &, const base::Call &) const { return {}; }
    [[nodiscard]] virtual base::Instant now() const = 0;
};

/// The mode of a local runtime. Errors: UrlInvalid.
[[nodiscard]] base::Result<std::shared_ptr<const SessionRuntime::Mode>> makeLocalMode(LocalRuntime runtime);

/// The mode of a local runtime of Better Auth. @p isHttps: of its base URL.
[[nodiscard]] std::shared_ptr<const SessionRuntime::Mode> makeBetterAuthMode(LocalRuntime runtime, bool isHttps);

/// Makes no-cookie (N01) finer by what else @p request has: nothing at all (N59), or a bearer token (N08).
void explainAbsence(const RequestHeaders &request, std::optional<session::NullReason> &reason, QString &evidence);

/// The mode of a proxy runtime.
[[nodiscard]] std::shared_ptr<const SessionRuntime::Mode> makeProxyMode(ProxyRuntime runtime);

/// @p source behind a cache. @p cache has one.
[[nodiscard]] std::shared_ptr<const SessionRuntime::Mode>
makeCachedMode(std::shared_ptr<const SessionRuntime::Mode> source, RuntimeCache cache);

} // namespace rollcall::engine
