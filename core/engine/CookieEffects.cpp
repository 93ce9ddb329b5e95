#include "core/engine/CookieEffects.h"

#include <algorithm>
#include <iterator>

namespace rollcall::engine {

session::CookieEffect effectOf(const http::SetCookie &cookie)
{
    session::CookieEffect effect;
    effect.name = cookie.name;
    effect.fingerprint = cookie.value.fingerprint();
    effect.expires = cookie.expires;
    if (cookie.maxAge)
        effect.maxAge = static_cast<int>(cookie.maxAge->count());
    effect.path = cookie.attributes.path;
    if (!cookie.attributes.domain.isEmpty())
        effect.domain = cookie.attributes.domain;
    effect.secure = cookie.attributes.secure;
    effect.httpOnly = cookie.attributes.httpOnly;
    effect.sameSite = cookie.attributes.sameSite;
    effect.cleared = cookie.value.isEmpty() && cookie.maxAge == std::chrono::seconds(0);
    return effect;
}

std::vector<session::CookieEffect> effectsOf(const std::vector<http::SetCookie> &cookies)
{
    std::vector<session::CookieEffect> effects;
    effects.reserve(cookies.size());
    std::ranges::transform(cookies, std::back_inserter(effects), effectOf);
    return effects;
}

} // namespace rollcall::engine
