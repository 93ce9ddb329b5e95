#pragma once

#include <vector>

#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/engine/SessionEndpoint.h"
#include "core/session/AuthEnvironment.h"
#include "tests/differential/Json.h"

namespace rollcall::differential {

/// What our engine makes of @p request, in the form in which node/oracle.mjs answers. **Thread-safety:** thread-safe.
[[nodiscard]] JsonValue answerOf(const JsonValue &request);

/// The same for one whole request (kind "session").
[[nodiscard]] JsonValue sessionAnswer(const JsonValue &request);

/// The same for a request to a middleware (kind "middleware").
[[nodiscard]] JsonValue middlewareAnswer(const JsonValue &request);

// The members that several readers of requests need. Where they read a recipe, it may be one of either.
[[nodiscard]] session::AuthVersion versionOf(const JsonValue &request);
[[nodiscard]] std::vector<base::SecretBytes> secretsOf(const JsonValue &request);
[[nodiscard]] base::Instant nowOf(const JsonValue &request);
/// The environment variables; also of a recipe.
[[nodiscard]] session::Environment environmentOf(const JsonValue &request);
/// The address that the headers give, those of Next.js's server included; also of a recipe.
[[nodiscard]] session::ForwardedHeaders forwardedOf(const JsonValue &request);
/// What the deployment's code passes to the library; also of a recipe.
[[nodiscard]] session::AuthOptions optionsOf(const JsonValue &request);
/// The secrets that the deployment has in the end, its environment's included; current first.
[[nodiscard]] std::vector<base::SecretBytes> secretsInForce(const JsonValue &request);
/// The deployment's configuration.
[[nodiscard]] std::shared_ptr<const session::AuthProfile> profileOf(const JsonValue &request);
/// Set-Cookie lines and log lines as the answers hold them.
[[nodiscard]] JsonValue linesOf(const std::vector<http::SetCookie> &cookies);
[[nodiscard]] JsonValue logOf(const std::vector<engine::LogLine> &log);
/// Of one question; every other request is traced: tracing must make no difference. @p adapter is borrowed.
[[nodiscard]] engine::EndpointContext contextOf(const JsonValue &request, engine::Adapter *adapter);

} // namespace rollcall::differential
