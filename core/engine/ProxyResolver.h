#pragma once

#include "core/engine/SessionEngine.h"
#include "core/proxy/ProxyClient.h"

namespace rollcall::engine {

/// Asks the deployment, and reads from its answer what a cache must know: whose session it is and when it ends.
/// **Thread-safety:** one object, one thread at a time.
class ProxyResolver final : public Resolver
{
public:
    ProxyResolver(std::shared_ptr<const session::AuthProfile> profile, QUrl baseUrl, http::HttpOptions options);

    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const base::Call &call) override;

private:
    proxy::ProxyClient m_client;
};

/// Fills validUntil from the `expires` of @p resolution's session, and userId from `user.id` where the deployment's
/// callbacks put one there. An answer without either is left as it is.
void readSessionFacts(session::Resolution &resolution);

} // namespace rollcall::engine
