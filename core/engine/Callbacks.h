#pragma once

#include <QByteArrayView>
#include <QString>

#include <functional>
#include <variant>

#include "core/base/CallSafely.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine {

/// JavaScript's `undefined`: a callback that returned nothing. To the libraries it is not the same as null.
struct Undefined
{};

/// A callback that threw, and its message. The message is the application's own: it may reach logs and evidence.
struct CallbackFailure
{
    QString message;
};

/// What a callback came to. A JSON null is the library's null.
using CallbackResult = std::variant<jose::JsonValue, Undefined, CallbackFailure>;

/// What the libraries hand to `callbacks.jwt` when a session is asked for.
struct JwtCallbackArguments
{
    const jose::JsonValue &token;                ///< the decoded token's claims
    bool isUpdate = false;                       ///< `trigger: "update"` (a POST to the session endpoint)
    const jose::JsonValue *newSession = nullptr; ///< of an update: the body's `data`
};

/// What the libraries hand to `callbacks.session`. Of token and user one is set: by the strategy. Of an update this
/// callback hears under the database strategy alone.
struct SessionCallbackArguments
{
    const jose::JsonValue &session;
    const jose::JsonValue *token = nullptr;
    const jose::JsonValue *user = nullptr;
    bool isUpdate = false;                       ///< as above; under the database strategy alone
    const jose::JsonValue *newSession = nullptr; ///< the same
};

/// A deployment's own functions in place of the libraries' defaults; an empty one is the default. They are called on
/// the thread that resolves, from several threads at once where several resolve: they must be thread-safe. What they
/// throw is caught and counts as a CallbackFailure. **Thread-safety:** immutable after construction.
/// **Source:** facts/session-protocol.md §4.1.
struct Callbacks
{
    std::function<CallbackResult(const JwtCallbackArguments &)> jwt;
    std::function<CallbackResult(const SessionCallbackArguments &)> session;
    /// `jwt.decode`: the claims of a session token. The view dies with the call; it is a bearer secret.
    std::function<CallbackResult(QByteArrayView)> decode;
    /// `jwt.encode`: the token (a JSON string) for these claims.
    std::function<CallbackResult(const jose::JsonValue &)> encode;
};

/// Calls @p callback, whose result may be a CallbackFailure, and turns what it throws into one.
template <typename Function, typename Argument>
[[nodiscard]] auto callSafely(const Function &callback, const Argument &argument)
{
    return base::callSafely([](const QString &message) { return CallbackFailure{message}; }, callback, argument);
}

} // namespace rollcall::engine
