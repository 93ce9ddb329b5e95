#pragma once

#include <QStringList>

#include <optional>

#include "core/jose/JwsKeys.h"

namespace rollcall::differential {

/// "HS256" of the codec "signed-HS256"; nullopt for other codecs.
[[nodiscard]] std::optional<session::SignatureAlgorithm> signingAlgorithm(const QString &codec);

/// The keys of tests/data/jose for @p algorithm; empty for those of HMAC, which are the deployment's secrets.
[[nodiscard]] QStringList signingKeys(session::SignatureAlgorithm algorithm);

/// The keys of a deployment with @p secrets that signs with @p algorithm; nullopt where they are none.
[[nodiscard]] std::optional<jose::JwsKeys> signingKeysOf(session::SignatureAlgorithm algorithm,
                                                         std::span<const base::SecretBytes> secrets);

} // namespace rollcall::differential
