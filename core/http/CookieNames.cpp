#include "core/http/CookieNames.h"

#include <algorithm>

namespace rollcall::http {

namespace {

const char *stem(session::AuthVersion version)
{
    return version == session::AuthVersion::V4 ? "next-auth." : "authjs.";
}

} // namespace

QByteArray defaultCookieName(session::AuthVersion version, CookiePurpose purpose, bool secure)
{
    const QByteArray prefix = secure ? QByteArrayLiteral("__Secure-") : QByteArray();
    if (version == session::AuthVersion::BetterAuth)
        return purpose == CookiePurpose::Session ? QByteArray(prefix + "better-auth.session_token") : QByteArray();
    switch (purpose) {
    case CookiePurpose::Session:
        return prefix + stem(version) + "session-token";
    case CookiePurpose::CallbackUrl:
        return prefix + stem(version) + "callback-url";
    case CookiePurpose::Csrf:
        return (secure ? QByteArrayLiteral("__Host-") : QByteArray()) + stem(version) + "csrf-token";
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
