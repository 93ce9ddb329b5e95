#include "core/base/SpinMutex.h"

#include <thread>

namespace rollcall::base {

void SpinMutex::waitUntilFree() const
{
    constexpr int looksAwake = 64;
    constexpr std::chrono::microseconds nap(50);
    // Reading leaves the cache line with its holder.
    for (int looks = 0; m_taken.load(std::memory_order_relaxed); ++looks) {
        if (looks < looksAwake)
            std::this_thread::yield();
        else
            std::this_thread::sleep_for(nap);
    }
}

} // namespace rollcall::base
