#pragma once

#include "core/base/SecretVault.h"

namespace rollcall::revoke {

/// Encrypts what an operation keeps on disk, under a key of ours in the vault ("operations"): a plan's keys may be
/// tokens. Form: the four bytes `RCS1`, 12 bytes of IV, the content (AES-256-GCM), 16 bytes of tag; the four bytes and
/// what the content is of are authenticated with it. **Thread-safety:** immutable.
class OperationSeal final
{
public:
    /// Loads the key. @p vault (may be null) is used within this call alone. The first operation makes the key
    /// (@p make), under a lock against others that do; a later one without it is of another key file or keychain.
    /// Errors: NoKeyStore (also where there is no key and none is to be made), those of the vault.
    [[nodiscard]] static base::Result<OperationSeal> load(base::SecretVault *vault, bool make, const base::Call &call);

    /// @p content, sealed as what @p of says ("op-…/plan"). Errors: Internal.
    [[nodiscard]] base::Result<QByteArray> seal(QByteArrayView content, QByteArrayView of) const;

    /// What was sealed as @p of. Errors: FileFormatInvalid (altered, cut short, of something else, under another key).
    [[nodiscard]] base::Result<base::SecretBytes> open(QByteArrayView sealed, QByteArrayView of) const;

private:
    explicit OperationSeal(base::SecretBytes key) : m_key(std::move(key)) {}

    base::SecretBytes m_key;
};

/// What the plan of operation @p id is sealed as.
[[nodiscard]] QByteArray planName(const QString &id);

} // namespace rollcall::revoke
