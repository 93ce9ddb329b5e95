#include "core/base/WebUrl.h"
#include "core/engine/Circumstances.h"
#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using session::AuthVersion;
using session::NullReason;

namespace {

const QByteArray name = QByteArrayLiteral("authjs.session-token");

Produced v5(const QByteArray &cookies)
{
    return askCookie(localRuntime(profileOf(AuthVersion::V5)), cookies);
}

/// A request without the cookie that @p setCookies set at http(s)://app.test/: why it does not come to @p asked.
Produced notSent(const QByteArray &setBy, const QList<QByteArray> &setCookies, const QByteArray &asked)
{
    Produced produced = v5(QByteArray("theme=dark"));
    const auto profile = profileOf(AuthVersion::V5);
    const std::vector<QByteArray> lines(setCookies.begin(), setCookies.end());
    const auto why = engine::whyNotSent(*profile, lines, *base::parseWebUrl(setBy), *base::parseWebUrl(asked));
    if (produced.reason == NullReason::NoCookie)
        produced.reason = why ? std::optional(why->reason) : std::nullopt;
    return produced;
}

Produced customName()
{
    const auto profile = profileOf(AuthVersion::V5);
    profile->cookieName = "sid";
    return askCookie(localRuntime(profile), name + "=x");
}

Produced bearerOnly()
{
    const http::HeaderList headers{{"Authorization", "Bearer " + tokenOf(AuthVersion::V5)}};
    return ask(localRuntime(profileOf(AuthVersion::V5)), engine::RequestHeaders::fromList(headers));
}

} // namespace

Produced produceOfCookies(NullReason reason)
{
    const QByteArray token = tokenOf(AuthVersion::V5);
    switch (static_cast<int>(reason)) {
    case 1:
        return v5(QByteArray("theme=dark"));
    case 2:
        return v5(name + '=');
    case 3:
        return v5("__Secure-" + name + '=' + token);
    case 4:
        return v5("next-auth.session-token=" + tokenOf(AuthVersion::V4));
    case 5:
        return customName();
    case 6:
        return v5(name + "=other; " + name + '=' + token);
    case 7:
        return askCookie(localRuntime(profileOf(AuthVersion::V4)), QByteArray("next-auth.session-token=%zz"));
    case 8:
        return bearerOnly();
    case 9:
        return notSent("https://app.test/api/auth/callback", {name + "=t; Path=/; Domain=admin.app.test; Secure"},
                       "https://app.test/orders");
    case 10:
        return notSent("https://app.test/api/auth/callback", {name + '=' + QByteArray(4096, 'x') + "; Path=/; Secure"},
                       "https://app.test/orders");
    case 11:
        return v5(name + ".0=" + token.first(9) + "; " + name + ".2=x");
    case 12:
        return v5(name + ".1=a; " + name + "=b; " + name + ".0=c");
    case 13:
        return v5(name + '=' + token + "; " + name + ".0=left");
    case 14:
        return v5(name + '=' + token + "; " + name + "-old=x");
    default:
        return {};
    }
}

} // namespace rollcall::test
