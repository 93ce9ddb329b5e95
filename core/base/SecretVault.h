#pragma once

#include <optional>

#include "core/base/Call.h"
#include "core/base/Secret.h"

namespace rollcall::base {

/// Where secrets rest: the OS keychain or the key file named by the user. There is no third place.
/// **Thread-safety:** all functions may be called from any thread; they block within the Call.
class SecretVault
{
public:
    virtual ~SecretVault() = default;

    /// The secret stored under @p name; nullopt where there is none.
    /// Errors: KeychainFailed, KeyFileUnsafe, FileUnreadable, FileFormatInvalid, Timeout, Cancelled.
    [[nodiscard]] virtual Result<std::optional<SecretBytes>> read(const QString &name, const Call &call) = 0;

    /// Stores (replaces) @p secret under @p name. Errors: as read, and FileUnwritable, NoKeyStore.
    [[nodiscard]] virtual Status write(const QString &name, const SecretBytes &secret, const Call &call) = 0;

    /// Removes what is stored under @p name; fine where nothing is.
    [[nodiscard]] virtual Status remove(const QString &name, const Call &call) = 0;

    /// For people: "Secret Service", "key file /path". Never blocks.
    [[nodiscard]] virtual QString description() const = 0;
};

} // namespace rollcall::base
