#include "tests/conformance/VectorCallbacks.h"

#include <stdexcept>

namespace rollcall::conformance {

using engine::CallbackResult;
using engine::Callbacks;
using engine::JwtCallbackArguments;
using engine::SessionCallbackArguments;
using jose::JsonValue;

namespace {

JsonValue member(const JsonValue *object, QStringView name)
{
    const JsonValue *value = object ? object->find(name) : nullptr;
    return value ? *value : JsonValue();
}

/// session.user.id = user.id or token.sub
CallbackResult addId(const SessionCallbackArguments &arguments)
{
    JsonValue session = arguments.session;
    JsonValue user = member(&session, u"user");
    user.set(QStringLiteral("id"), arguments.user ? member(arguments.user, u"id") : member(arguments.token, u"sub"));
    session.set(QStringLiteral("user"), std::move(user));
    return session;
}

CallbackResult addRole(const JwtCallbackArguments &arguments)
{
    JsonValue token = arguments.token;
    token.set(QStringLiteral("role"), JsonValue(QStringLiteral("admin")));
    return token;
}

CallbackResult copyRole(const SessionCallbackArguments &arguments)
{
    JsonValue session = arguments.session;
    session.set(QStringLiteral("role"), member(arguments.token, u"role"));
    return session;
}

} // namespace

std::optional<Callbacks> callbacksCalled(const QString &name)
{
    Callbacks callbacks;
    if (name == u"session-adds-id") {
        callbacks.session = addId;
    } else if (name == u"session-null") {
        callbacks.session = [](const auto &) { return JsonValue(); };
    } else if (name == u"session-empty") {
        callbacks.session = [](const auto &) { return JsonValue(JsonValue::Object()); };
    } else if (name == u"session-throws") {
        callbacks.session = [](const auto &) -> CallbackResult { throw std::runtime_error("callback failed"); };
    } else if (name == u"jwt-adds-role") {
        callbacks.jwt = addRole;
        callbacks.session = copyRole;
    } else if (name == u"jwt-null") {
        callbacks.jwt = [](const auto &) { return JsonValue(); };
    } else if (name == u"jwt-throws") {
        callbacks.jwt = [](const auto &) -> CallbackResult { throw std::runtime_error("refresh failed"); };
    } else {
        return std::nullopt;
    }
    return callbacks;
}

} // namespace rollcall::conformance
