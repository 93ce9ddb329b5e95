#include <stdexcept>

#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using engine::CallbackResult;
using engine::Callbacks;
using session::AuthVersion;
using session::NullReason;

namespace {

Produced withCallbacks(AuthVersion version, const Callbacks &callbacks)
{
    const QByteArray name =
        version == AuthVersion::V4 ? QByteArray("next-auth.session-token=") : QByteArray("authjs.session-token=");
    return askCookie(localRuntime(profileOf(version), callbacks), name + tokenOf(version, R"({"name":"Ada"})"));
}

} // namespace

Produced produceOfCallbacks(NullReason reason)
{
    const auto null = [](const auto &) -> CallbackResult { return jose::JsonValue(); };
    const auto empty = [](const auto &) -> CallbackResult { return jose::JsonValue(jose::JsonValue::Object()); };
    const auto throws = [](const auto &) -> CallbackResult { throw std::runtime_error("oh"); };
    Callbacks callbacks;
    switch (static_cast<int>(reason)) {
    case 40:
        callbacks.session = null;
        return withCallbacks(AuthVersion::V5, callbacks);
    case 41:
        callbacks.session = throws;
        return withCallbacks(AuthVersion::V5, callbacks);
    case 42:
        callbacks.session = empty;
        return withCallbacks(AuthVersion::V4, callbacks);
    case 43:
        callbacks.jwt = null;
        return withCallbacks(AuthVersion::V5, callbacks);
    case 44:
        callbacks.jwt = throws;
        return withCallbacks(AuthVersion::V5, callbacks);
    default:
        return {};
    }
}

} // namespace rollcall::test
