#pragma once

#include <QStringList>

#include "core/base/Result.h"

namespace rollcall::deployment {
class Deployment;
}
namespace rollcall::workspace {
class Workspace;
}

namespace rollcall::revoke {

/// Who may approve plans for @p deployment: whom the saved connections list that want approval in its database, by
/// whatever name it was opened; where several want it, whom all of them list. Where none does, whom the connection of
/// its own name lists. Errors: FileUnreadable, FileFormatInvalid. **Thread-safety:** reentrant; blocks on files.
[[nodiscard]] base::Result<QStringList> approversOf(const workspace::Workspace &workspace,
                                                    const deployment::Deployment &deployment);

} // namespace rollcall::revoke
