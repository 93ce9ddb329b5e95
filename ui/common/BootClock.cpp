#include "ui/common/BootClock.h"

#include <ctime>

namespace rollcall::common {

std::chrono::nanoseconds sinceBoot()
{
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time); // cannot fail: the clock exists since Linux 2.6.39
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

} // namespace rollcall::common
