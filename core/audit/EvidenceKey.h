#pragma once

#include <memory>

#include "core/base/SecretVault.h"

namespace rollcall::audit {

/// The key pair that signs evidence packs (Ed25519): the private half rests in the vault, the public one goes with each
/// pack. **Thread-safety:** immutable; thread-safe.
class EvidenceKey final
{
public:
    /// The pair of @p vault, made where there is none. Errors: those of the vault, Internal (OpenSSL).
    [[nodiscard]] static base::Result<EvidenceKey> load(base::SecretVault &vault, const base::Call &call);
    EvidenceKey(EvidenceKey &&) noexcept;
    ~EvidenceKey();

    /// 64 bytes over @p text as it stands. **Source:** RFC 8032 (PureEdDSA).
    [[nodiscard]] QByteArray sign(const QByteArray &text) const;
    /// As `openssl pkey -pubin` takes it.
    [[nodiscard]] QByteArray publicPem() const;

private:
    struct Pair;
    explicit EvidenceKey(std::unique_ptr<Pair> pair);
    std::unique_ptr<Pair> m_pair;
};

} // namespace rollcall::audit
