#pragma once

#include <QFile>

namespace rollcall::test {

/// Kilobytes that /proc/self/status tells in @p line ("VmRSS", "VmHWM"); 0 where it does not.
inline qint64 memoryOfThis(const char *line)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    const QByteArrayList lines = status.readAll().split('\n');
    for (const QByteArray &one : lines) {
        if (one.startsWith(line))
            return one.simplified().split(' ').at(1).toLongLong();
    }
    return 0;
}

} // namespace rollcall::test
