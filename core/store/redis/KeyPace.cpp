#include "core/store/redis/KeyPace.h"

#include <algorithm>
#include <thread>

namespace rollcall::store {

namespace {
constexpr std::chrono::milliseconds longestNap{20}; ///< so that a cancelled pass ends at once
} // namespace

base::Status KeyPace::await(qint64 keys, const base::Call &call)
{
    using Clock = base::Call::Clock;
    while (true) {
        if (auto status = call.check(QStringLiteral("Reading the keys of the database")); !status)
            return status;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_due - Clock::now());
        if (left.count() <= 0)
            break;
        std::this_thread::sleep_for(std::min(left, longestNap));
    }
    const std::chrono::duration<double> time(static_cast<double>(keys) / m_keysPerSecond);
    m_due = std::max(m_due, Clock::now()) + std::chrono::duration_cast<Clock::duration>(time);
    return {};
}

} // namespace rollcall::store
