#include "core/engine/betterauth/CookieCache.h"
#include "core/engine/betterauth/Endpoint.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/BetterCallCookie.h"
#include "tests/conformance/BetterAuthOptions.h"
#include "tests/conformance/Checker.h"
#include "tests/support/MemorySessionRows.h"

namespace rollcall::conformance {

namespace {

using namespace engine::betterauth;
using jose::JsonValue;

void checkSign(Fields &vector, Differences &differences)
{
    const QByteArray secret = vector.text(u"secret").toUtf8();
    const QByteArray value = vector.text(u"value").toUtf8();
    Fields expected = vector.object(u"expected");
    const QByteArray cookie = http::encodeUriComponent(signCookie(secret, value).view());
    differences.compare(QStringLiteral("signature"), cookieSignature(secret, value),
                        expected.text(u"signature").toUtf8());
    differences.compare(QStringLiteral("cookieValue"), cookie, expected.text(u"cookieValue").toUtf8());
    const http::Cookies parsed = http::parseCookies(QByteArray("c=" + cookie), http::CookieDialect::BetterCall);
    const SignedCookie read = readSignedCookie(secret, parsed.empty() ? QByteArrayView() : parsed.front().value.view());
    differences.compare(QStringLiteral("read again"), read.value.view().toByteArray(), value);
}

/// The outcome of the middleware helper that reads the cache: its payload, or null.
void checkCacheDecode(Fields &vector, Differences &differences)
{
    Options options;
    options.secrets = secretsOf({vector.text(u"secret")});
    options.cacheStrategy = cacheStrategyOf(vector.text(u"strategy"), differences);
    options.cacheEnabled = true;
    const auto payload = readCookieCache(makeConfig(options), vector.text(u"value").toUtf8(),
                                         vector.maybeText(u"version").value_or(QString()), vector.instant(u"now"));
    differences.compare(QStringLiteral("decoded"), payload ? *payload : JsonValue(), vector.value(u"expected"));
}

/// One Set-Cookie text: what stands before its attributes, and these.
struct CookieText
{
    QByteArray name, value, attributes;

