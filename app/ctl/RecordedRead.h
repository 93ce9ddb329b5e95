#pragma once

#include "app/ctl/Command.h"
#include "core/audit/AuditLog.h"

namespace rollcall::ctl {

/// Whether the record of a read goes on in @p log under the key that signed it last: a mistyped --key-file must not end
/// what that key signed. Where no log is there one begins, with a new key if need be; one that does not say whose it is
/// any more is broken, which stops no act. **Thread-safety:** blocks; one thread. **Errors:** NoKeyStore, those of the
/// log and the vault.
[[nodiscard]] base::Status checkSignsLast(Context &context, const audit::AuditLog &log);

} // namespace rollcall::ctl
