#pragma once

#include <chrono>
#include <span>

#include "core/base/WebUrl.h"
#include "core/engine/NullDiagnosis.h"
#include "core/session/Resolution.h"

namespace rollcall::engine {

// Reasons that no single request shows: they follow from what is known around it. All functions are pure and
// thread-safe. **Source:** facts/session-protocol.md §9.

/// Why a browser sent no session cookie to @p asked although an answer from @p setBy set one: it was dropped (N10: too
/// large, or `Secure` over http) or does not cover the address (N09: host, Domain, Path, `Secure`). @p setCookies: that
/// answer's Set-Cookie values, of which those of session cookies count. nullopt where nothing speaks against it.
/// **Source:** RFC 6265 §5.1.3, §5.1.4, §5.4.
[[nodiscard]] std::optional<Diagnosis> whyNotSent(const session::AuthProfile &profile,
                                                  std::span<const QByteArray> setCookies, const base::WebUrl &setBy,
                                                  const base::WebUrl &asked);

/// Clock skew (N32): @p there, resolved by the deployment's clock, is over or not yet valid, while @p here, the same by
/// ours, is a session. @p skew: the deployment's clock minus ours, as its `Date` header tells. nullopt where the clock
/// is not the reason.
[[nodiscard]] std::optional<Diagnosis> whyByTheClock(const session::Resolution &there, const session::Resolution &here,
                                                     std::chrono::milliseconds skew);

/// A stale cache: @p cached is an absence where @p source has a session (N80), or a session where it has none (N81).
/// nullopt where both agree, or the source could not answer.
[[nodiscard]] std::optional<Diagnosis> whyCacheDiffers(const session::Resolution &cached,
                                                       const session::Resolution &source);

} // namespace rollcall::engine
