#pragma once

#include <chrono>
#include <stop_token>

#include "core/base/Result.h"

namespace rollcall::base {

/// The bounds of one blocking operation: until when it may take, and whether it is still wanted. Passed to every
/// function that does I/O. **Thread-safety:** a value; stop tokens may be triggered from any thread.
struct Call
{
    using Clock = std::chrono::steady_clock;

    Clock::time_point deadline = Clock::time_point::max();
    std::stop_token stop;

    /// A call that may take @p budget from now.
    [[nodiscard]] static Call within(std::chrono::milliseconds budget, std::stop_token stopToken = {})
    {
        return {Clock::now() + budget, std::move(stopToken)};
    }

    /// The time left, never negative; capped at 24 hours where there is no deadline.
    [[nodiscard]] std::chrono::milliseconds remaining() const;

    /// This call, but at most @p budget from now.
    [[nodiscard]] Call atMost(std::chrono::milliseconds budget) const;

    [[nodiscard]] bool expired() const { return Clock::now() >= deadline; }
    [[nodiscard]] bool cancelled() const { return stop.stop_requested(); }

    /// Ok while the operation may go on; else ErrorCode::Cancelled or ErrorCode::Timeout (Part = @p part).
    [[nodiscard]] Status check(const QString &part) const;
};

} // namespace rollcall::base
