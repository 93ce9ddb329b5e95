#pragma once

#include <QHash>

#include "app/ctl/Command.h"
#include "core/deployment/ConnectionConfig.h"
#include "core/store/SessionStore.h"

namespace rollcall::ctl {

/// The tokens of @p sessions, by fingerprint, for `sessions list --reveal`: read from @p store and on record in the
/// audit log before and after ("sessions.reveal": how many, why, of @p config). A session that has gone since it was
/// listed has none. Where the table has no ids it is read once more, which is said before. **Thread-safety:** blocks;
/// one thread. **Errors:** those of AuditLog::append(), without which nothing is read, NoKeyStore where another key
/// than the one at hand signed the log last, and those of SessionStore::findRows().
[[nodiscard]] base::Result<QHash<QString, QString>> revealTokens(Context &context,
                                                                 const deployment::ConnectionConfig &config,
                                                                 store::SessionStore &store,
                                                                 std::span<const session::ListedSession> sessions);

} // namespace rollcall::ctl
