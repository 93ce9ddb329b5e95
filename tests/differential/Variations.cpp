#include "tests/differential/Variations.h"

#include <QByteArrayList>

#include "tests/differential/Claims.h"
#include "tests/differential/Environments.h"

namespace rollcall::differential {

namespace {

QString pickText(Random &random, std::initializer_list<const char *> choices)
{
    return QString::fromUtf8(random.pick<const char *>(choices));
}

/// Paths at which none of the other actions is: those are not ours to answer.
void varyPath(Random &random, QString &url)
{
    static const QString session = QStringLiteral("/session");
    const qsizetype at = url.lastIndexOf(session);
    if (at < 0)
        return;
    const QString base = url.first(at);
    switch (random.below(3)) {
    case 0:
        url = base + pickText(random, {"session", "//session", "///session//", "/./session", "/x/../session"});
        break;
    case 1:
        url = base + session + pickText(random, {"/", "//", "/x", "x", "%20", "/x/y", ";a", "/undefined", "\xc3\xa9"});
        break;
    default:
        url = base + pickText(random, {"/nothing", "/Session", "/sessions", "/x", "/%73ession", "x/session"});
    }
}

QString varyQuery(Random &random)
{
    return pickText(random, {"?", "?a=b", "?callbackUrl=%2Fafter", "?callbackUrl=http%3A%2F%2Flocalhost%3A3000%2Fx",
                             "?callbackUrl=https%3A%2F%2Fevil.test%2F", "?callbackUrl=javascript%3A1",
                             "?callbackUrl=", "?callbackUrl=relative", "?callbackUrl=%2Fa&callbackUrl=%2Fb",
                             "?callbackUrl=%2F%2Fevil.test", "?callbackUrl=%2F%C3%A9%20x", "?error=Configuration",
                             "?nextauth=csrf", "#callbackUrl=/x", "?callbackUrl=https%3A%2F%2Fapp.test%2Fz",
                             "?callbackUrl=http%3A%2F%2F", "?callbackUrl=%5C%5Cx"});
}

QByteArray formBody(Random &random)
{
    QByteArrayList pairs;
    if (random.chance(90))
        pairs << random.pick<QByteArray>({"csrfToken=@csrf@", "csrfToken=@csrf@", "csrfToken=@csrf@", "csrfToken=x",
                                          "csrfToken=", "csrfToken=x&csrfToken=@csrf@", "csrf%54oken=@csrf@"});
    if (random.chance(40))
        pairs << random.pick<QByteArray>(
            {"data=x", "data=a+b%20c", "data=%C3%A9", "data=%", "data=1&data=2", "data", "data=%ff", "data[name]=x"});
    if (random.chance(30))
        pairs << random.pick<QByteArray>({"callbackUrl=%2Fafter", "callbackUrl=", "callbackUrl=javascript:1",
                                          "callbackUrl=relative", "callbackUrl=http%3A%2F%2Flocalhost%3A3000%2F",
                                          "callbackUrl=%2Fa&callbackUrl=%2Fb"});
    return pairs.join('&');
}

QByteArray jsonBody(Random &random)
{
    if (random.chance(8))
        return random.pick<QByteArray>({"null", "5", "\"text\"", "[1]", "{", "{}x", "true", "\xef\xbb\xbf{\"data\":1}",
                                        "{\"csrfToken\":\"@csrf@\",\"data\":\"\xff\"}", "[]", " "});
    QByteArrayList members;
    if (random.chance(92))
        members << random.pick<QByteArray>({"\"csrfToken\":\"@csrf@\"", "\"csrfToken\":\"@csrf@\"",
                                            "\"csrfToken\":\"@csrf@\"", "\"csrfToken\":\"@csrf@\"",
                                            "\"csrfToken\":\"x\"", "\"csrfToken\":\"\"", "\"csrfToken\":null",
                                            "\"csrfToken\":1", "\"csrfToken\":[\"@csrf@\"]"});
    if (random.chance(70))
        members << "\"data\":" + (random.chance(50) ? QByteArray("{\"name\":\"New\",\"user\":{\"name\":\"New\"}}")
                                                    : makeJson(random, 2));
    if (random.chance(30))
        members << "\"callbackUrl\":" +
                       random.pick<QByteArray>({"\"/after\"", "\"\"", "null", "0", "false", "5", "true", "[]", "{}",
                                                "\"javascript:1\"", "\"relative\"", "\"http://localhost:3000/x\"",
                                                "\"https://evil.test\"", "[\"/x\"]"});
    return '{' + members.join(',') + '}';
}

void makeUpdate(Random &random, JsonValue &recipe)
{
    const bool isForm = random.chance(20);
    QString type = isForm ? QStringLiteral("application/x-www-form-urlencoded") : QStringLiteral("application/json");
    if (random.chance(15))
        type = pickText(random, {"application/json; charset=utf-8", "application/json;charset=UTF-8", "text/plain", "",
                                 "Application/JSON", "application/problem+json", "application/ld+json",
                                 "text/application/json", "application/x-www-form-urlencoded; charset=utf-8",
                                 "multipart/form-data; boundary=x", "application/json, text/plain"});
    JsonValue post = object({{"type", text(type)}});
    if (random.chance(95))
        post.set(QStringLiteral("body"), bytes(isForm ? formBody(random) : jsonBody(random)));
    recipe.set(QStringLiteral("method"), text(QStringLiteral("POST")));
    recipe.set(QStringLiteral("post"), std::move(post));
    if (!random.chance(90))
        return;
    const bool secure = hasSecureCookies(recipe) != random.chance(4);
    const QByteArray name = (secure ? QByteArray("__Host-") : QByteArray()) +
                            (textOf(recipe, u"version") == u"v4" ? "next-auth" : "authjs") + ".csrf-token";
    JsonValue cookie = object({{"name", bytes(name)}, {"csrf", JsonValue(true)}});
    if (random.chance(85))
        cookie.set(QStringLiteral("dress"), text(QStringLiteral("percent")));
    JsonValue::Array cookies = listOf(recipe, u"cookies");
    const auto place = random.below(static_cast<qint64>(cookies.size()) + 1);
    cookies.insert(cookies.begin() + place, std::move(cookie));
    recipe.set(QStringLiteral("cookies"), list(std::move(cookies)));
}

} // namespace

void vary(Random &random, JsonValue &recipe)
{
    QString url = textOf(recipe, u"url");
    if (random.chance(5))
        varyPath(random, url);
    if (random.chance(10))
        url += varyQuery(random);
    recipe.set(QStringLiteral("url"), text(url));
    if (random.chance(20)) {
        makeUpdate(random, recipe);
        if (random.chance(25))
            recipe.set(QStringLiteral("callbacks"), text(QStringLiteral("session-update")));
    } else if (random.chance(4)) {
        recipe.set(QStringLiteral("method"), text(pickText(random, {"HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"})));
    }
}

} // namespace rollcall::differential
