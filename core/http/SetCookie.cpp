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

CookieAttributes cookieAttributes(session::AuthVersion version, bool secure,
                                  const std::optional<session::CookieOptions> &options)
{
    CookieAttributes attributes;
    attributes.secure = secure;
    if (!options)
        return attributes;
    if (version == session::AuthVersion::V4) {
        // next-auth 4 spreads the configured cookies over its own: nothing of the default entry is left.
        attributes = {};
        attributes.path.clear();
        attributes.httpOnly = false;
        attributes.sameSite.clear();
    }
    const auto choose = [](auto &attribute, const auto &option) {
        if (option)
            attribute = *option;
    };
    choose(attributes.path, options->path);
    choose(attributes.domain, options->domain);
    choose(attributes.sameSite, options->sameSite);
    choose(attributes.priority, options->priority);
    choose(attributes.httpOnly, options->httpOnly);
    choose(attributes.secure, options->secure);
    choose(attributes.partitioned, options->partitioned);
    if (options->maxAge)
        attributes.maxAge = options->maxAge;
    return attributes;
}

CookieAttributes sessionCookieAttributes(const session::AuthProfile &profile)
{
    return cookieAttributes(profile.version, profile.secureCookies, profile.cookieOptions);
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
    if (cookie.attributes.partitioned)
        text += "; Partitioned";
    if (!cookie.attributes.priority.isEmpty())
        text += "; Priority=" + capitalised(cookie.attributes.priority);
    if (!cookie.attributes.sameSite.isEmpty())
        text += "; SameSite=" + capitalised(cookie.attributes.sameSite);
    return text;
}

} // namespace rollcall::http
