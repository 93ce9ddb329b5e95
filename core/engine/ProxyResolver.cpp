#include "core/engine/ProxyResolver.h"

#include "core/engine/UserId.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine {

ProxyResolver::ProxyResolver(std::shared_ptr<const session::AuthProfile> profile, QUrl baseUrl,
                             http::HttpOptions options)
    : m_client(std::move(baseUrl), std::move(profile), std::move(options))
{}

session::Resolution ProxyResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    session::Resolution resolution = m_client.resolve(cookieHeader, call);
    readSessionFacts(resolution);
    return resolution;
}

void readSessionFacts(session::Resolution &resolution)
{
    const auto session = resolution.session ? jose::parseJson(QString::fromUtf8(*resolution.session)) : std::nullopt;
    if (!session)
        return;
    // The instant stands for itself: relative times ("+1h"), which parseTime() knows too, are no session's expiry.
    const jose::JsonValue *row = session->find(u"session"); // Better Auth's body
    const jose::JsonValue *expires = row ? row->find(u"expiresAt") : session->find(u"expires");
    if (expires && expires->string() && expires->string()->endsWith(u'Z'))
        resolution.validUntil = base::parseTime(*expires->string(), {});
    const jose::JsonValue *user = session->find(u"user");
    resolution.userId = userIdOf(user ? user->find(u"id") : nullptr);
}

std::unique_ptr<Resolver> makeProxyResolver(std::shared_ptr<const session::AuthProfile> profile, QUrl baseUrl,
                                            http::HttpOptions options)
{
    return std::make_unique<ProxyResolver>(std::move(profile), std::move(baseUrl), std::move(options));
}

} // namespace rollcall::engine
