#include "tests/conformance/BetterAuthOptions.h"

namespace rollcall::conformance {

namespace {

using engine::betterauth::AdditionalField;
using engine::betterauth::CacheStrategy;
using engine::betterauth::Options;
using jose::JsonValue;

std::optional<std::chrono::seconds> maybeSeconds(Fields &fields, QStringView name)
{
    const auto number = fields.maybeNumber(name);
    return number ? std::optional(std::chrono::seconds(static_cast<qint64>(*number))) : std::nullopt;
}

std::optional<QByteArray> maybeBytes(Fields &fields, QStringView name)
{
    const auto text = fields.maybeText(name);
    return text ? std::optional(text->toUtf8()) : std::nullopt;
}

/// Reads the object @p name, if it is there, with @p read.
template <typename Read>
void readObject(Fields &fields, QStringView name, Read read)
{
    if (const JsonValue *object = fields.maybeValue(name); object && !object->isNull()) {
        Fields inner = fields.object(name);
        read(inner);
    }
}

session::CookieOptions attributesOf(Fields &fields)
{
    session::CookieOptions attributes;
    attributes.path = maybeBytes(fields, u"path");
    attributes.domain = maybeBytes(fields, u"domain");
    attributes.sameSite = maybeBytes(fields, u"sameSite");
    attributes.httpOnly = fields.maybeFlag(u"httpOnly");
    attributes.secure = fields.maybeFlag(u"secure");
    attributes.partitioned = fields.maybeFlag(u"partitioned");
    attributes.maxAge = maybeSeconds(fields, u"maxAge");
    return attributes;
}

void readAdvanced(Fields &advanced, Options &options)
{
    options.useSecureCookies = advanced.maybeFlag(u"useSecureCookies");
    options.cookiePrefix = maybeBytes(advanced, u"cookiePrefix").value_or(QByteArray());
    readObject(advanced, u"crossSubDomainCookies", [&options](Fields &cross) {
        options.crossSubDomainCookies = cross.maybeFlag(u"enabled").value_or(false);
        options.crossSubDomain = maybeBytes(cross, u"domain").value_or(QByteArray());
    });
    readObject(advanced, u"defaultCookieAttributes",
               [&options](Fields &attributes) { options.defaultCookieAttributes = attributesOf(attributes); });
    readObject(advanced, u"cookies", [&options](Fields &cookies) {
        for (const JsonValue::Member &member : *cookies.json().object()) {
            readObject(cookies, member.name, [&](Fields &cookie) {
                auto &chosen = options.cookies[member.name.toUtf8()];
                chosen.name = maybeBytes(cookie, u"name").value_or(QByteArray());
                readObject(cookie, u"attributes",
                           [&chosen](Fields &attributes) { chosen.attributes = attributesOf(attributes); });
            });
        }
    });
}

std::vector<AdditionalField> fieldsOf(Fields &table)
{
    std::vector<AdditionalField> result;
    readObject(table, u"additionalFields", [&result](Fields &additional) {
        for (const JsonValue::Member &member : *additional.json().object()) {
            Fields field = additional.object(member.name);
            field.ignore({u"required", u"defaultValue", u"input"});
            result.push_back(
                {member.name, field.text(u"type") == u"date", field.maybeFlag(u"returned").value_or(true)});
        }
    });
    return result;
}

void readSession(Fields &session, Options &options, Differences &differences)
{
    options.expiresIn = maybeSeconds(session, u"expiresIn");
    options.updateAge = maybeSeconds(session, u"updateAge");
    options.freshAge = maybeSeconds(session, u"freshAge");
    options.disableSessionRefresh = session.maybeFlag(u"disableSessionRefresh").value_or(false);
    options.deferSessionRefresh = session.maybeFlag(u"deferSessionRefresh").value_or(false);
    options.storeSessionInDatabase = session.maybeFlag(u"storeSessionInDatabase").value_or(false);
    options.preserveSessionInDatabase = session.maybeFlag(u"preserveSessionInDatabase").value_or(false);
    options.sessionFields = fieldsOf(session);
    readObject(session, u"cookieCache", [&](Fields &cache) {
        options.cacheEnabled = cache.maybeFlag(u"enabled");
        options.cacheMaxAge = maybeSeconds(cache, u"maxAge");
        options.cacheVersion = cache.maybeText(u"version").value_or(QString());
        options.refreshCache = cache.maybeFlag(u"refreshCache");
        if (const auto strategy = cache.maybeText(u"strategy"))
            options.cacheStrategy = cacheStrategyOf(*strategy, differences);
    });
}

} // namespace

CacheStrategy cacheStrategyOf(const QString &word, Differences &differences)
{
    if (word == u"jwt")
        return CacheStrategy::Jwt;
    if (word == u"jwe")
        return CacheStrategy::Jwe;
    if (word != u"compact")
        differences.add(QStringLiteral("strategy \"%1\" is not a known word").arg(word));
    return CacheStrategy::Compact;
}

Options betterAuthOptions(Fields options, Differences &differences)
{
    Options result;
    result.basePath = maybeBytes(options, u"basePath").value_or(QByteArray());
    readObject(options, u"advanced", [&result](Fields &advanced) { readAdvanced(advanced, result); });
    readObject(options, u"session", [&](Fields &session) { readSession(session, result, differences); });
    readObject(options, u"user", [&result](Fields &user) { result.userFields = fieldsOf(user); });
    readObject(options, u"account", [&result](Fields &account) {
        result.storeAccountCookie = account.maybeFlag(u"storeAccountCookie");
        if (const auto strategy = account.maybeText(u"storeStateStrategy"))
            result.storeStateInCookie = *strategy == u"cookie";
    });
    if (const JsonValue *secrets = options.maybeValue(u"secrets"); secrets && secrets->array()) {
        for (const JsonValue &secret : *secrets->array()) {
            const JsonValue *value = secret.find(u"value");
            result.secrets.emplace_back(
                QByteArrayView((value && value->string() ? *value->string() : QString()).toUtf8()));
        }
    }
    return result;
}

} // namespace rollcall::conformance
