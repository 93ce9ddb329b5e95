#pragma once

#include <ctime>

namespace rollcall::test {

/// Seconds of a processor that the calling thread has used so far: how long the machine lets it wait is not in it.
inline double processorSeconds()
{
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

} // namespace rollcall::test
