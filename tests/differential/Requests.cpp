#include "tests/differential/Requests.h"

#include <QList>

#include "core/http/Cookie.h"
#include "tests/differential/Sealer.h"

namespace rollcall::differential {

namespace {

QByteArray cookieText(const JsonValue &cookie, const QList<QByteArray> &tokens)
{
    if (cookie.find(u"raw"))
        return bytesOf(cookie, u"raw");
    QByteArray value = bytesOf(cookie, u"value");
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
        header += (header.isEmpty() ? QByteArray() : separator) + cookieText(cookie, tokens);
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

} // namespace

JsonValue requestOf(const JsonValue &recipe)
{
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
    const JsonValue::Array &secrets = listOf(recipe, u"secrets");
    request.set(QStringLiteral("secrets"),
                list(secrets.empty() ? JsonValue::Array{text(QStringLiteral("secret"))} : secrets));
    if (kind == u"decode") {
        request.set(QStringLiteral("salt"), text(textOf(recipe, u"salt")));
        request.set(QStringLiteral("token"), bytes(tokens.value(0)));
        return request;
    }
    request.set(QStringLiteral("strategy"),
                text(textOf(recipe, u"strategy") == u"database" ? QStringLiteral("database") : QStringLiteral("jwt")));
    request.set(QStringLiteral("url"),
                text(textOf(recipe, u"url", QStringLiteral("http://localhost:3000/api/auth/session"))));
    keep(request, recipe,
         {u"parser", u"method", u"maxAge", u"updateAge", u"jwtMaxAge", u"useSecureCookies", u"secureCookie",
          u"callbacks", u"trustHost", u"env"});
    if (!textOf(recipe, u"cookieName").isEmpty())
        keep(request, recipe, {u"cookieName", u"cookieOptions"});
    if (const JsonValue *db = recipe.find(u"db")) {
        JsonValue rows = *db;
        for (const QStringView table : {u"users", u"sessions"})
            rows.set(table.toString(), list(listOf(*db, table)));
        request.set(QStringLiteral("db"), std::move(rows));
    }
    JsonValue headers = object({});
    const QByteArray cookie = withoutLineEnds(cookieHeader(recipe, tokens));
    if (!cookie.isEmpty())
        headers.set(QStringLiteral("cookie"), bytes(cookie));
    if (const JsonValue *bearer = recipe.find(u"bearer"))
        headers.set(QStringLiteral("authorization"),
                    bytes("Bearer " + withoutLineEnds(cookieText(*bearer, tokens).sliced(1))));
    request.set(QStringLiteral("headers"), headers);
    return request;
}

} // namespace rollcall::differential
