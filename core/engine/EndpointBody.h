#pragma once

#include <optional>

#include "core/jose/JsonText.h"
#include "core/session/AuthProfile.h"

namespace rollcall::engine {

/// What the session action reads of a POST's body.
struct EndpointBody
{
    /// As the library's `redirect` callback is given it in place of the query's; empty where the body says that there
    /// is none (an empty text, 0, false); nullopt where it does not say. What is no text is unusableUrl, on which the
    /// callback throws too.
    std::optional<QByteArray> callbackUrl;
    std::optional<QByteArray> csrfToken;
    std::optional<jose::JsonValue> data;

    static inline const QByteArray unusableUrl = QByteArrayLiteral("no address");
};

/// Reads the @p body of a POST as the deployment does that @p profile describes: Next.js Pages parses it before the
/// library sees it, the App Router and v5 go by what @p contentType contains, v4 given a web Request takes everything
/// for JSON. nullopt where that fails and the request with it. **Thread-safety:** a pure function.
/// **Source:** next-auth 4.24.15 core/index.js, next/utils.js; @auth/core 0.41.3 lib/utils/web.js; next 16.4.6
/// server/api-utils/node/parse-body.js.
[[nodiscard]] std::optional<EndpointBody> readEndpointBody(QByteArrayView body, const QByteArray &contentType,
                                                           const session::AuthProfile &profile);

} // namespace rollcall::engine
