#include "core/engine/betterauth/Config.h"

#include "core/base/WebUrl.h"

namespace rollcall::engine::betterauth {

namespace {

using std::chrono::seconds;

constexpr seconds defaultLifetime{604'800};
constexpr seconds defaultCacheAge{300};

/// JavaScript's `value || otherwise` of a number.
seconds orElse(const std::optional<seconds> &value, seconds otherwise)
{
    return value && value->count() != 0 ? *value : otherwise;
}

void apply(http::CookieAttributes &attributes, const session::CookieOptions &options)
{
    const auto choose = [](auto &attribute, const auto &option) {
        if (option)
            attribute = *option;
    };
    choose(attributes.path, options.path);
    choose(attributes.domain, options.domain);
    choose(attributes.sameSite, options.sameSite);
    choose(attributes.httpOnly, options.httpOnly);
    choose(attributes.secure, options.secure);
    choose(attributes.partitioned, options.partitioned);
    if (options.maxAge)
        attributes.maxAge = options.maxAge;
}

bool areCookiesSecure(const Options &options)
{
    if (options.useSecureCookies)
        return *options.useSecureCookies;
    return options.baseUrl.isEmpty() ? options.production : options.baseUrl.startsWith("https://");
}

AuthCookie makeCookie(const Options &options, const QByteArray &purpose, const std::optional<seconds> &maxAge)
{
    const bool secure = areCookiesSecure(options);
    const auto found = options.cookies.find(purpose);
    const CookieOverride chosen = found == options.cookies.end() ? CookieOverride() : found->second;
    AuthCookie cookie;
    cookie.attributes.secure = secure;
    if (options.crossSubDomainCookies) {
        cookie.attributes.domain = options.crossSubDomain.isEmpty()
                                       ? base::parseWebUrl(options.baseUrl).value_or(base::WebUrl()).host
                                       : options.crossSubDomain;
    }
    apply(cookie.attributes, options.defaultCookieAttributes);
    if (maxAge)
        cookie.attributes.maxAge = maxAge;
    apply(cookie.attributes, chosen.attributes);
    const QByteArray prefix = options.cookiePrefix.isEmpty() ? QByteArrayLiteral("better-auth") : options.cookiePrefix;
    cookie.name = (secure ? QByteArrayLiteral("__Secure-") : QByteArray()) +
                  (chosen.name.isEmpty() ? QByteArray(prefix + '.' + purpose) : chosen.name);
    return cookie;
}

QByteArray withoutTrailingSlashes(QByteArray path)
{
    while (path.endsWith('/'))
        path.chop(1);
    return path;
}

/// A base URL's own path counts before the option.
QByteArray basePathOf(const Options &options)
{
    const QByteArray ofUrl = withoutTrailingSlashes(base::parseWebUrl(options.baseUrl).value_or(base::WebUrl()).path);
    if (!ofUrl.isEmpty())
        return ofUrl;
    if (options.basePath.isEmpty())
        return QByteArrayLiteral("/api/auth");
    return withoutTrailingSlashes(options.basePath.startsWith('/') ? options.basePath : '/' + options.basePath);
}

} // namespace

Config makeConfig(const Options &options)
{
    const bool isStateful = options.hasDatabase || options.hasSecondaryStorage;
    Config config;
    for (const base::SecretBytes &secret : options.secrets)
        config.secrets.push_back(secret.clone());
    config.basePath = basePathOf(options);
    config.expiresIn = orElse(options.expiresIn, defaultLifetime);
    config.updateAge = options.updateAge.value_or(config.updateAge);
    config.freshAge = options.freshAge.value_or(config.freshAge);
    config.disableSessionRefresh = options.disableSessionRefresh;
    config.deferSessionRefresh = options.deferSessionRefresh;
    config.isStateful = isStateful;
    config.secondaryStorage = options.hasSecondaryStorage;
    config.storeSessionInDatabase = options.storeSessionInDatabase;
    config.preserveSessionInDatabase = options.preserveSessionInDatabase;
    config.sessionFields = options.sessionFields;
    config.userFields = options.userFields;
    // Without a place on the server the cookie is the session: the library then presets the cache.
    config.cacheEnabled = options.cacheEnabled.value_or(!isStateful);
    config.cacheStrategy = options.cacheStrategy.value_or(isStateful ? CacheStrategy::Compact : CacheStrategy::Jwe);
    config.cacheVersion = options.cacheVersion.isEmpty() ? config.cacheVersion : options.cacheVersion;
    std::optional<seconds> cacheMaxAge = options.cacheMaxAge;
    if (!isStateful && !cacheMaxAge)
        cacheMaxAge = config.expiresIn;
    const seconds cacheAge = orElse(cacheMaxAge, defaultCacheAge);
    if (!isStateful && options.refreshCache.value_or(true))
        config.refreshCacheAge = options.refreshCacheAge.value_or(cacheAge / 5);
    config.storeAccountCookie = options.storeAccountCookie.value_or(!options.hasDatabase);
    config.bindAccountCookie = options.hasDatabase;
    config.stateInCookie = options.storeStateInCookie.value_or(!isStateful);

    const auto deriveKeys = [&config](QByteArrayView salt) {
        return std::make_shared<const jose::KeyRing>(session::AuthVersion::BetterAuth, config.secrets, salt);
    };
    if (config.cacheStrategy == CacheStrategy::Jwt)
        config.signingKeys = std::make_shared<const SigningKeys>(
            config.secrets.empty() ? SigningKeys() : makeSigningKeys(config.secrets.front()));
    if (config.cacheStrategy == CacheStrategy::Jwe)
        config.sessionKeys = deriveKeys("better-auth-session");
    if (config.storeAccountCookie)
        config.accountKeys = deriveKeys("better-auth-account");

    config.sessionToken = makeCookie(options, QByteArrayLiteral("session_token"), config.expiresIn);
    config.sessionData = makeCookie(options, QByteArrayLiteral("session_data"), cacheAge);
    config.accountData = makeCookie(options, QByteArrayLiteral("account_data"), cacheAge);
    config.dontRemember = makeCookie(options, QByteArrayLiteral("dont_remember"), std::nullopt);
    config.oauthState = makeCookie(options, QByteArrayLiteral("oauth_state"), std::nullopt);
    return config;
}

Config makeConfig(const session::AuthProfile &profile, bool isHttps)
{
    const session::BetterAuthSettings &settings = profile.betterAuth;
    Options options;
    for (const base::SecretBytes &secret : profile.secrets)
        options.secrets.push_back(secret.clone());
    options.basePath = profile.basePath;
    options.useSecureCookies = profile.useSecureCookies.value_or(isHttps);
    options.hasDatabase = profile.strategy == session::Strategy::Database;
    options.hasSecondaryStorage = settings.secondaryStorage;
    options.expiresIn = profile.lifetime();
    options.updateAge = profile.updateAge;
    options.deferSessionRefresh = settings.deferSessionRefresh;
    options.disableSessionRefresh = settings.disableSessionRefresh;
    options.storeSessionInDatabase = settings.storeSessionInDatabase;
    options.preserveSessionInDatabase = settings.preserveSessionInDatabase;
    if (settings.cookieCache) {
        options.cacheEnabled = true;
        options.cacheStrategy = settings.cookieCache->strategy;
        options.cacheMaxAge = settings.cookieCache->maxAge;
        options.cacheVersion = settings.cookieCache->version;
    }
    if (profile.cookieOptions)
        options.cookies[QByteArrayLiteral("session_token")].attributes = *profile.cookieOptions;
    Config config = makeConfig(options);
    // A profile names the cookie as it is on the wire, prefix included.
    if (!profile.cookieName.isEmpty())
        config.sessionToken.name = profile.cookieName;
    return config;
}

} // namespace rollcall::engine::betterauth
