#pragma once

#include <QByteArrayList>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace rollcall::test {

/// What a PostgreSQL server says of the statements that Rollcall has it run (pg_stat_activity), asked on a connection
/// and a thread of its own. **Thread-safety:** one thread; its own is hidden.
class ServerActivity final
{
public:
    using Clock = std::chrono::steady_clock;

    /// Connects to @p url when asked.
    explicit ServerActivity(QByteArray url) : m_url(std::move(url)) {}

    /// The statements of Rollcall that run now: process and begin of each. Blocks for milliseconds.
    [[nodiscard]] QByteArrayList running() const;
    /// From now on asks every few milliseconds whether any of @p statements still runs, until none does.
    void awaitEnd(const QByteArrayList &statements);
    /// When none of them ran any more; nullopt while one does. Never blocks.
    [[nodiscard]] std::optional<Clock::time_point> ended() const;

private:
    QByteArray m_url;
    std::atomic<Clock::rep> m_ended{0};
    std::jthread m_thread; ///< the last member: it ends before what it uses
};

} // namespace rollcall::test
