#pragma once

#include <chrono>

namespace rollcall::base {

/// How long to wait before trying again: doubling from try to try up to a limit, and spread at random, so that many who
/// lost the same server do not all come back at once. **Thread-safety:** none; belongs to who tries.
class Backoff final
{
public:
    struct Range
    {
        std::chrono::milliseconds first{500};   ///< before the first try, at most
        std::chrono::milliseconds most{30'000}; ///< before any later one, at most
    };

    explicit Backoff(Range range) : m_range(range), m_ceiling(range.first) {}

    /// The wait before the next try: between half the ceiling and the ceiling, which then doubles. @p chance in [0, 1)
    /// decides where.
    [[nodiscard]] std::chrono::milliseconds next(double chance);
    /// A try succeeded: the next wait is a first one.
    void reset() { m_ceiling = m_range.first; }

private:
    Range m_range;
    std::chrono::milliseconds m_ceiling;
};

} // namespace rollcall::base
