#pragma once

#include <QString>

#include <chrono>

#include "core/base/Clock.h"

namespace rollcall::common {

/// How far @p then is from @p now in at most two units: "in 11 d 6 h", "in 48 min", "2 d 3 h ago", "now". The rest is
/// dropped, never rounded up: a session is not said to live longer than it does. Translated.
[[nodiscard]] QString relativeText(base::Instant then, base::Instant now);

/// Day and minute in the local zone: "24 Nov 06:42", with the year where it is not that of @p now.
[[nodiscard]] QString exactText(base::Instant then, base::Instant now);

/// The time of day to the second in the local zone: "13:42:06".
[[nodiscard]] QString clockText(base::Instant then);

/// A length of time with the unit that fits, three digits at most: "0.11 ms", "41 ms", "1.76 s", "2 min 5 s".
[[nodiscard]] QString durationText(std::chrono::nanoseconds duration);

} // namespace rollcall::common
