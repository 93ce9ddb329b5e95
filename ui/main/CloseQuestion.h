#pragma once

#include <functional>

class QObject;
class QWidget;

namespace rollcall::common {
class Activities;
}

namespace rollcall::main {

/// What measures on a connection beside its acts, as the question needs it: it is stopped, not paused.
/// **Thread-safety:** GUI thread only.
struct Measurement
{
    std::function<bool()> isRunning;
    std::function<void()> stop; ///< asks it to end; it ends later
    /// Calls the function later, from the event loop, whenever a measurement has ended, while the object lives.
    std::function<void(QObject &, const std::function<void()> &)> whenEnded;
};

/// Whether what @p activities run, and what @p measurement does, may be left. Where nothing runs, @p leave is called at
/// once. Else it asks over @p window: keep working, or pause what can be paused, stop the measurement, and leave when
/// nothing runs any more; not where pausing failed. A second call while it asks does nothing. @p activities may go
/// before @p leave is called; then it never is. @p measurement may be called as long as @p activities live.
/// **Thread-safety:** GUI thread only; never blocks.
void leaveWhenIdle(QWidget &window, common::Activities &activities, const Measurement &measurement,
                   const std::function<void()> &leave);

} // namespace rollcall::main
