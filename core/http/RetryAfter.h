#pragma once

#include <chrono>
#include <optional>

#include "core/base/Clock.h"
#include "core/http/Headers.h"

namespace rollcall::http {

/// How long from @p now on the Retry-After header of an answer with these @p headers asks to wait, a day at most;
/// negative where its date has passed; nullopt where there is none that can be read. **Thread-safety:** pure.
/// **Source:** RFC 9110 §10.2.3: seconds, or a date.
[[nodiscard]] std::optional<std::chrono::milliseconds> retryAfter(const HeaderList &headers, base::Instant now);

} // namespace rollcall::http
