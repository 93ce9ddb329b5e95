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
    /// The endpoint's names and keys, for decoding in this process.
    [[nodiscard]] virtual const SessionEndpoint &endpoint() const = 0;
    /// The session cookie's name.
    [[nodiscard]] virtual QByteArray cookieName() const = 0;
    /// The Cookie header in force for a request: a configured one may stand above it.
    [[nodiscard]] virtual QByteArrayView cookieOf(const RequestHeaders &request) const { return request.cookie(); }
    [[nodiscard]] virtual base::Instant now() const = 0;
};

/// The mode of a local runtime. Errors: UrlInvalid.
[[nodiscard]] base::Result<std::shared_ptr<const SessionRuntime::Mode>> makeLocalMode(LocalRuntime runtime);

/// The mode of a proxy runtime.
[[nodiscard]] std::shared_ptr<const SessionRuntime::Mode> makeProxyMode(ProxyRuntime runtime);

} // namespace rollcall::engine
