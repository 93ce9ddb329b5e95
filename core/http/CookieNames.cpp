#include "core/http/CookieNames.h"

#include <algorithm>

namespace rollcall::http {

// Literals, as every request copies some of these names: then there are no holders to count, which takes as long as to
// compare them.
QByteArray defaultCookieName(session::AuthVersion version, CookiePurpose purpose, bool secure)
{
    using session::AuthVersion;
    const bool isV4 = version == AuthVersion::V4;
    if (version == AuthVersion::BetterAuth) {
        if (purpose != CookiePurpose::Session)
            return {};
        return secure ? QByteArrayLiteral("__Secure-better-auth.session_token")
                      : QByteArrayLiteral("better-auth.session_token");
    }
    switch (purpose) {
    case CookiePurpose::Session:
        if (secure)
            return isV4 ? QByteArrayLiteral("__Secure-next-auth.session-token")
                        : QByteArrayLiteral("__Secure-authjs.session-token");
        return isV4 ? QByteArrayLiteral("next-auth.session-token") : QByteArrayLiteral("authjs.session-token");
    case CookiePurpose::CallbackUrl:
        if (secure)
            return isV4 ? QByteArrayLiteral("__Secure-next-auth.callback-url")
                        : QByteArrayLiteral("__Secure-authjs.callback-url");
        return isV4 ? QByteArrayLiteral("next-auth.callback-url") : QByteArrayLiteral("authjs.callback-url");
    case CookiePurpose::Csrf:
        if (secure)
            return isV4 ? QByteArrayLiteral("__Host-next-auth.csrf-token")
                        : QByteArrayLiteral("__Host-authjs.csrf-token");
        return isV4 ? QByteArrayLiteral("next-auth.csrf-token") : QByteArrayLiteral("authjs.csrf-token");
    }
    Q_UNREACHABLE();
}

bool isDefaultSessionName(QByteArrayView name)
{
    using session::AuthVersion;
    const auto isOf = [name](AuthVersion version) {
        return name == defaultCookieName(version, CookiePurpose::Session, false) ||
               name == defaultCookieName(version, CookiePurpose::Session, true);
    };
    return isOf(AuthVersion::V4) || isOf(AuthVersion::V5) || isOf(AuthVersion::BetterAuth);
}

QByteArray sessionCookieName(const session::AuthProfile &profile)
{
    if (!profile.cookieName.isEmpty())
        return profile.cookieName;
    return defaultCookieName(profile.version, CookiePurpose::Session, profile.secureCookies);
}

std::optional<session::AuthVersion> versionByCookies(const Cookies &cookies)
{
    using session::AuthVersion;
    std::optional<AuthVersion> found;
    for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5, AuthVersion::BetterAuth}) {
        const QByteArray plain = defaultCookieName(version, CookiePurpose::Session, false);
        const QByteArray secure = defaultCookieName(version, CookiePurpose::Session, true);
        const bool isSent = std::ranges::any_of(cookies, [&](const Cookie &cookie) {
            return cookie.name.startsWith(plain) || cookie.name.startsWith(secure);
        });
        if (isSent && found)
            return std::nullopt;
        if (isSent)
            found = version;
    }
    return found;
}

std::vector<QByteArray> sessionCookieStems(const session::AuthProfile &profile)
{
    const QByteArray name = sessionCookieName(profile);
    std::vector<QByteArray> stems{name};
    const QByteArray purpose = QByteArrayLiteral("session_token");
    if (profile.version == session::AuthVersion::BetterAuth && name.endsWith(purpose)) {
        const QByteArray prefix = name.chopped(purpose.size());
        stems.push_back(prefix + "session_data");
        stems.push_back(prefix + "dont_remember");
    }
    return stems;
}

} // namespace rollcall::http
