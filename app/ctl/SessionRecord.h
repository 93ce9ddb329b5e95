#pragma once

#include "app/ctl/JsonRecord.h"
#include "core/session/Session.h"

namespace rollcall::ctl {

/// A session as the contract shows it in `sessions list` and `sessions watch`.
[[nodiscard]] JsonRecord recordOf(const session::ListedSession &listed);

/// What a table shows of such records.
[[nodiscard]] QStringList sessionTableColumns();

} // namespace rollcall::ctl
