#pragma once

#include <QByteArray>
#include <QString>

#include <span>

#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::jose {

/// The normalised failure words (names as in kindName()).
enum class DecodeFailure {
    Empty, Malformed, AlgNotAllowed, Unsupported, NoMatchingSecret, DecryptionFailed, DecompressionFailed, InvalidPayload,
    ClaimType, Expired, NotBefore, HeaderClaimMismatch, EmptySecret, Other
};

/// "empty", "malformed", "alg-not-allowed", …
[[nodiscard]] QString kindName(DecodeFailure failure);

/// A decoded token, or why it could not be.
struct Decoded
{
    bool ok = false;
    QByteArray headerJson; ///< protected header, compact JSON, member order kept
    QByteArray claimsJson; ///< all claims, compact JSON as JSON.stringify prints them, member order kept
    DecodeFailure failure = DecodeFailure::Empty;
    QString detail;        ///< for people, without secrets
};

/// Opens an encrypted session token as next-auth 4 (`jwt.decode`) or @auth/core (v5) does: key derivation, key choice by
/// kid, decryption, claim checks with 15 s tolerance. @p salt: v4 "" by default, v5 the cookie name. Never blocks.
/// **Thread-safety:** thread-safe.
[[nodiscard]] Decoded decodeToken(session::AuthVersion version, QByteArrayView token, std::span<const base::SecretBytes> secrets,
                                  QByteArrayView salt, base::Instant now);

/// Seals @p claimsJson (a JSON object; iat, exp and jti are set by this function) with the first secret, as the
/// library's encode. Errors: SecretMissing, Internal.
[[nodiscard]] base::Result<base::SecretBytes> encodeToken(session::AuthVersion version, const QByteArray &claimsJson,
                                                          std::span<const base::SecretBytes> secrets, QByteArrayView salt,
                                                          std::chrono::seconds maxAge, base::Instant now);

} // namespace rollcall::jose
