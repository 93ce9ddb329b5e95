#include "tests/differential/Requests.h"

#include <QCryptographicHash>
#include <QList>

#include "core/http/Cookie.h"
#include "tests/differential/Engine.h"
#include "tests/differential/Sealer.h"
#include "tests/differential/SigningKeys.h"

namespace rollcall::differential {

namespace {

const QByteArray csrfToken(64, 'c');

/// A csrf cookie that is right for the deployment of @p recipe.
QByteArray csrfCookie(const JsonValue &recipe)
{
    QByteArrayList secrets;
    for (const base::SecretBytes &secret : secretsInForce(recipe))
        secrets << secret.view().toByteArray();
    const QByteArray message = csrfToken + secrets.join(',');
    return csrfToken + '|' + QCryptographicHash::hash(message, QCryptographicHash::Sha256).toHex();
}

QByteArray cookieText(const JsonValue &recipe, const JsonValue &cookie, const QList<QByteArray> &tokens)
{
    if (cookie.find(u"raw"))
        return bytesOf(cookie, u"raw");
    QByteArray value = cookie.find(u"csrf") ? csrfCookie(recipe) : bytesOf(cookie, u"value");
    const qint64 token = numberOf(cookie, u"token", -1);
    if (token >= 0 && token < tokens.size())
        value = tokens.at(token).mid(numberOf(cookie, u"from", 0), numberOf(cookie, u"size", -1));
    const QString dress = textOf(cookie, u"dress");
    if (dress == u"percent")
        value = http::encodeUriComponent(value);
    else if (dress == u"every byte")
        value = value.toPercentEncoding({}, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    else if (dress == u"quotes")
        value = '"' + value + '"';
    return bytesOf(cookie, u"name") + '=' + value;
}

QByteArray cookieHeader(const JsonValue &recipe, const QList<QByteArray> &tokens)
{
    QByteArray header;
    const QByteArray separator = recipe.find(u"separator") ? bytesOf(recipe, u"separator") : QByteArray("; ");
    for (const JsonValue &cookie : listOf(recipe, u"cookies"))
        header += (header.isEmpty() ? QByteArray() : separator) + cookieText(recipe, cookie, tokens);
    return header;
}

/// What would end a header line reaches no library: HTTP parsers refuse it.
QByteArray withoutLineEnds(QByteArray value)
{
    for (const char end : {'\n', '\r', '\0'})
        value.replace(end, "");
    return value;
}

void keep(JsonValue &request, const JsonValue &recipe, std::initializer_list<QStringView> names)
{
    for (const QStringView name : names) {
        if (const JsonValue *member = recipe.find(name))
            request.set(name.toString(), *member);
    }
}

/// The headers of the request: a proxy's, and what the recipe has in parts.
JsonValue headersOf(const JsonValue &recipe, const QList<QByteArray> &tokens)
{
    const JsonValue *given = recipe.find(u"headers");
    JsonValue headers = given && given->object() ? *given : object({});
    const QByteArray cookie = withoutLineEnds(cookieHeader(recipe, tokens));
    if (!cookie.isEmpty())
        headers.set(QStringLiteral("cookie"), bytes(cookie));
    if (const JsonValue *bearer = recipe.find(u"bearer"))
        headers.set(QStringLiteral("authorization"),
                    bytes("Bearer " + withoutLineEnds(cookieText(recipe, *bearer, tokens).sliced(1))));
    if (const JsonValue *post = recipe.find(u"post"); post && !textOf(*post, u"type").isEmpty())
        headers.set(QStringLiteral("content-type"), bytes(bytesOf(*post, u"type")));
    return headers;
}

/// The keys of the deployments that sign with @p algorithm; those of HMAC are the secrets.
void addKeys(JsonValue &request, session::SignatureAlgorithm algorithm)
{
    JsonValue::Array keys;
    for (const QString &key : signingKeys(algorithm))
        keys.push_back(text(key));
    if (!keys.empty())
        request.set(QStringLiteral("keys"), list(std::move(keys)));
}

/// What a whole deployment has besides version, clock and tokens.
void addDeployment(JsonValue &request, const JsonValue &recipe)
{
    const bool isV4 = textOf(request, u"version") == u"v4";
    request.set(QStringLiteral("strategy"),
                text(textOf(recipe, u"strategy") == u"database" ? QStringLiteral("database") : QStringLiteral("jwt")));
    request.set(QStringLiteral("url"),
                text(textOf(recipe, u"url", QStringLiteral("http://localhost:3000/api/auth/session"))));
    keep(request, recipe,
         {u"parser", u"maxAge", u"updateAge", u"jwtMaxAge", u"useSecureCookies", u"secureCookie", u"callbacks",
          u"codec", u"trustHost", u"basePath", u"route", u"raw", u"env", u"options", u"next"});
    if (!textOf(recipe, u"method").isEmpty())
        keep(request, recipe, {u"method"});
    if (const auto algorithm = signingAlgorithm(textOf(recipe, u"codec")))
        addKeys(request, *algorithm);
    if (isV4 && secretsInForce(recipe).empty()) {
        // Without a secret next-auth 4 makes one up of its options, unless it runs in production.
        const JsonValue *given = recipe.find(u"env");
        JsonValue env = given ? *given : object({});
        env.set(QStringLiteral("NODE_ENV"), text(QStringLiteral("production")));
        request.set(QStringLiteral("env"), std::move(env));
    }
    if (!textOf(recipe, u"cookieName").isEmpty())
        keep(request, recipe, {u"cookieName", u"cookieOptions"});
    if (const JsonValue *db = recipe.find(u"db")) {
        JsonValue rows = *db;
        for (const QStringView table : {u"users", u"sessions"})
            rows.set(table.toString(), list(listOf(*db, table)));
        request.set(QStringLiteral("db"), std::move(rows));
    }
    if (const JsonValue *post = recipe.find(u"post"); post && post->find(u"body"))
        request.set(QStringLiteral("body"), bytes(bytesOf(*post, u"body").replace("@csrf@", csrfToken)));
}

} // namespace

JsonValue requestOf(const JsonValue &given)
{
    JsonValue recipe = given;
    // A null leaves them to the environment.
    if (!recipe.find(u"secrets") || (recipe.find(u"secrets")->array() && listOf(recipe, u"secrets").empty()))
        recipe.set(QStringLiteral("secrets"), list({text(QStringLiteral("secret"))}));
    const QString kind = textOf(recipe, u"kind", QStringLiteral("session"));
    QList<QByteArray> tokens;
    for (const JsonValue &token : listOf(recipe, u"tokens"))
        tokens.append(sealRecipe(token));
    JsonValue request =
        object({{"kind", text(kind)},
                {"version", text(textOf(recipe, u"version") == u"v4" ? QStringLiteral("v4") : QStringLiteral("v5"))},
                {"now", number(numberOf(recipe, u"now", 1'760'000'000'000))}});
    if (kind == u"parse") {
        request.set(QStringLiteral("dialect"), text(textOf(recipe, u"dialect", QStringLiteral("authcore"))));
        request.set(QStringLiteral("header"), bytes(cookieHeader(recipe, tokens)));
        return request;
    }
    if (recipe.find(u"secrets")->array())
        keep(request, recipe, {u"secrets"});
    if (kind == u"decode" || kind == u"verify") {
        request.set(QStringLiteral("salt"), text(textOf(recipe, u"salt")));
        request.set(QStringLiteral("token"), bytes(tokens.value(0)));
        if (kind == u"decode")
            return request;
        const auto algorithm = signingAlgorithm(QString(u"signed-" + textOf(recipe, u"algorithm")))
                                   .value_or(session::SignatureAlgorithm::HS256);
        request.set(QStringLiteral("algorithm"), text(jose::algorithmName(algorithm)));
        addKeys(request, algorithm);
        return request;
    }
    addDeployment(request, recipe);
    request.set(QStringLiteral("headers"), headersOf(recipe, tokens));
    return request;
}

} // namespace rollcall::differential
