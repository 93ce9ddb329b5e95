#include "core/base/FileLock.h"

#include <QFile>

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace rollcall::base {

FileLock::FileLock(const QString &path, const Call &call)
    : m_fd(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), m_state(State::Unwritable)
{
    // flock() itself waits without a bound: it is asked again and again.
    constexpr std::chrono::milliseconds slice(5);
    while (m_fd >= 0) {
        if (::flock(m_fd, LOCK_EX | LOCK_NB) == 0) {
            m_state = State::Held;
            return;
        }
        if (errno != EWOULDBLOCK && errno != EINTR)
            return;
        m_state = State::Busy;
        if (call.cancelled() || call.expired())
            return;
        std::this_thread::sleep_for(slice);
    }
}

FileLock::~FileLock()
{
    if (m_fd < 0)
        return;
    // A child process that has just been forked may hold the descriptor a moment longer.
    ::flock(m_fd, LOCK_UN);
    ::close(m_fd);
}

} // namespace rollcall::base
