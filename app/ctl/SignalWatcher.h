#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace rollcall::ctl {

/// Turns the first SIGINT or SIGTERM into a request to stop, so that a command can end cleanly and say what was done.
/// Make it before any other thread exists: the signals are blocked there and in all later threads, and taken by a
/// thread of its own. **Thread-safety:** stopToken() from any thread.
class SignalWatcher final
{
public:
    SignalWatcher();
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher &) = delete;
    SignalWatcher &operator=(const SignalWatcher &) = delete;

    /// Triggered by the first of the signals.
    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }

private:
    sigset_t m_signals{};
    std::stop_source m_stop;
    std::thread m_thread;
};

} // namespace rollcall::ctl
