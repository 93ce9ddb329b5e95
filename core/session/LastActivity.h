#pragma once

#include <chrono>
#include <optional>

#include "core/base/Clock.h"

namespace rollcall::session {

/// How the rows of a deployment slide: each expires `maxAge` after it was written last, and is written at most once
/// every `updateAge`.
struct SlidingExpiry
{
    std::chrono::seconds maxAge{0};
    std::chrono::seconds updateAge{0};
};

/// A span of time in which something happened, both ends included.
struct Interval
{
    base::Instant from;
    base::Instant until;

    bool operator==(const Interval &) const = default;
};

/// When a session that expires at @p expires was last used, inferred: it was written at expires - maxAge; any use later
/// than updateAge after that would have written it again, and any use after its expiry found it expired. nullopt where
/// it was written in the future, as it seems: then it does not slide by @p sliding. **Thread-safety:** pure.
/// **Source:** facts/session-protocol.md §4.1 (next-auth 4.24.15 core/routes/session.js, @auth/core 0.41.3
/// lib/actions/session.js: `expires - maxAge + updateAge <= now` extends), §8.2 (Better Auth, the same rule).
[[nodiscard]] std::optional<Interval> lastActivity(base::Instant expires, const SlidingExpiry &sliding,
                                                   base::Instant now);

} // namespace rollcall::session
