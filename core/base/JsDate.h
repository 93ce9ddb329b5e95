#pragma once

#include <chrono>

#include "core/base/Clock.h"

namespace rollcall::base {

// Dates as JavaScript's Date has them: 275,760 years to either side, where std::chrono's own years end at 32,767.
// **Thread-safety:** pure functions. **Source:** ECMA-262 §21.4.1.

/// Whether a Date can be @p instant; others are an "Invalid Date", which throws a RangeError where it is printed.
[[nodiscard]] bool isDate(Instant instant);

/// `new Date(from + lifetime * 1000)`; where that is an Invalid Date, an instant that isDate() refuses.
[[nodiscard]] Instant dateAfter(Instant from, std::chrono::seconds lifetime);

/// A day of the proleptic Gregorian calendar.
struct CivilDay
{
    qint64 year = 1970;
    unsigned month = 1; ///< 1 … 12
    unsigned day = 1;   ///< 1 … 31
};

/// The day of @p day's number.
[[nodiscard]] CivilDay civilDay(std::chrono::sys_days day);

} // namespace rollcall::base
