#include "tests/differential/MiddlewareRecipes.h"

namespace rollcall::differential {

namespace {

QString pickText(Random &random, std::initializer_list<const char *> choices)
{
    return QString::fromUtf8(random.pick<const char *>(choices));
}

QString makeUrl(Random &random, const QString &scheme)
{
    const QString host = pickText(random, {"localhost:3000", "localhost:3000", "127.0.0.1:3000", "[::1]:3000",
                                           "app.test", "app.test:8443", "127.1.2.3"});
    QString path = pickText(random, {"/",
                                     "/orders",
                                     "/orders",
                                     "/orders/",
                                     "/orders/1/x",
                                     "/a%20b",
                                     "/%C3%A9",
                                     "/\xc3\xa9",
                                     "/a//b",
                                     "/login",
                                     "/login/",
                                     "/error",
                                     "/api/auth/signin",
                                     "/api/auth/signin/",
                                     "/api/auth/error",
                                     "/api/auth",
                                     "/api/auth/session",
                                     "/api/authx",
                                     "/API/auth/x",
                                     "/_next/static/x.js",
                                     "/_nextx",
                                     "/favicon.ico",
                                     "/favicon.icox",
                                     "/en/orders",
                                     "/fr",
                                     "/FR/orders",
                                     "/app",
                                     "/app/orders",
                                     "/app/login",
                                     "/app/api/auth/signin",
                                     "/app/fr/x/",
                                     "/application",
                                     "/_next/data/B/orders.json",
                                     "/app/_next/data/B/fr/index.json",
                                     "/a.b",
                                     "/%",
                                     "/%zz",
                                     "/a;b",
                                     "/a+b",
                                     "/~x!'()*"});
    if (random.chance(30))
        path += pickText(random, {"?a=1", "?a=1&a=2", "?callbackUrl=%2Fz", "?a=b+c&d=%20e", "?", "?=", "?\xc3\xa9",
                                  "?a=%C3%A9%", "?error=x", "?a='", "?a[]=1"});
    if (random.chance(3))
        path += QStringLiteral("#there");
    return scheme + QStringLiteral("://") + host + path;
}

JsonValue makeNext(Random &random)
{
    JsonValue next = object({});
    if (random.chance(60))
        next.set(QStringLiteral("basePath"), text(QStringLiteral("/app")));
    if (random.chance(30))
        next.set(QStringLiteral("trailingSlash"), JsonValue(true));
    if (random.chance(40))
        next.set(QStringLiteral("i18n"),
                 object({{"locales", list({text(QStringLiteral("en")), text(QStringLiteral("fr"))})},
                         {"defaultLocale", text(QStringLiteral("en"))}}));
    return next;
}

} // namespace

void guard(Random &random, JsonValue &recipe)
{
    recipe.set(QStringLiteral("kind"), text(QStringLiteral("middleware")));
    const bool https = textOf(recipe, u"url").startsWith(u"https:");
    recipe.set(QStringLiteral("url"), text(makeUrl(random, https ? QStringLiteral("https") : QStringLiteral("http"))));
    JsonValue options = object({});
    if (random.chance(70))
        options.set(QStringLiteral("authorized"),
                    text(pickText(random, {"always", "never", "undefined", "null", "zero", "text", "object",
                                           "signed-in", "signed-in", "signed-in", "signed-in", "role-admin", "own-401",
                                           "own-redirect", "own-relative", "throws"})));
    if (random.chance(25))
        options.set(QStringLiteral("function"), text(pickText(random, {"nothing", "nothing", "own-200", "own-403",
                                                                       "own-redirect", "own-relative", "throws"})));
    if (random.chance(25))
        options.set(QStringLiteral("signIn"),
                    text(pickText(random, {"/login", "/login", "/login?x=1", "/orders", "https://id.test/in", "login",
                                           "", "/app/login", "/\xc3\xa9", "//id.test/x", "/login/"})));
    if (random.chance(15))
        options.set(QStringLiteral("error"), text(pickText(random, {"/error", "/error?a=1", ""})));
    recipe.set(QStringLiteral("options"), std::move(options));
    if (random.chance(30))
        recipe.set(QStringLiteral("next"), makeNext(random));
}

} // namespace rollcall::differential
