#include "core/async/Worker.h"

#include <pthread.h>

namespace rollcall::async {

Worker::Worker(const char *name, std::size_t capacity)
    : m_capacity(capacity), m_thread([this](const std::stop_token &stop) { run(stop); })
{
    pthread_setname_np(m_thread.native_handle(), name);
}

Worker::~Worker()
{
    m_thread.request_stop();
    m_wake.notify_all();
    m_thread.join();
}

base::Status Worker::submit(Task task)
{
    {
        const base::MutexLock lock(m_mutex);
        if (m_queue.size() >= m_capacity)
            return base::fail(base::Error(base::ErrorCode::Overloaded));
        m_queue.push_back(std::move(task));
    }
    m_wake.notify_one();
    return {};
}

void Worker::run(const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        Task task;
        {
            base::MutexLock lock(m_mutex);
            // The stop token's own callback wakes this wait, so a request_stop between check and wait is not lost.
            if (!m_wake.wait(lock, stop, [this]() ROLLCALL_REQUIRES(m_mutex) { return !m_queue.empty(); }))
                return;
            task = std::move(m_queue.front());
            m_queue.pop_front();
        }
        task(stop);
    }
}

} // namespace rollcall::async
