#include "app/ctl/SignalWatcher.h"

#include <pthread.h>

namespace rollcall::ctl {

namespace {
constexpr int wakeUp = SIGUSR2; ///< ends the watching thread
}

SignalWatcher::SignalWatcher()
{
    sigemptyset(&m_signals);
    for (const int signal : {SIGINT, SIGTERM, wakeUp})
        sigaddset(&m_signals, signal);
    pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
    // A reader that closes our output early is told apart by the failed write, not by a signal that kills us midway.
    std::signal(SIGPIPE, SIG_IGN);
    m_thread = std::thread([signals = m_signals, stop = m_stop]() mutable {
        int signal = 0;
        while (sigwait(&signals, &signal) == 0 && signal != wakeUp)
            stop.request_stop();
    });
}

SignalWatcher::~SignalWatcher()
{
    pthread_kill(m_thread.native_handle(), wakeUp);
    m_thread.join();
}

} // namespace rollcall::ctl
