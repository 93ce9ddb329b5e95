#include "core/session/LastActivity.h"

#include <algorithm>

namespace rollcall::session {

std::optional<Interval> lastActivity(base::Instant expires, const SlidingExpiry &sliding, base::Instant now)
{
    const base::Instant written = expires - sliding.maxAge;
    if (written > now)
        return std::nullopt;
    return Interval{written, std::min({now, expires, written + sliding.updateAge})};
}

} // namespace rollcall::session
