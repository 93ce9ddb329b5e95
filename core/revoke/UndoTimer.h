#pragma once

#include <QString>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/Clock.h"

namespace rollcall::revoke {

/// Destroys undo records when their windows end (destroyOldUndos()), for as long as it lives: at once those whose
/// window ended while nobody was there, later ones within a second of their end. It needs no key and asks no database.
/// **Thread-safety:** make and destroy it on one thread; it works on a thread of its own, which its end joins.
class UndoTimer final
{
public:
    /// @p operations: OperationPlace::folder. @p clock is borrowed; a fixed one destroys nothing.
    UndoTimer(QString operations, const base::Clock &clock);

private:
    void work(const std::stop_token &stop);

    QString m_operations;
    const base::Clock &m_clock;
    std::mutex m_mutex;
    std::condition_variable_any m_stopped;
    std::jthread m_thread; ///< last: it uses the others
};

} // namespace rollcall::revoke
