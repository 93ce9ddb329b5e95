#include "core/http/SetCookie.h"

#include "core/http/Cookie.h"
#include "core/http/HttpDate.h"

namespace rollcall::http {

namespace {

/// @p word, the first letter upper case, the others lower.
void putCapitalised(base::TextWriter &writer, QByteArrayView word)
{
    for (qsizetype i = 0; i < word.size(); ++i) {
        const char c = word.at(i);
        const bool isLower = c >= 'a' && c <= 'z';
        const bool isUpper = c >= 'A' && c <= 'Z';
        const bool swaps = i == 0 ? isLower : isUpper;
        writer.put(swaps ? static_cast<char>(c ^ ' ') : c);
    }
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

base::SecretBytes setCookieLine(const SetCookie &cookie)
{
    const CookieAttributes &attributes = cookie.attributes;
    QByteArray encoded;
    QByteArrayView value = cookie.value.view();
    if (!cookie.isPlain && !standsForItself(value)) {
        encoded = encodeUriComponent(value);
        value = encoded;
    }
    // Names of attributes, a number and a date.
    constexpr qsizetype most = 160 + longestHttpDate;
    const qsizetype room = cookie.name.size() + value.size() + attributes.domain.size() + attributes.path.size() +
                           attributes.priority.size() + attributes.sameSite.size() + most;
    base::SecretBytes line = base::SecretBytes::written(room, [&](char *at) {
        base::TextWriter writer(at);
        writer.put(cookie.name);
        writer.put('=');
        writer.put(value);
        if (cookie.maxAge) {
            writer.put("; Max-Age=");
            writer.putNumber(cookie.maxAge->count());
        }
        if (!attributes.domain.isEmpty()) {
            writer.put("; Domain=");
            writer.put(attributes.domain);
        }
        if (!attributes.path.isEmpty()) {
            writer.put("; Path=");
            writer.put(attributes.path);
        }
        if (cookie.expires) {
            writer.put("; Expires=");
            putHttpDate(writer, *cookie.expires);
        }
        if (attributes.httpOnly)
            writer.put("; HttpOnly");
        if (attributes.secure)
            writer.put("; Secure");
        if (attributes.partitioned)
            writer.put("; Partitioned");
        if (!attributes.priority.isEmpty()) {
            writer.put("; Priority=");
            putCapitalised(writer, attributes.priority);
        }
        if (!attributes.sameSite.isEmpty()) {
            writer.put("; SameSite=");
            putCapitalised(writer, attributes.sameSite);
        }
        return writer.at();
    });
    base::wipe(encoded);
    return line;
}

} // namespace rollcall::http
