#pragma once

#include <functional>

class QWidget;

namespace rollcall::common {
class Activities;
}

namespace rollcall::main {

/// Whether what @p activities run may be left. Where nothing runs, @p leave is called at once. Else it asks over
/// @p window: keep working, or pause what can be paused and leave when nothing runs any more. A second call while it
/// asks does nothing. @p activities may go before @p leave is called; then it never is. **Thread-safety:** GUI thread
/// only; never blocks.
void leaveWhenIdle(QWidget &window, common::Activities &activities, const std::function<void()> &leave);

} // namespace rollcall::main
