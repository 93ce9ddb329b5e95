#include "core/engine/SessionEngine.h"

#include "core/cache/MemoryCache.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/ChunkedCookie.h"
#include "core/http/CookieNames.h"

namespace rollcall::engine {

QString modeName(Mode mode)
{
    switch (mode) {
    case Mode::Local:
        return QStringLiteral("local");
    case Mode::Proxy:
        return QStringLiteral("proxy");
    case Mode::Cached:
        return QStringLiteral("cached");
    }
    Q_UNREACHABLE();
}

std::shared_ptr<cache::SessionCache> makeMemoryCache(std::size_t maxBytes, const base::Clock &clock)
{
    return std::make_shared<cache::MemoryCache>(maxBytes, clock);
}

base::SecretBytes assembleToken(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    const QByteArray name = http::sessionCookieName(profile);
    http::Cookies parsed = http::viewCookies(cookieHeader, http::dialectOf(profile), {name, {}});
    return http::assembleChunks(http::sessionCookies(std::move(parsed), name, profile.version), profile.version);
}

QByteArray sessionCookieName(const session::AuthProfile &profile)
{
    return http::sessionCookieName(profile);
}

base::SecretBytes cookieHeaderFor(const session::AuthProfile &profile, const base::SecretBytes &token)
{
    const QByteArray name = http::sessionCookieName(profile);
    http::Cookies cookies;
    if (profile.version == session::AuthVersion::BetterAuth) {
        if (profile.secrets.empty() || profile.secrets.front().isEmpty())
            return {};
        cookies.push_back({name, betterauth::signCookie(profile.secrets.front().view(), token.view())});
    } else if (profile.strategy == session::Strategy::Jwt) {
        cookies = http::splitValue(name, token.clone(), profile.version);
    } else {
        cookies.push_back({name, token.clone()});
    }
    QByteArray header;
    for (const http::Cookie &cookie : cookies) {
        header += header.isEmpty() ? "" : "; ";
        header += cookie.name + '=' + http::encodeUriComponent(cookie.value.view());
    }
    return base::SecretBytes::fromAndWipe(header);
}

} // namespace rollcall::engine
