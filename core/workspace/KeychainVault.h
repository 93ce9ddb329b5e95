#pragma once

#include "core/base/SecretVault.h"

namespace rollcall::workspace {

/// A vault in the OS keychain (Secret Service or KWallet here), service "rollcall". The jobs run on one thread of the
/// process that has an event loop; each call waits for its job no longer than its Call allows, because a job on a
/// locked keyring waits for a prompt and may never end. **Thread-safety:** thread-safe. Errors of all functions:
/// KeychainFailed (no keychain, refused, or the process is ending), Timeout, Cancelled.
/// **Source:** facts/platform.md, keychain pitfalls; QtKeychain 0.13 (its jobs run one after another in one thread).
class KeychainVault final : public base::SecretVault
{
public:
    [[nodiscard]] base::Result<std::optional<base::SecretBytes>> read(const QString &name,
                                                                      const base::Call &call) override;
    [[nodiscard]] base::Status write(const QString &name, const base::SecretBytes &secret,
                                     const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &name, const base::Call &call) override;
    [[nodiscard]] QString description() const override;
};

} // namespace rollcall::workspace
