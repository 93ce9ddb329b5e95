#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <span>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::jose {

/// The keys of a deployment that signs its tokens instead of encrypting them, under one algorithm that the caller
/// pins: what a token says of its algorithm is compared with it and chooses nothing.
/// **Thread-safety:** immutable after construction.
class JwsKeys final
{
public:
    /// @p keys, current first: secret bytes for HS256, HS384, HS512; PEM for the others (a public key or a private one,
    /// which alone can sign; unencrypted). Errors: SecretMissing (none, or an empty one), UsageInvalid (Detail: no key
    /// of the algorithm, RSA below 2048 bits, a PEM key where a secret belongs). Never shows key material.
    [[nodiscard]] static base::Result<JwsKeys> make(session::SignatureAlgorithm algorithm,
                                                    std::span<const base::SecretBytes> keys);
    /// The keys that @p tokens name, or, where they name none, @p secrets. Errors: those of the above.
    [[nodiscard]] static base::Result<JwsKeys> of(const session::SignedTokens &tokens,
                                                  std::span<const base::SecretBytes> secrets)
    {
        return make(tokens.algorithm, tokens.keys.empty() ? secrets : tokens.keys);
    }
    JwsKeys(JwsKeys &&) noexcept;
    JwsKeys &operator=(JwsKeys &&) noexcept;
    JwsKeys(const JwsKeys &) = delete;
    JwsKeys &operator=(const JwsKeys &) = delete;
    ~JwsKeys();

    [[nodiscard]] session::SignatureAlgorithm algorithm() const;
    /// Whether the current key is a secret or a private key.
    [[nodiscard]] bool canSign() const;
    /// Whether @p signature (as it stands in a JWS, decoded) over @p input is of one of the keys.
    [[nodiscard]] bool verify(QByteArrayView input, QByteArrayView signature) const;
    /// The current key's signature over @p input. Errors: UsageInvalid (a public key cannot sign), Internal.
    [[nodiscard]] base::Result<QByteArray> sign(QByteArrayView input) const;

private:
    class Key;
    JwsKeys(session::SignatureAlgorithm algorithm, std::vector<std::unique_ptr<const Key>> keys);

    session::SignatureAlgorithm m_algorithm;
    std::vector<std::unique_ptr<const Key>> m_keys;
};

/// "HS256", …
[[nodiscard]] QString algorithmName(session::SignatureAlgorithm algorithm);

} // namespace rollcall::jose
