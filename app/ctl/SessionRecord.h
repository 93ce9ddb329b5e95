#pragma once

#include "app/ctl/JsonRecord.h"
#include "core/session/Session.h"

namespace rollcall::ctl {

/// A session as the contract shows it in `sessions list` and `sessions watch`.
[[nodiscard]] JsonRecord recordOf(const session::ListedSession &listed);

} // namespace rollcall::ctl
