#pragma once

#include <QStringList>

#include <chrono>
#include <functional>

namespace rollcall::conformance {

/// Runs @p work in a child process of its own and returns the lines it gives; where the child crashes, throws or takes
/// longer than @p limit, one line that says so. So no case can stop the others. **Thread-safety:** only while this
/// process has one thread.
[[nodiscard]] QStringList runIsolated(const std::function<QStringList()> &work, std::chrono::seconds limit);

} // namespace rollcall::conformance
