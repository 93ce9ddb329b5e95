#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <stop_token>
#include <thread>

#include "core/base/Mutex.h"
#include "core/base/Result.h"

namespace rollcall::async {

/// One thread with a bounded queue of jobs, run in order. What a job uses (a database connection, say) is created, used
/// and destroyed on this thread. **Thread-safety:** all functions from any thread; destroy from another than its own.
class Worker final
{
public:
    /// A job; the token is triggered when the worker is being destroyed.
    using Task = std::function<void(std::stop_token)>;

    /// Starts the thread. @p name is shown in debuggers; @p capacity bounds the waiting jobs.
    explicit Worker(const char *name, std::size_t capacity = 64);
    /// Stops: the running job sees its token triggered, waiting ones are dropped; joins the thread.
    ~Worker();
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    /// Queues @p task. Errors: Overloaded. Never blocks.
    [[nodiscard]] base::Status submit(Task task);

private:
    void run(const std::stop_token &stop);

    base::Mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Task> m_queue ROLLCALL_GUARDED_BY(m_mutex);
    std::size_t m_capacity;
    std::jthread m_thread;
};

} // namespace rollcall::async
