#include "core/http/SetCookie.h"

#include "core/http/Cookie.h"
#include "core/http/HttpDate.h"

namespace rollcall::http {

namespace {

QByteArray capitalised(QByteArray word)
{
    return word.first(1).toUpper() + word.sliced(1).toLower();
}

} // namespace

CookieAttributes sessionCookieAttributes(const session::AuthProfile &profile)
{
    CookieAttributes attributes;
    attributes.secure = profile.secureCookies;
    return attributes;
}

QByteArray setCookieText(const SetCookie &cookie)
{
    QByteArray text = cookie.name + '=' + encodeUriComponent(cookie.value.view());
    if (cookie.maxAge)
        text += "; Max-Age=" + QByteArray::number(static_cast<qint64>(cookie.maxAge->count()));
    if (!cookie.attributes.domain.isEmpty())
        text += "; Domain=" + cookie.attributes.domain;
    if (!cookie.attributes.path.isEmpty())
        text += "; Path=" + cookie.attributes.path;
    if (cookie.expires)
        text += "; Expires=" + httpDate(*cookie.expires);
    if (cookie.attributes.httpOnly)
        text += "; HttpOnly";
    if (cookie.attributes.secure)
        text += "; Secure";
    if (!cookie.attributes.sameSite.isEmpty())
        text += "; SameSite=" + capitalised(cookie.attributes.sameSite);
    return text;
}

} // namespace rollcall::http
