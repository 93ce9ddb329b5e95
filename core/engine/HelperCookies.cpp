#include "core/engine/HelperCookies.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "core/base/SearchParams.h"
#include "core/base/WebUrl.h"
#include "core/http/CookieNames.h"

namespace rollcall::engine {

namespace {

QByteArray nameOf(const session::AuthProfile &profile, const session::CookieChoice &choice, http::CookiePurpose purpose,
                  bool secure)
{
    return choice.name.isEmpty() ? http::defaultCookieName(profile.version, purpose, secure) : choice.name;
}

base::SecretBytes joined(const std::vector<base::SecretBytes> &secrets)
{
    QByteArray text;
    for (const base::SecretBytes &secret : secrets) {
        if (&secret != &secrets.front())
            text.append(',');
        text.append(secret.view());
    }
    return base::SecretBytes::fromAndWipe(text);
}

QByteArrayView valueOf(const http::Cookies &cookies, const QByteArray &name)
{
    const auto found = std::ranges::find(cookies, name, &http::Cookie::name);
    return found == cookies.end() ? QByteArrayView() : found->value.view();
}

http::SetCookie line(const QByteArray &name, QByteArrayView value, const http::CookieAttributes &attributes)
{
    return {name, base::SecretBytes(value), attributes, attributes.maxAge, std::nullopt};
}

} // namespace

HelperCookies::HelperCookies(const session::AuthProfile &profile, bool secure)
    : m_csrfName(nameOf(profile, profile.csrfCookie, http::CookiePurpose::Csrf, secure)),
      m_callbackName(nameOf(profile, profile.callbackCookie, http::CookiePurpose::CallbackUrl, secure)),
      m_csrfAttributes(http::cookieAttributes(profile.version, secure, profile.csrfCookie.options)),
      m_callbackAttributes(http::cookieAttributes(profile.version, secure, profile.callbackCookie.options)),
      m_secret(joined(profile.secrets))
{}

QByteArray HelperCookies::hashOf(QByteArrayView token) const
{
    QByteArray message;
    message.reserve(token.size() + m_secret.size());
    message.append(token).append(m_secret.view());
    std::array<unsigned char, 32> digest{};
    const bool done = EVP_Digest(message.constData(), static_cast<std::size_t>(message.size()), digest.data(), nullptr,
                                 EVP_sha256(), nullptr) == 1;
    base::wipe(message);
    return done ? QByteArray(reinterpret_cast<const char *>(digest.data()), digest.size()).toHex() : QByteArray();
}

HelperCookies::Csrf HelperCookies::csrf(const http::Cookies &cookies, const std::optional<QByteArray> &bodyToken) const
{
    const QByteArrayView value = valueOf(cookies, m_csrfName);
    if (const qsizetype bar = value.indexOf('|'); bar >= 0) {
        const QByteArrayView token = value.first(bar);
        // JavaScript's split takes what stands between the first two bars.
        const QByteArrayView rest = value.sliced(bar + 1);
        const qsizetype second = rest.indexOf('|');
        if ((second < 0 ? rest : rest.first(second)) == hashOf(token))
            return {bodyToken && *bodyToken == token, std::nullopt};
    }
    std::array<unsigned char, 32> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return {};
    const QByteArray token = QByteArray(reinterpret_cast<const char *>(random.data()), random.size()).toHex();
    return {false, line(m_csrfName, QByteArray(token + '|' + hashOf(token)), m_csrfAttributes)};
}

QByteArray HelperCookies::callbackCookie(const http::Cookies &cookies) const
{
    return valueOf(cookies, m_callbackName).toByteArray();
}

std::optional<http::SetCookie> HelperCookies::callbackUrl(const QByteArray &parameter, const QByteArray &cookie,
                                                          const QByteArray &origin) const
{
    const QByteArray &asked = parameter.isEmpty() ? cookie : parameter;
    QByteArray url = origin;
    if (asked.startsWith('/')) {
        url += asked;
    } else if (!asked.isEmpty()) {
        const auto parsed = base::parseWebUrl(asked);
        if (parsed && parsed->origin() == origin)
            url = asked;
    }
    if (url == cookie)
        return std::nullopt;
    return line(m_callbackName, url, m_callbackAttributes);
}

bool isCallbackUrl(const QByteArray &url, const QByteArray &origin)
{
    if (!url.startsWith('/'))
        return base::parseWebUrl(url).has_value();
    const auto baseUrl = base::parseWebUrl(origin);
    return baseUrl && base::parseWebUrl(url, *baseUrl).has_value();
}

QByteArray callbackParameter(QByteArrayView query)
{
    if (query.isEmpty())
        return {};
    const base::SearchParams params = base::SearchParams::parse(query.sliced(1));
    QByteArray url;
    for (const auto &[name, value] : params.pairs()) {
        if (name == "callbackUrl")
            url = value;
    }
    return url;
}

} // namespace rollcall::engine
