#include "core/engine/HelperCookies.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "core/base/SameBytes.h"
#include "core/base/SearchParams.h"
#include "core/base/Sha256.h"
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
    if (secrets.empty())
        return {};
    qsizetype room = 0;
    for (const base::SecretBytes &secret : secrets)
        room += secret.size() + 1;
    return base::SecretBytes::written(room, [&secrets](char *to) {
        for (const base::SecretBytes &secret : secrets) {
            if (&secret != &secrets.front())
                *to++ = ',';
            to = std::ranges::copy(secret.view(), to).out;
        }
        return to;
    });
}

QByteArrayView valueOf(const http::Cookies &cookies, const QByteArray &name)
{
    const auto found = http::findCookie(cookies, name);
    return found == cookies.end() ? QByteArrayView() : found->value.view();
}

/// Whether @p url begins with @p origin, scheme and host of a web address, and those end there: then it is an address
/// of this origin, whatever follows. (Others may be, too.)
bool isWithin(QByteArrayView url, const QByteArray &origin)
{
    if (!base::beginsWith(origin, "http") || !base::beginsWith(url, origin))
        return false;
    const QByteArrayView rest = url.sliced(origin.size());
    return rest.isEmpty() || rest.front() == '/' || rest.front() == '?' || rest.front() == '#';
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

HelperCookies::Hash HelperCookies::hashOf(QByteArrayView token) const
{
    return base::sha256Hex({token, m_secret.view()});
}

HelperCookies::Csrf HelperCookies::csrf(const http::Cookies &cookies, const std::optional<QByteArray> &bodyToken) const
{
    const QByteArrayView value = valueOf(cookies, m_csrfName);
    if (const qsizetype bar = value.indexOf('|'); bar >= 0) {
        const QByteArrayView token = value.first(bar);
        // JavaScript's split takes what stands between the first two bars.
        const QByteArrayView rest = value.sliced(bar + 1);
        const qsizetype second = rest.indexOf('|');
        const Hash hash = hashOf(token);
        // In a time that may say where they differ, as in the library.
        if (base::isSameBytes(second < 0 ? rest : rest.first(second), QByteArrayView(hash)))
            return {bodyToken && *bodyToken == token, std::nullopt};
    }
    std::array<unsigned char, 32> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return {};
    const QByteArray token = QByteArray(reinterpret_cast<const char *>(random.data()), random.size()).toHex();
    const Hash hash = hashOf(token);
    return {false, line(m_csrfName, QByteArray(token + '|' + QByteArrayView(hash)), m_csrfAttributes)};
}

QByteArrayView HelperCookies::callbackCookie(const http::Cookies &cookies) const
{
    return valueOf(cookies, m_callbackName);
}

std::optional<http::SetCookie> HelperCookies::callbackUrl(QByteArrayView parameter, QByteArrayView cookie,
                                                          const QByteArray &origin) const
{
    const QByteArrayView asked = parameter.isEmpty() ? cookie : parameter;
    QByteArray relative;
    QByteArrayView url = origin;
    if (asked.startsWith('/')) {
        relative = origin + asked;
        url = relative;
    } else if (isWithin(asked, origin)) {
        url = asked;
    } else if (!asked.isEmpty()) {
        const auto parsed = base::parseWebUrl(asked);
        if (parsed && parsed->origin() == origin)
            url = asked;
    }
    if (base::isSameBytes(url, cookie))
        return std::nullopt;
    return line(m_callbackName, url, m_callbackAttributes);
}

bool isCallbackUrl(QByteArrayView url, const QByteArray &origin)
{
    if (isWithin(url, origin))
        return true;
    if (!url.startsWith('/'))
        return base::parseWebUrl(url).has_value();
    const auto baseUrl = base::parseWebUrl(origin);
    return baseUrl && base::parseWebUrl(url, *baseUrl).has_value();
}

bool isRedirectable(const QByteArray &url)
{
    return url.isEmpty() || url.startsWith('/') || base::parseAnyUrl(url).has_value();
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
