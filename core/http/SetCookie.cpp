#include "core/http/SetCookie.h"

#include <QDateTime>
#include <QLocale>

#include "core/http/Cookie.h"

namespace rollcall::http {

namespace {

/// JavaScript's toUTCString: milliseconds dropped, English whatever the machine's language.
QByteArray httpDate(base::Instant instant)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count(), Qt::UTC);
    return QLocale::c().toString(time, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'")).toLatin1();
}

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
