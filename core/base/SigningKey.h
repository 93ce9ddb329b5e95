#pragma once

#include <memory>
#include <optional>

#include "core/base/SecretVault.h"

namespace rollcall::base {

/// The public half of a key pair (Ed25519), made ready once for many checks. A cheap copy. **Thread-safety:**
/// immutable; thread-safe.
class PublicKey final
{
public:
    /// The key of these 32 bytes; nullopt where @p bytes are none.
    [[nodiscard]] static std::optional<PublicKey> of(QByteArrayView bytes);

    /// Whether the pair of this key signed @p message.
    [[nodiscard]] bool hasSigned(QByteArrayView message, QByteArrayView signature) const;
    /// The 32 bytes.
    [[nodiscard]] const QByteArray &bytes() const;

private:
    struct Ready;
    explicit PublicKey(std::shared_ptr<const Ready> ready) : m_ready(std::move(ready)) {}
    std::shared_ptr<const Ready> m_ready;
};

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
    /// The public half.
    [[nodiscard]] const PublicKey &publicKey() const;
    /// The same as `openssl pkey -pubin` takes it.
    [[nodiscard]] QByteArray publicPem() const;

private:
    struct Pair;
    explicit SigningKey(std::unique_ptr<Pair> pair);
    [[nodiscard]] static Result<SigningKey> of(const SecretBytes &secret);
    std::unique_ptr<Pair> m_pair;
};

} // namespace rollcall::base
