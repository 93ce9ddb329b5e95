#pragma once

#include "core/engine/Middleware.h"

namespace rollcall::engine {

// What both libraries' middleware share.

/// The address that the middleware sees; nullopt where it is none.
[[nodiscard]] std::optional<routes::NextUrl> middlewareUrl(const MiddlewareRequest &request,
                                                           const routes::NextConfig &config);

/// The decision where `config.matcher` does not cover the request (it passes), or cannot be tried (it throws); nullopt
/// where it covers it.
[[nodiscard]] std::optional<MiddlewareDecision> decideByMatcher(const MiddlewareRequest &request,
                                                                const MiddlewareOptions &options);

[[nodiscard]] MiddlewareDecision throwing(const QString &message);

/// A redirect of status 307; throws where @p location is no address.
[[nodiscard]] MiddlewareDecision redirecting(const QByteArray &location);

/// The decision that a response of the application's own is.
[[nodiscard]] MiddlewareDecision responding(const OwnResponse &response);

/// The decision that the result of the wrapped function is.
[[nodiscard]] MiddlewareDecision decidedBy(const FunctionResult &result);

/// JavaScript's truth of @p value.
[[nodiscard]] bool isTruthy(const jose::JsonValue &value);

} // namespace rollcall::engine
