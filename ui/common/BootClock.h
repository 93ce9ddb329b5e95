#pragma once

#include <chrono>

namespace rollcall::common {

/// How long ago the machine started, the time in which it was suspended included, unlike with timers; nobody can set
/// it. **Source:** clock_gettime(2), CLOCK_BOOTTIME. **Thread-safety:** thread-safe.
[[nodiscard]] std::chrono::nanoseconds sinceBoot();

} // namespace rollcall::common
