#pragma once

#include "core/http/HttpConnection.h"
#include "core/probe/Cell.h"
#include "core/probe/Sample.h"
#include "core/session/Resolution.h"

namespace rollcall::probe {

/// What the answer to a probe means. @p cookieSent decides whether a session is expected: under a cookie an answer
/// without session is a wrong answer, not a fast one. **Source:** facts/latency-method.md §1.5.
[[nodiscard]] Outcome judge(ProbeMode mode, bool cookieSent, const http::Exchange &exchange);

/// The same for a request whose cookie, none or garbage, is not to be let in: being turned away (401, 403, a redirect)
/// is as it should be.
[[nodiscard]] Outcome judgeStranger(ProbeMode mode, const http::Exchange &exchange);

/// The same for a resolution in this process.
[[nodiscard]] Outcome judge(bool cookieSent, const session::Resolution &resolution);

} // namespace rollcall::probe
