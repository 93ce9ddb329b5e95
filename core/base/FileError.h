#pragma once

#include "core/base/Error.h"

namespace rollcall::base {

/// An error about the file or folder @p path; @p code is one of those that begin with File. @p detail says what is the
/// matter with it. **Thread-safety:** a pure function.
[[nodiscard]] Error fileError(ErrorCode code, const QString &path, const QString &detail);

} // namespace rollcall::base
