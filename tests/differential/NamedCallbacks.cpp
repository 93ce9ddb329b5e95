#include "tests/differential/NamedCallbacks.h"

#include <QHash>

#include "core/engine/DefaultCallbacks.h"
#include "core/jose/Base64Url.h"
#include "core/jose/Utf8.h"
#include "tests/differential/Json.h"

namespace rollcall::differential {

namespace {

using engine::CallbackFailure;
using engine::CallbackResult;
using engine::Callbacks;
using engine::JwtCallbackArguments;
using engine::SessionCallbackArguments;
using engine::Undefined;

/// `{...value}` of whatever a callback was given.
JsonValue copyOf(const JsonValue *value)
{
    JsonValue copy{JsonValue::Object()};
    if (value)
        engine::spread(copy, *value);
    return copy;
}

/// Sets a member to another's, which may be absent: undefined vanishes when printed, but takes an existing one's place.
void setOrDrop(JsonValue &object, const QString &name, const JsonValue *value)
{
    if (value) {
        object.set(name, *value);
        return;
    }
    JsonValue::Object rest;
    for (const JsonValue::Member &member : *object.object()) {
        if (member.name != name)
            rest.push_back(member);
    }
    object = JsonValue(std::move(rest));
}

/// `undefined.member` throws; of all else that claims can be, an absent one is undefined.
const JsonValue *memberOf(const JsonValue *value, QStringView name)
{
    return value ? value->find(name) : nullptr;
}

CallbackResult addId(const SessionCallbackArguments &given)
{
    JsonValue session = copyOf(&given.session);
    JsonValue user = copyOf(given.session.find(u"user"));
    setOrDrop(user, QStringLiteral("id"), given.user ? memberOf(given.user, u"id") : memberOf(given.token, u"sub"));
    session.set(QStringLiteral("user"), std::move(user));
    return session;
}

CallbackResult showToken(const SessionCallbackArguments &given)
{
    JsonValue session = copyOf(&given.session);
    session.set(QStringLiteral("token"), given.token ? *given.token : JsonValue());
    session.set(QStringLiteral("whole"), given.user ? *given.user : JsonValue());
    return session;
}

CallbackResult showRole(const SessionCallbackArguments &given)
{
    JsonValue session = copyOf(&given.session);
    const JsonValue null;
    setOrDrop(session, QStringLiteral("role"), given.token ? memberOf(given.token, u"role") : &null);
    return session;
}

CallbackResult addRole(const JwtCallbackArguments &given)
{
    JsonValue token = copyOf(&given.token);
    token.set(QStringLiteral("role"), text(QStringLiteral("admin")));
    return token;
}

CallbackResult rename(const JwtCallbackArguments &given)
{
    JsonValue token = copyOf(&given.token);
    token.set(QStringLiteral("name"), text(QStringLiteral("Renamed")));
    token.set(QStringLiteral("5"), text(QStringLiteral("five")));
    return token;
}

CallbackResult showUpdate(const SessionCallbackArguments &given)
{
    JsonValue session = copyOf(&given.session);
    session.set(QStringLiteral("trigger"), given.isUpdate ? text(QStringLiteral("update")) : JsonValue());
    session.set(QStringLiteral("update"), given.newSession ? *given.newSession : JsonValue());
    return session;
}

CallbackResult update(const JwtCallbackArguments &given)
{
    if (!given.isUpdate)
        return given.token;
    JsonValue token = copyOf(&given.token);
    if (given.newSession)
        engine::spread(token, *given.newSession);
    token.set(QStringLiteral("updated"), given.newSession ? *given.newSession : JsonValue());
    return token;
}

CallbackResult decodePlain(QByteArrayView token)
{
    const QByteArray bytes = jose::fromBase64Lenient(token);
    const bool hasMark = bytes.startsWith("\xef\xbb\xbf");
    auto value = hasMark ? std::nullopt : jose::parseJson(jose::utf8Replacing(bytes));
    return value ? CallbackResult(std::move(*value)) : CallbackFailure{QStringLiteral("no JSON")};
}

CallbackResult encodePlain(const JsonValue &token)
{
    return text(QString::fromLatin1(jose::toBase64Url(jose::printJson(token))));
}

template <typename Result>
Callbacks decodes(Result result)
{
    return {{}, {}, [result](QByteArrayView) -> CallbackResult { return result; }, {}};
}

template <typename Result>
Callbacks encodes(Result result)
{
    return {{}, {}, {}, [result](const JsonValue &) -> CallbackResult { return result; }};
}

QHash<QString, Callbacks> makeCodecs()
{
    const JsonValue claims = object({{"5", text(QStringLiteral("five"))},
                                     {"name", text(QStringLiteral("Ada"))},
                                     {"sub", text(QStringLiteral("u1"))},
                                     {"nbf", JsonValue(1.0)}});
    QHash<QString, Callbacks> table;
    table[QStringLiteral("plain")] = {{}, {}, decodePlain, encodePlain};
    table[QStringLiteral("decode-null")] = decodes(JsonValue());
    table[QStringLiteral("decode-undefined")] = decodes(Undefined());
    table[QStringLiteral("decode-false")] = decodes(JsonValue(false));
    table[QStringLiteral("decode-zero")] = decodes(JsonValue(0.0));
    table[QStringLiteral("decode-text")] = decodes(text(QStringLiteral("text")));
    table[QStringLiteral("decode-list")] = decodes(list({JsonValue(1.0), JsonValue(2.0)}));
    table[QStringLiteral("decode-claims")] = decodes(claims);
    table[QStringLiteral("decode-throws")] = decodes(CallbackFailure{QStringLiteral("no such token")});
    table[QStringLiteral("encode-undefined")] = encodes(Undefined());
    table[QStringLiteral("encode-null")] = encodes(JsonValue());
    table[QStringLiteral("encode-number")] = encodes(JsonValue(5.0));
    table[QStringLiteral("encode-object")] = encodes(object({}));
    table[QStringLiteral("encode-empty")] = encodes(text(QString()));
    table[QStringLiteral("encode-long")] = encodes(text(QString(10'000, u'x')));
    table[QStringLiteral("encode-wide")] = encodes(text(QString(5'000, QChar(0xe9))));
    table[QStringLiteral("encode-throws")] = encodes(CallbackFailure{QStringLiteral("no such key")});
    return table;
}

template <typename Result>
Callbacks sessionIs(Result result)
{
    return {{}, [result](const SessionCallbackArguments &) -> CallbackResult { return result; }, {}, {}};
}

template <typename Result>
Callbacks jwtIs(Result result)
{
    return {[result](const JwtCallbackArguments &) -> CallbackResult { return result; }, {}, {}, {}};
}

QHash<QString, Callbacks> makeTable()
{
    const JsonValue one(1.0);
    QHash<QString, Callbacks> table;
    table[QStringLiteral("session-adds-id")] = {{}, addId, {}, {}};
    table[QStringLiteral("session-null")] = sessionIs(JsonValue());
    table[QStringLiteral("session-undefined")] = sessionIs(Undefined());
    table[QStringLiteral("session-empty")] = sessionIs(object({}));
    table[QStringLiteral("session-text")] = sessionIs(text(QStringLiteral("text")));
    table[QStringLiteral("session-list")] = sessionIs(list({one, object({{"a", JsonValue()}})}));
    table[QStringLiteral("session-expires-only")] = {{},
                                                     [](const SessionCallbackArguments &given) -> CallbackResult {
                                                         JsonValue session = object({});
                                                         setOrDrop(session, QStringLiteral("expires"),
                                                                   given.session.find(u"expires"));
                                                         return session;
                                                     },
                                                     {},
                                                     {}};
    table[QStringLiteral("session-input")] = {
        {}, [](const SessionCallbackArguments &given) -> CallbackResult { return given.session; }, {}, {}};
    table[QStringLiteral("session-token")] = {{}, showToken, {}, {}};
    table[QStringLiteral("session-update")] = {update, showUpdate, {}, {}};
    table[QStringLiteral("session-throws")] = sessionIs(CallbackFailure{QStringLiteral("callback failed")});
    table[QStringLiteral("jwt-adds-role")] = {addRole, showRole, {}, {}};
    table[QStringLiteral("jwt-renames")] = {rename, {}, {}, {}};
    table[QStringLiteral("jwt-empty")] = jwtIs(object({}));
    table[QStringLiteral("jwt-null")] = jwtIs(JsonValue());
    table[QStringLiteral("jwt-undefined")] = jwtIs(Undefined());
    table[QStringLiteral("jwt-text")] = jwtIs(text(QStringLiteral("text")));
    table[QStringLiteral("jwt-list")] = jwtIs(list({one, JsonValue(2.0)}));
    table[QStringLiteral("jwt-throws")] = jwtIs(CallbackFailure{QStringLiteral("refresh failed")});
    return table;
}

} // namespace

std::shared_ptr<const Callbacks> callbacksOf(const JsonValue &request)
{
    static const QHash<QString, Callbacks> table = makeTable();
    static const QHash<QString, Callbacks> codecs = makeCodecs();
    Callbacks callbacks = table.value(textOf(request, u"callbacks"));
    const Callbacks codec = codecs.value(textOf(request, u"codec"));
    callbacks.decode = codec.decode;
    callbacks.encode = codec.encode;
    return std::make_shared<const Callbacks>(std::move(callbacks));
}

} // namespace rollcall::differential
