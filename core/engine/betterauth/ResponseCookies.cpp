#include "core/engine/betterauth/ResponseCookies.h"

#include <algorithm>

#include "core/http/BetterCallCookie.h"

namespace rollcall::engine::betterauth {

namespace {

using std::chrono::seconds;

constexpr qsizetype maxCookieBytes = 4050;
constexpr qsizetype maxChunks = 100;

http::SetCookie makeSetCookie(const QByteArray &name, base::SecretBytes value, const AuthCookie &cookie,
                              std::optional<seconds> maxAge)
{
    return {name, std::move(value), cookie.attributes, maxAge, std::nullopt};
}

bool isPart(const http::SetCookie &set, const AuthCookie &cookie)
{
    return set.name.startsWith(cookie.name) &&
           (set.name.size() == cookie.name.size() || set.name.at(cookie.name.size()) == '.');
}

/// The characters of a value that one chunk holds; nullopt where better-call throws.
std::optional<qsizetype> chunkSize(const AuthCookie &cookie, std::optional<seconds> maxAge)
{
    const QByteArray longest = cookie.name + '.' + QByteArray::number(maxChunks - 1);
    const auto empty = http::betterCallCookieText(makeSetCookie(longest, {}, cookie, maxAge));
    return empty ? std::optional(maxCookieBytes - empty->size()) : std::nullopt;
}

/// The cookies that hold @p value; none where it is too long.
http::Cookies split(const QByteArray &name, const base::SecretBytes &value, qsizetype size)
{
    http::Cookies parts;
    if (size > 0 && value.size() <= size) {
        parts.push_back({name, value.clone()});
        return parts;
    }
    if (size <= 0 || (value.size() + size - 1) / size > maxChunks)
        return parts;
    for (qsizetype from = 0; from < value.size(); from += size) {
        const QByteArrayView part = value.view().sliced(from, std::min(size, value.size() - from));
        parts.push_back({QByteArray(name + '.' + QByteArray::number(from / size)), base::SecretBytes(part)});
    }
    return parts;
}

} // namespace

bool ResponseCookies::set(const AuthCookie &cookie, base::SecretBytes value, std::optional<seconds> maxAge)
{
    http::SetCookie made = makeSetCookie(cookie.name, std::move(value), cookie, maxAge);
    if (!http::betterCallCookieText(made))
        return false;
    m_cookies.push_back(std::move(made));
    return true;
}

bool ResponseCookies::setChunked(const AuthCookie &cookie, const base::SecretBytes &value,
                                 std::optional<seconds> maxAge, const RequestCookies &request)
{
    const auto size = chunkSize(cookie, maxAge);
    if (!size)
        return false;
    std::vector<http::SetCookie> set;
    for (const QByteArray &name : request.partsOf(cookie.name))
        set.push_back(makeSetCookie(name, {}, cookie, seconds(0)));
    for (http::Cookie &part : split(cookie.name, value, *size)) {
        http::SetCookie made = makeSetCookie(part.name, std::move(part.value).take(), cookie, maxAge);
        const auto place = std::ranges::find(set, made.name, &http::SetCookie::name);
        if (place == set.end())
            set.push_back(std::move(made));
        else
            *place = std::move(made);
    }
    std::ranges::move(set, std::back_inserter(m_cookies));
    return true;
}

void ResponseCookies::expire(const AuthCookie &cookie)
{
    std::erase_if(m_cookies, [&cookie](const http::SetCookie &set) { return isPart(set, cookie); });
    m_cookies.push_back(makeSetCookie(cookie.name, {}, cookie, seconds(0)));
}

void ResponseCookies::clean(const AuthCookie &cookie, const RequestCookies &request)
{
    for (const QByteArray &name : request.partsOf(cookie.name))
        m_cookies.push_back(makeSetCookie(name, {}, cookie, seconds(0)));
}

bool ResponseCookies::isPending(const AuthCookie &cookie) const
{
    return std::ranges::any_of(m_cookies, [&cookie](const http::SetCookie &set) { return isPart(set, cookie); });
}

} // namespace rollcall::engine::betterauth
