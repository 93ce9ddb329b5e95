#pragma once

#include "core/base/Error.h"

namespace rollcall::ctl {

/// The process exit codes of the command line's contract that are no error: the work is done, or the answer is no.
inline constexpr int exitDone = 0;
inline constexpr int exitNo = 1;

/// The process exit code that @p error ends a command with.
[[nodiscard]] inline int exitCode(const base::Error &error)
{
    return static_cast<int>(base::exitClass(error.code));
}

} // namespace rollcall::ctl
