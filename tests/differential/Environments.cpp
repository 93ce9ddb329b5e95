#include "tests/differential/Environments.h"

#include "core/base/WebUrl.h"
#include "tests/differential/Engine.h"

namespace rollcall::differential {

namespace {

QString pickText(Random &random, std::initializer_list<const char *> choices)
{
    return QString::fromUtf8(random.pick<const char *>(choices));
}

QString addressV4(Random &random)
{
    return pickText(random, {"https://app.test", "https://app.test", "http://localhost:3000", "http://localhost:3000/",
                             "https://app.test/api/auth", "https://app.test/app/api/auth/", "app.test",
                             "app.test/api/auth", "", "http://", "https://127.0.0.1:3000", "HTTPS://App.Test:443/",
                             "localhost:3000", "https://app.test/api/auth?x=1#f", "https://app test",
                             "https://user:secret@app.test", "http://[::1]:3000/api/auth"});
}

QString addressV5(Random &random)
{
    return pickText(random, {"https://app.test", "https://app.test", "http://localhost:3000", "http://localhost:3000/",
                             "https://app.test/api/auth", "https://app.test/other", "https://app.test/auth/",
                             "app.test", "no address", "", "https://127.0.0.1:3000", "HTTPS://App.Test:443/",
                             "https://app.test:8443/?x=1#f", "localhost:3000", "https://user:secret@app.test",
                             "https://app.test/a.b", "ftp://app.test"});
}

void setAddresses(Random &random, JsonValue &env, bool isV4)
{
    if (random.chance(isV4 ? 70 : 30))
        env.set(QStringLiteral("NEXTAUTH_URL"), text(isV4 ? addressV4(random) : addressV5(random)));
    if (random.chance(isV4 ? 15 : 50))
        env.set(QStringLiteral("AUTH_URL"), text(addressV5(random)));
}

void setTrust(Random &random, JsonValue &env)
{
    for (const char *name : {"AUTH_TRUST_HOST", "VERCEL", "CF_PAGES"}) {
        if (random.chance(25))
            env.set(QString::fromLatin1(name), text(pickText(random, {"1", "true", "false", ""})));
    }
    if (random.chance(60))
        env.set(QStringLiteral("NODE_ENV"), text(pickText(random, {"production", "production", "development", ""})));
}

/// Leaves the secrets to variables, each of which holds one.
void moveSecrets(Random &random, JsonValue &recipe, JsonValue &env)
{
    const JsonValue::Array secrets = listOf(recipe, u"secrets");
    const auto secret = [&] { return secrets.at(static_cast<std::size_t>(random.below(qint64(secrets.size())))); };
    for (const char *name : {"AUTH_SECRET", "NEXTAUTH_SECRET", "AUTH_SECRET_1", "AUTH_SECRET_2", "AUTH_SECRET_3"}) {
        if (random.chance(40))
            env.set(QString::fromLatin1(name), random.chance(10) ? text(QString()) : secret());
    }
    recipe.set(QStringLiteral("secrets"), JsonValue());
}

JsonValue proxyHeaders(Random &random)
{
    JsonValue headers = object({});
    if (random.chance(40))
        headers.set(QStringLiteral("x-forwarded-proto"),
                    text(pickText(random, {"https", "https", "http", "HTTPS", "https:", "", "https,http", "wss"})));
    if (random.chance(30))
        headers.set(QStringLiteral("x-forwarded-host"),
                    text(pickText(random, {"app.test", "app.test:8443", "", "other.test, app.test", "[::1]"})));
    return headers;
}

} // namespace

void settle(Random &random, JsonValue &recipe)
{
    const bool isV4 = textOf(recipe, u"version") == u"v4";
    JsonValue env = object({});
    setAddresses(random, env, isV4);
    setTrust(random, env);
    if (random.chance(50))
        moveSecrets(random, recipe, env);
    recipe.set(QStringLiteral("env"), env);
    if (random.chance(50))
        recipe.set(QStringLiteral("headers"), proxyHeaders(random));
    if (isV4) {
        // The route lies where the address says that it does: nothing else works.
        const auto base = session::parseBaseUrl(session::detectOrigin(environmentOf(recipe), forwardedOf(recipe)));
        if (base && base->path.startsWith('/'))
            recipe.set(QStringLiteral("route"), text(QString::fromUtf8(base->path)));
        return;
    }
    if (random.chance(30))
        recipe.set(QStringLiteral("trustHost"), JsonValue(random.chance(70)));
    if (random.chance(30))
        recipe.set(QStringLiteral("basePath"),
                   text(pickText(random, {"/auth", "/api/auth", "/api/auth/", "/", "", "auth", "/a.i/auth", "/(a)"})));
}

bool hasSecureCookies(const JsonValue &recipe)
{
    if (const auto chosen = flagOf(recipe, u"useSecureCookies"))
        return *chosen;
    const auto environment = environmentOf(recipe);
    if (versionOf(recipe) == session::AuthVersion::V4) {
        const auto base = session::parseBaseUrl(session::detectOrigin(environment, forwardedOf(recipe)));
        return base && base->base.startsWith("https://");
    }
    const auto origin = session::environmentOrigin(environment);
    return origin && *origin ? (*origin)->startsWith("https:") : textOf(recipe, u"url").startsWith(u"https:");
}

} // namespace rollcall::differential
