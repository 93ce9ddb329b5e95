#include <QUuid>

#include "core/engine/SessionEngine.h"
#include "core/http/CookieNames.h"
#include "core/jose/Jws.h"

namespace rollcall::engine {

base::Result<base::SecretBytes> mintCanaryJwt(const session::AuthProfile &profile, std::chrono::seconds ttl,
                                              base::Instant now)
{
    using jose::JsonValue;
    const QString id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const JsonValue::Object members{
        {QStringLiteral("name"), JsonValue(QString::fromLatin1(store::canaryUserName))},
        {QStringLiteral("email"),
         JsonValue(QStringLiteral("canary-%1@%2").arg(id, QString::fromLatin1(store::canaryEmailDomain)))},
        {QStringLiteral("sub"), JsonValue(QStringLiteral("rollcall-canary-%1").arg(id))}};
    const auto claims = jose::Claims::fromValue(JsonValue(members)).value_or(jose::Claims());
    if (profile.signedTokens) {
        const auto keys = jose::JwsKeys::of(*profile.signedTokens, profile.secrets);
        return keys ? jose::sealSigned(*keys, claims, ttl, now) : base::fail(keys.error());
    }
    const QByteArray salt =
        profile.version == session::AuthVersion::V4 ? QByteArray() : http::sessionCookieName(profile);
    return jose::sealToken(jose::KeyRing(profile.version, profile.secrets, salt), claims, ttl, now);
}

} // namespace rollcall::engine
