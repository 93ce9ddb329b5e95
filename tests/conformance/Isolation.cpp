#include "tests/conformance/Isolation.h"

#include <QByteArray>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace rollcall::conformance {

namespace {

/// Lines of a difference are escaped JSON, so this byte stands in none of them.
constexpr char endOfLine = '\0';

void writeAll(int descriptor, const QByteArray &bytes)
{
    for (qsizetype written = 0; written < bytes.size();) {
        const ssize_t n = ::write(descriptor, bytes.data() + written, static_cast<std::size_t>(bytes.size() - written));
        if (n < 0 && errno != EINTR)
            return; // the parent is gone: nobody is left to tell
        written += n > 0 ? n : 0;
    }
}

QByteArray readAll(int descriptor)
{
    QByteArray bytes;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
        if (n > 0)
            bytes.append(buffer.data(), n);
        else if (n == 0 || errno != EINTR)
            return bytes;
    }
}

[[noreturn]] void runChild(int descriptor, const std::function<QStringList()> &work, std::chrono::seconds limit)
{
    ::alarm(static_cast<unsigned>(limit.count()));
    QStringList lines;
    try {
        lines = work();
    } catch (const std::exception &error) {
        lines = QStringList{QStringLiteral("it threw: %1").arg(QString::fromUtf8(error.what()))};
    }
    QByteArray bytes;
    for (const QString &line : lines)
        bytes += line.toUtf8() + endOfLine;
    writeAll(descriptor, bytes);
    // What the parent set up is the parent's to tear down.
    std::_Exit(0);
}

QString howItEnded(int status, std::chrono::seconds limit)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return QStringLiteral("it took longer than %1 s").arg(limit.count());
    if (WIFSIGNALED(status))
        return QStringLiteral("it crashed: %1").arg(QString::fromLocal8Bit(::strsignal(WTERMSIG(status))));
    return QStringLiteral("it ended the process with status %1").arg(WEXITSTATUS(status));
}

} // namespace

QStringList runIsolated(const std::function<QStringList()> &work, std::chrono::seconds limit)
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        return {QStringLiteral("no pipe: %1").arg(QString::fromLocal8Bit(std::strerror(errno)))};
    const pid_t child = ::fork();
    if (child < 0) {
        const int why = errno;
        ::close(ends[0]);
        ::close(ends[1]);
        return {QStringLiteral("no child process: %1").arg(QString::fromLocal8Bit(std::strerror(why)))};
    }
    if (child == 0) {
        ::close(ends[0]);
        runChild(ends[1], work, limit);
    }
    ::close(ends[1]);
    const QByteArray bytes = readAll(ends[0]);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    QStringList lines;
    for (const QByteArray &line : bytes.split(endOfLine)) {
        if (!line.isEmpty())
            lines << QString::fromUtf8(line);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        lines << howItEnded(status, limit);
    return lines;
}

} // namespace rollcall::conformance
