#pragma once

#include "core/engine/Callbacks.h"
#include "core/engine/SessionRuntime.h"
#include "core/session/NullReason.h"
#include "tests/unit/engine/FakeStore.h"

namespace rollcall::test {

/// What the engine made of an input: "null", "throws" (or an error status), "passes", "redirects", "session"; and the
/// reason that it named, as the answer's own or beside a session.
struct Produced
{
    QByteArray outcome;
    std::optional<session::NullReason> reason;
};

// Each drives the engine's public functions with an input for which the catalogue names @p reason. They are grouped as
// the catalogue is.
[[nodiscard]] Produced produceOfCookies(session::NullReason reason);
[[nodiscard]] Produced produceOfTokens(session::NullReason reason);
[[nodiscard]] Produced produceOfCallbacks(session::NullReason reason);
[[nodiscard]] Produced produceOfConfiguration(session::NullReason reason);
[[nodiscard]] Produced produceOfRows(session::NullReason reason);
[[nodiscard]] Produced produceOfProxy(session::NullReason reason);
[[nodiscard]] Produced produceOfMiddleware(session::NullReason reason);
[[nodiscard]] Produced produceOfCache(session::NullReason reason);
[[nodiscard]] Produced produceOfBetterAuth(session::NullReason reason);

inline const base::Instant testNow{std::chrono::seconds(1'760'000'000)};

/// A profile whose one secret is "current".
[[nodiscard]] std::shared_ptr<session::AuthProfile> profileOf(session::AuthVersion version,
                                                              session::Strategy strategy = session::Strategy::Jwt);

/// A local runtime over @p profile by the clock of the tests.
[[nodiscard]] engine::LocalRuntime localRuntime(std::shared_ptr<const session::AuthProfile> profile,
                                                const engine::Callbacks &callbacks = {});

/// What a runtime configured so answers to @p request.
[[nodiscard]] Produced ask(engine::LocalRuntime runtime, const engine::RequestHeaders &request,
                           const base::Call &call = {});
[[nodiscard]] Produced askCookie(engine::LocalRuntime runtime, const QByteArray &cookieHeader);

/// A token sealed under "current" at the tests' clock, as @p version does.
[[nodiscard]] QByteArray tokenOf(session::AuthVersion version, const QByteArray &claims = "{}",
                                 const QByteArray &salt = "authjs.session-token", const char *secret = "current");

/// A token with any header and payload, encrypted under "current".
[[nodiscard]] QByteArray craftedToken(session::AuthVersion version, const QByteArray &header,
                                      const QByteArray &payload);

} // namespace rollcall::test