    explicit CookieText(const QByteArray &text)
        : name(text.first(text.indexOf('='))),
          value(text.first(text.indexOf(';')).sliced(name.size() + 1)),
          attributes(text.sliced(name.size() + 1 + value.size()))
    {}
};

/// The Set-Cookies with the values of session_data opened: those of one cookie joined, since a token's ciphertext is
/// cut where its random bytes happen to lie.
JsonValue::Array openedCookies(const Config &config, const QList<QByteArray> &texts, base::Instant now)
{
    JsonValue::Array result;
    QByteArray sealed;
    for (const QByteArray &text : texts) {
        const CookieText cookie(text);
        const bool isData = cookie.name.startsWith(config.sessionData.name) && !cookie.value.isEmpty();
        JsonValue shown{JsonValue::Object()};
        shown.set(QStringLiteral("name"), JsonValue(QString::fromUtf8(cookie.name)));
        shown.set(QStringLiteral("attributes"), JsonValue(QString::fromUtf8(cookie.attributes)));
        shown.set(QStringLiteral("value"), JsonValue(QString::fromUtf8(isData ? QByteArray() : cookie.value)));
        result.push_back(std::move(shown));
        if (isData)
            sealed += QByteArray::fromPercentEncoding(cookie.value);
    }
    if (sealed.isEmpty())
        return result;
    auto content = decodeCookieCache(config, sealed, now);
    JsonValue opened = content ? std::move(content->payload) : JsonValue(QStringLiteral("cannot be opened"));
    if (opened.find(u"jti"))
        opened.set(QStringLiteral("jti"), JsonValue(QStringLiteral("random")));
    result.push_back(std::move(opened));
    // Sealed without chance the text itself must be the library's.
    if (config.cacheStrategy != CacheStrategy::Jwe)
        result.emplace_back(QString::fromUtf8(sealed));
    return result;
}

QList<QByteArray> textsOf(const std::vector<http::SetCookie> &cookies)
{
    QList<QByteArray> texts;
    for (const http::SetCookie &cookie : cookies)
        texts << http::betterCallCookieText(cookie).value_or("not writable");
    return texts;
}

/// An empty body stands in a vector as the text that it is.
JsonValue bodyOf(const EndpointAnswer &answer)
{
    if (answer.body)
        return *answer.body;
    JsonValue empty{JsonValue::Object()};
    empty.set(QStringLiteral("$text"), JsonValue(QString()));
    return empty;
}

void compareAnswer(Fields expected, const Config &config, EndpointAnswer &answer, base::Instant now,
                   Differences &differences)
{
    differences.compare(QStringLiteral("status"), qint64(answer.status),
                        static_cast<qint64>(expected.number(u"status")));
    JsonValue headers{JsonValue::Object()};
    for (const auto &[name, value] : answer.headers)
        headers.set(QString::fromUtf8(name), JsonValue(QString::fromUtf8(value)));
    differences.compare(QStringLiteral("headers"), headers, expected.value(u"headers"));
    differences.compare(QStringLiteral("body"), bodyOf(answer), expected.value(u"body"));
    QList<QByteArray> wanted;
    for (const QString &text : expected.texts(u"setCookies"))
        wanted << text.toUtf8();
    differences.compare(QStringLiteral("setCookies"), JsonValue(openedCookies(config, textsOf(answer.setCookies), now)),
                        JsonValue(openedCookies(config, wanted, now)));
}

void checkRequest(Fields &vector, Differences &differences)
{
    Options options = betterAuthOptions(vector.object(u"options"), differences);
    options.baseUrl = vector.text(u"baseURL").toUtf8();
    if (const QString secret = vector.text(u"secret"); options.secrets.empty())
        options.secrets = secretsOf({secret});
    else
        options.secrets.emplace_back(QByteArrayView(secret.toUtf8()));
    const JsonValue *storage = vector.maybeValue(u"secondaryStorage");
    options.hasSecondaryStorage = storage && storage->object();
    const Config config = makeConfig(options);

    Fields database = vector.object(u"database");
    test::MemorySessionRows rows(database.array(u"session"), database.array(u"user"));
    test::MemoryStorage memory(options.hasSecondaryStorage ? *storage : JsonValue());
    const base::Instant now = vector.instant(u"now");
    EndpointRequest request{vector.text(u"method").toUtf8(), vector.text(u"path").toUtf8(),
                            vector.maybeText(u"cookie").value_or(QString()).toLatin1(), std::nullopt};
    // A body of null was sent, an absent one was not.
    static_cast<void>(vector.maybeValue(u"body"));
    if (const JsonValue *body = vector.json().find(u"body"))
        request.body = *body;
    Endpoint endpoint(config, rows, options.hasSecondaryStorage ? &memory : nullptr, now);
    EndpointAnswer answer = endpoint.answer(request, {});

    Fields expected = vector.object(u"expected");
    differences.compare(QStringLiteral("sessionsAfter"), JsonValue(rows.sessions()), expected.value(u"sessionsAfter"));
    if (options.hasSecondaryStorage)
        differences.compare(QStringLiteral("storageOps"), JsonValue(memory.operations()),
                            expected.value(u"storageOps"));
    compareAnswer(std::move(expected), config, answer, now, differences);
}

} // namespace

void checkBetterAuth(Fields &vector, const JsonValue &, Differences &differences)
{
    const QString kind = vector.text(u"kind");
    if (kind == u"sign")
        checkSign(vector, differences);
    else if (kind == u"request")
        checkRequest(vector, differences);
    else if (kind == u"cache-decode")
        checkCacheDecode(vector, differences);
    else
        differences.add(QStringLiteral("kind \"%1\" is not a known word").arg(kind));
}

} // namespace rollcall::conformance
