#include "core/http/BetterCallCookie.h"

#include "core/http/Cookie.h"

namespace rollcall::http {

namespace {

constexpr std::chrono::seconds longestAge{34'560'000}; // 400 days

CookieAttributes withPrefixRules(const QByteArray &name, CookieAttributes attributes)
{
    const bool isHost = name.startsWith("__Host-");
    if (isHost || name.startsWith("__Secure-"))
        attributes.secure = true;
    if (isHost) {
        attributes.path = QByteArrayLiteral("/");
        attributes.domain.clear();
    }
    return attributes;
}

} // namespace

std::optional<QByteArray> betterCallCookieText(const SetCookie &cookie)
{
    const CookieAttributes attributes = withPrefixRules(cookie.name, cookie.attributes);
    QByteArray text = cookie.name + '=' + encodeUriComponent(cookie.value.view());
    if (cookie.maxAge && cookie.maxAge->count() >= 0) {
        if (*cookie.maxAge > longestAge)
            return std::nullopt;
        text += "; Max-Age=" + QByteArray::number(static_cast<qint64>(cookie.maxAge->count()));
    }
    if (!attributes.domain.isEmpty())
        text += "; Domain=" + attributes.domain;
    if (!attributes.path.isEmpty())
        text += "; Path=" + attributes.path;
    if (attributes.httpOnly)
        text += "; HttpOnly";
    if (attributes.secure)
        text += "; Secure";
    if (!attributes.sameSite.isEmpty())
        text += "; SameSite=" + attributes.sameSite.first(1).toUpper() + attributes.sameSite.sliced(1);
    if (attributes.partitioned)
        text += "; Partitioned";
    return text;
}

} // namespace rollcall::http
