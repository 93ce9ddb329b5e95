#include "core/revoke/UndoTimer.h"

#include "core/revoke/UndoRecord.h"

namespace rollcall::revoke {

namespace {

/// Records may be made, and their windows moved, by other processes: they are looked at again so often.
constexpr std::chrono::milliseconds between{1'000};

} // namespace

UndoTimer::UndoTimer(QString operations, const base::Clock &clock) : m_operations(std::move(operations)), m_clock(clock)
{
    // A wrong clock must not destroy what can still be put back.
    if (!m_clock.isFixed())
        m_thread = std::jthread([this](const std::stop_token &stop) { work(stop); });
}

void UndoTimer::work(const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        destroyOldUndos(m_operations, m_clock.now());
        std::unique_lock lock(m_mutex);
        static_cast<void>(m_stopped.wait_for(lock, stop, between, [] { return false; }));
    }
}

} // namespace rollcall::revoke
