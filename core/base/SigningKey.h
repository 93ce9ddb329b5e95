#pragma once

#include <memory>
#include <optional>

#include "core/base/SecretVault.h"

namespace rollcall::base {

/// A key pair of ours that signs (Ed25519): the private half rests in a vault, the public one goes to whoever checks.
/// **Source:** RFC 8032 (PureEdDSA). **Thread-safety:** immutable; thread-safe.
class SigningKey final
{
public:
    /// The pair that @p vault keeps under @p name; nullopt where there is none. Errors: those of the vault, Internal
    /// (what is kept there is no such key).
    [[nodiscard]] static Result<std::optional<SigningKey>> find(SecretVault &vault, const QString &name,
                                                                const Call &call);
    /// As find(), made where there is none. Two processes that may do so at once hold a lock of their own meanwhile.
    [[nodiscard]] static Result<SigningKey> findOrMake(SecretVault &vault, const QString &name, const Call &call);
    SigningKey(SigningKey &&) noexcept;
    SigningKey &operator=(SigningKey &&) noexcept;
    ~SigningKey();

    /// The signature of @p message as it stands, 64 bytes. Errors: Internal (OpenSSL).
    [[nodiscard]] Result<QByteArray> sign(QByteArrayView message) const;
    /// The public half, 32 bytes.
    [[nodiscard]] const QByteArray &publicKey() const;
    /// The same as `openssl pkey -pubin` takes it.
    [[nodiscard]] QByteArray publicPem() const;

private:
    struct Pair;
    explicit SigningKey(std::unique_ptr<Pair> pair);
    [[nodiscard]] static Result<SigningKey> of(const SecretBytes &secret);
    std::unique_ptr<Pair> m_pair;
};

/// Whether @p text has the size of SigningKey::publicKey().
[[nodiscard]] bool isPublicKey(QByteArrayView text);

/// Whether the pair of @p publicKey signed @p message. **Thread-safety:** pure.
[[nodiscard]] bool isSignedBy(QByteArrayView publicKey, QByteArrayView message, QByteArrayView signature);

} // namespace rollcall::base
