#include "tests/differential/Generator.h"

#include <QStringList>

#include "tests/differential/Cookies.h"
#include "tests/differential/Engine.h"
#include "tests/differential/Environments.h"
#include "tests/differential/MiddlewareRecipes.h"
#include "tests/differential/Rows.h"
#include "tests/differential/Tokens.h"
#include "tests/differential/Variations.h"

namespace rollcall::differential {

namespace {

JsonValue::Array texts(const QStringList &values)
{
    JsonValue::Array result;
    for (const QString &value : values)
        result.push_back(text(value));
    return result;
}

QStringList makeSecrets(Random &random, const QString &version)
{
    QStringList secrets{makeSecret(random)};
    if (version == u"v4")
        return secrets;
    while (random.chance(25) && secrets.size() < 4)
        secrets << makeSecret(random);
    return secrets;
}

qint64 makeNow(Random &random)
{
    const qint64 second = random.between(1'700'000'000, 1'800'000'000);
    return second * 1000 + (random.chance(50) ? 0 : random.pick<qint64>({1, 499, 500, 999}));
}

JsonValue decodeRecipe(Random &random)
{
    const QString version = random.pick<QString>({QStringLiteral("v4"), QStringLiteral("v5")});
    const QStringList secrets = makeSecrets(random, version);
    QString salt = version == u"v4" ? QString() : QStringLiteral("authjs.session-token");
    if (random.chance(20))
        salt = random.pick<QString>({QString(), QStringLiteral("__Secure-authjs.session-token"),
                                     QStringLiteral("my-app.session"), QString::fromUtf8("\xc3\xa9"),
                                     QString(980, u's'), QString(1200, u's')});
    const qint64 now = makeNow(random);
    JsonValue token = makeToken(random, {version, secrets, salt, now / 1000, {}});
    return object({{"kind", text(QStringLiteral("decode"))},
                   {"version", text(version)},
                   {"now", number(now)},
                   {"secrets", list(texts(secrets))},
                   {"salt", text(salt)},
                   {"tokens", list({std::move(token)})}});
}

QString makeAlgorithm(Random &random)
{
    return random.pick<QString>({QStringLiteral("HS256"), QStringLiteral("HS256"), QStringLiteral("HS384"),
                                 QStringLiteral("HS512"), QStringLiteral("RS256"), QStringLiteral("ES256"),
                                 QStringLiteral("EdDSA")});
}

JsonValue verifyRecipe(Random &random)
{
    const QString algorithm = makeAlgorithm(random);
    const QStringList secrets = makeSecrets(random, QStringLiteral("v5"));
    const qint64 now = makeNow(random);
    JsonValue token =
        makeToken(random, {QStringLiteral("v5"), secrets, {}, now / 1000, QString(u"signed-" + algorithm)});
    return object({{"kind", text(QStringLiteral("verify"))},
                   {"algorithm", text(algorithm)},
                   {"now", number(now)},
                   {"secrets", list(texts(secrets))},
                   {"tokens", list({std::move(token)})}});
}

QString makeCodec(Random &random)
{
    if (random.chance(45))
        return u"signed-" + makeAlgorithm(random);
    return random.pick<QString>(
        {QStringLiteral("plain"), QStringLiteral("plain"), QStringLiteral("plain"), QStringLiteral("decode-null"),
         QStringLiteral("decode-undefined"), QStringLiteral("decode-false"), QStringLiteral("decode-zero"),
         QStringLiteral("decode-text"), QStringLiteral("decode-list"), QStringLiteral("decode-claims"),
         QStringLiteral("decode-throws"), QStringLiteral("encode-undefined"), QStringLiteral("encode-null"),
         QStringLiteral("encode-number"), QStringLiteral("encode-object"), QStringLiteral("encode-empty"),
         QStringLiteral("encode-long"), QStringLiteral("encode-wide"), QStringLiteral("encode-throws")});
}

JsonValue parseRecipe(Random &random)
{
    const QString dialect = random.pick<QString>({QStringLiteral("cookie-0.7"), QStringLiteral("authcore"),
                                                  QStringLiteral("next-api"), QStringLiteral("next-edge")});
    JsonValue recipe = object({{"kind", text(QStringLiteral("parse"))}, {"dialect", text(dialect)}});
    recipe.set(QStringLiteral("separator"), bytes(QByteArray()));
    recipe.set(QStringLiteral("cookies"), list(oddHeader(random)));
    return recipe;
}

void configure(Random &random, JsonValue &recipe, bool isV4)
{
    const auto set = [&recipe](const char *name, JsonValue value) {
        recipe.set(QString::fromLatin1(name), std::move(value));
    };
    if (isV4)
        set("parser",
            text(random.pick<QString>({QStringLiteral("app"), QStringLiteral("pages"), QStringLiteral("web")})));
    if (random.chance(30))
        set("maxAge", number(random.pick<qint64>({1, 60, 3600, 86400, 31'536'000})));
    if (random.chance(30))
        set("updateAge", number(random.pick<qint64>({0, 1, 3600, 86400})));
    if (random.chance(8))
        set("jwtMaxAge", number(random.pick<qint64>({60, 7200})));
    if (random.chance(30)) {
        set("callbacks",
            text(random.pick<QString>(
                {QStringLiteral("session-adds-id"), QStringLiteral("session-null"), QStringLiteral("session-undefined"),
                 QStringLiteral("session-empty"), QStringLiteral("session-text"), QStringLiteral("session-list"),
                 QStringLiteral("session-expires-only"), QStringLiteral("session-input"),
                 QStringLiteral("session-token"), QStringLiteral("session-throws"), QStringLiteral("jwt-adds-role"),
                 QStringLiteral("jwt-renames"), QStringLiteral("jwt-empty"), QStringLiteral("jwt-null"),
                 QStringLiteral("jwt-undefined"), QStringLiteral("jwt-text"), QStringLiteral("jwt-list"),
                 QStringLiteral("jwt-throws")})));
    }
}

/// Puts the route where the configuration in force has it.
void address(JsonValue &recipe, bool isV4)
{
    const QString scheme = textOf(recipe, u"url").section(u':', 0, 0);
    const QString basePath =
        isV4 ? textOf(recipe, u"route", QStringLiteral("/api/auth"))
             : QString::fromUtf8(session::nextAuthDefaults(environmentOf(recipe), optionsOf(recipe)).basePath);
    const QString slash = basePath.startsWith(u'/') ? QString() : QStringLiteral("/");
    recipe.set(QStringLiteral("url"),
               text(scheme + QStringLiteral("://localhost:3000") + slash + basePath + QStringLiteral("/session")));
}

JsonValue sessionRecipe(Random &random)
{
    const bool isV4 = random.chance(50);
    const QString version = isV4 ? QStringLiteral("v4") : QStringLiteral("v5");
    const bool database = random.chance(30);
    const QStringList secrets = makeSecrets(random, version);
    const qint64 now = makeNow(random);
    const bool https = !isV4 && random.chance(30);
    JsonValue recipe = object({{"kind", text(QStringLiteral("session"))},
                               {"version", text(version)},
                               {"strategy", text(database ? QStringLiteral("database") : QStringLiteral("jwt"))},
                               {"now", number(now)},
                               {"secrets", list(texts(secrets))},
                               {"url", text((https ? QStringLiteral("https") : QStringLiteral("http")) +
                                            QStringLiteral("://localhost:3000/api/auth/session"))}});
    configure(random, recipe, isV4);
    if (random.chance(25)) {
        settle(random, recipe);
        address(recipe, isV4);
    }
    if (random.chance(20))
        recipe.set(QStringLiteral("useSecureCookies"), JsonValue(random.chance(60)));
    const bool secure = hasSecureCookies(recipe);
    // The library's own guess is one that may be wrong.
    if (random.chance(80))
        recipe.set(QStringLiteral("secureCookie"), JsonValue(secure));
    if (random.chance(8))
        recipe.set(QStringLiteral("raw"), JsonValue(true));
    if (!database && random.chance(12))
        recipe.set(QStringLiteral("codec"), text(makeCodec(random)));
    QString name = (secure ? QStringLiteral("__Secure-") : QString()) +
                   (isV4 ? QStringLiteral("next-auth.session-token") : QStringLiteral("authjs.session-token"));
    if (random.chance(12)) {
        name = random.pick<QString>({QStringLiteral("my-app.session"), QStringLiteral("sid"), QStringLiteral("7"),
                                     QStringLiteral("a.b.1"), QStringLiteral("__Host-s")});
        recipe.set(QStringLiteral("cookieName"), text(name));
        if (isV4 || random.chance(50)) {
            recipe.set(QStringLiteral("cookieOptions"),
                       object({{"httpOnly", JsonValue(random.chance(80))},
                               {"sameSite", text(random.pick<QString>({QStringLiteral("lax"), QStringLiteral("strict"),
                                                                       QStringLiteral("none")}))},
                               {"path", text(QStringLiteral("/"))},
                               {"secure", JsonValue(random.chance(50))}}));
        }
    }
    const CookiePlace place{name.toLatin1(), isV4};
    if (database) {
        const Rows rows =
            makeRows(random, now, numberOf(recipe, u"maxAge", 2'592'000), numberOf(recipe, u"updateAge", 86'400));
        recipe.set(QStringLiteral("db"), rows.db);
        recipe.set(QStringLiteral("cookies"), list(rowCookies(random, place, rows.presented)));
        return recipe;
    }
    const TokenPlace tokenPlace{version, secrets, isV4 ? QString() : name, now / 1000, textOf(recipe, u"codec")};
    JsonValue::Array tokens{makeToken(random, tokenPlace)};
    if (random.chance(15))
        tokens.push_back(makeToken(random, tokenPlace));
    JsonValue::Array cookies = tokenCookies(random, place, tokens);
    if (random.chance(5)) {
        recipe.set(QStringLiteral("bearer"),
                   object({{"token", number(0)},
                           {"dress", text(random.pick<QString>({QString(), QStringLiteral("percent")}))}}));
        if (random.chance(70))
            cookies.clear();
    }
    recipe.set(QStringLiteral("tokens"), list(std::move(tokens)));
    recipe.set(QStringLiteral("cookies"), list(std::move(cookies)));
    return recipe;
}

} // namespace

JsonValue makeRecipe(quint64 seed, qint64 index)
{
    // Each request has a generator of its own, so that one alone can be made again. (SplitMix64's increment.)
    Random random(seed + static_cast<quint64>(index) * 0x9e3779b97f4a7c15ULL);
    const qint64 kind = random.below(100);
    if (kind < 65) {
        JsonValue recipe = sessionRecipe(random);
        // A middleware is given the same deployment, browser and clock.
        if (kind < 18)
            guard(random, recipe);
        else
            vary(random, recipe);
        return recipe;
    }
    if (kind < 68)
        return verifyRecipe(random);
    return kind < 92 ? decodeRecipe(random) : parseRecipe(random);
}

} // namespace rollcall::differential
