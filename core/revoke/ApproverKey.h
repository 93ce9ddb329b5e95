#pragma once

#include "core/base/SigningKey.h"

namespace rollcall::revoke {

/// A person's own key for approving plans, its private half in their vault ("approver"). **Thread-safety:** immutable.
class ApproverKey final
{
public:
    /// The key in @p vault (may be null); made where there is none and @p make says so. Errors: NoKeyStore (also where
    /// there is none and none is to be made), those of the vault, Internal.
    [[nodiscard]] static base::Result<ApproverKey> load(base::SecretVault *vault, bool make, const base::Call &call);

    /// "ed25519:" and 43 characters of Base64url: what a connection lists.
    [[nodiscard]] const QString &name() const { return m_name; }
    /// The signature of @p message, 64 bytes. Errors: Internal.
    [[nodiscard]] base::Result<QByteArray> sign(QByteArrayView message) const { return m_key.sign(message); }

private:
    explicit ApproverKey(base::SigningKey key);

    base::SigningKey m_key;
    QString m_name;
};

/// Whether @p text has the form of ApproverKey::name(). **Thread-safety:** pure.
[[nodiscard]] bool isApproverName(const QString &text);

/// Whether the key called @p name signed @p message. **Thread-safety:** pure.
[[nodiscard]] bool isSignedBy(const QString &name, QByteArrayView message, QByteArrayView signature);

} // namespace rollcall::revoke
