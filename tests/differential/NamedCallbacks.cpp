#include "tests/differential/NamedCallbacks.h"

#include <QHash>

#include "core/engine/DefaultCallbacks.h"
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

std::shared_ptr<const Callbacks> namedCallbacks(const QString &name)
{
    static const QHash<QString, Callbacks> table = makeTable();
    return std::make_shared<const Callbacks>(table.value(name));
}

} // namespace rollcall::differential
