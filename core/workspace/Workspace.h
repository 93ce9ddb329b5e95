#pragma once

#include <memory>
#include <vector>

#include "core/base/SecretVault.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::workspace {

/// Where Rollcall keeps its state (contract: XDG folders; the demo has its own).
struct Folders
{
    QString config; ///< saved connections
    QString data;   ///< audit log
    QString state;  ///< operations, window state

    /// $XDG_CONFIG_HOME/rollcall, $XDG_DATA_HOME/rollcall, $XDG_STATE_HOME/rollcall with the usual defaults.
    [[nodiscard]] static Folders standard();
    /// config, data and state below @p root.
    [[nodiscard]] static Folders below(const QString &root);
};

/// Where secrets and Rollcall's own keys rest: @p keyFile where given, else the environment's ROLLCALL_KEY_FILE, else
/// the OS keychain where one answers within 2 s; null where there is none (reading works, writes are refused with
/// NoKeyStore). May block for that long: call it on a worker.
[[nodiscard]] std::unique_ptr<base::SecretVault> openVault(const QString &keyFile);

/// A vault in the key file at @p path alone: made with mode 0600 by the first write, never by a read.
[[nodiscard]] std::unique_ptr<base::SecretVault> openKeyFileVault(const QString &path);

/// The saved connections: a versioned file, written atomically. **Thread-safety:** thread-safe; calls block on files.
class Workspace final
{
public:
    explicit Workspace(Folders folders);

    [[nodiscard]] const Folders &folders() const { return m_folders; }

    /// All profiles, by name. No file: none. Errors: FileUnreadable, FileFormatInvalid.
    [[nodiscard]] base::Result<std::vector<ConnectionProfile>> profiles() const;

    /// The profile named @p name. Errors: UnknownConnection and as profiles().
    [[nodiscard]] base::Result<ConnectionProfile> profile(const QString &name) const;

    /// Saves (replaces by name) @p profile, the path of a SQLite file made absolute, its secrets into @p vault. Where
    /// @p vault is null the secrets are not saved: fine when there are none, else NoKeyStore *after* the profile was
    /// saved without them. Errors: FileUnwritable, NoKeyStore, KeychainFailed, KeyFileUnsafe.
    [[nodiscard]] base::Status save(const ConnectionProfile &profile, const ConnectionSecrets &secrets,
                                    base::SecretVault *vault, const base::Call &call);

    /// The secrets of @p name from @p vault (null: none).
    [[nodiscard]] base::Result<ConnectionSecrets> secrets(const QString &name, base::SecretVault *vault,
                                                          const base::Call &call) const;

    /// Forgets profile and secrets. Errors: UnknownConnection, FileUnwritable, KeychainFailed.
    [[nodiscard]] base::Status remove(const QString &name, base::SecretVault *vault, const base::Call &call);

private:
    Folders m_folders;
};

} // namespace rollcall::workspace
