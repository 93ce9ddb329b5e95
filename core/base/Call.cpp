#include "core/base/Call.h"

#include <algorithm>

namespace rollcall::base {

std::chrono::milliseconds Call::remaining() const
{
    using std::chrono::milliseconds;
    constexpr milliseconds day = std::chrono::hours(24);
    if (deadline == Clock::time_point::max())
        return day;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    return std::clamp(left, milliseconds(0), day);
}

Call Call::atMost(std::chrono::milliseconds budget) const
{
    return {std::min(deadline, Clock::now() + budget), stop};
}

Status Call::check(const QString &part) const
{
    if (cancelled())
        return fail(Error(ErrorCode::Cancelled).with(ErrorParam::Part, part));
    if (expired())
        return fail(Error(ErrorCode::Timeout).with(ErrorParam::Part, part));
    return {};
}

} // namespace rollcall::base
