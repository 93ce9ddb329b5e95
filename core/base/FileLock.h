#pragma once

#include <QString>

#include "core/base/Call.h"

namespace rollcall::base {

/// Holds a file locked against everybody else who locks it so, in this process and in others, until it is destroyed.
/// The file is made where it is not there, and stays. The kernel lets go of the lock when the process ends, however it
/// ends: nothing is left to be found stale. **Thread-safety:** one object, one thread.
class FileLock final
{
public:
    enum class State {
        Held,
        Busy,       ///< somebody else held it until the call's end
        Unwritable, ///< the file can be neither made nor opened
    };

    /// Waits for the lock of the file at @p path within @p call.
    FileLock(const QString &path, const Call &call);
    ~FileLock();
    FileLock(const FileLock &) = delete;
    FileLock &operator=(const FileLock &) = delete;

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isHeld() const { return m_state == State::Held; }

private:
    int m_fd;
    State m_state;
};

} // namespace rollcall::base
