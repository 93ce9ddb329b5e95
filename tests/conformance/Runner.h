#pragma once

#include <QString>
#include <QTextStream>

namespace rollcall::conformance {

/// What a run came to.
struct Tally
{
    int passed = 0;
    int failed = 0;
};

/// Checks every case of every `*.json` in @p directory (not below it), in the order of their names, and writes each
/// failing one with what differed to @p out. A file that cannot be read, or is of no known format, is a failure.
/// **Thread-safety:** only while this process has one thread (each case runs in a child process).
[[nodiscard]] Tally runDirectory(const QString &directory, QTextStream &out);

} // namespace rollcall::conformance
