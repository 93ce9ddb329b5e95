#pragma once

#include "core/base/SecretVault.h"

namespace rollcall::base {

/// Bytes of the keys that Rollcall makes for itself.
inline constexpr qsizetype vaultKeyBytes = 32;

/// The key of ours that @p vault keeps under @p name; a random one is made and kept where there is none. Two processes
/// that may do so at once hold a lock of their own meanwhile. Blocks within @p call. Errors: those of the vault.
/// **Thread-safety:** that of @p vault.
[[nodiscard]] Result<SecretBytes> loadOrMakeKey(SecretVault &vault, const QString &name, const Call &call);

} // namespace rollcall::base
