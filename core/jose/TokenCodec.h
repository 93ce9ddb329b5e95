#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <span>

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/jose/Claims.h"
#include "core/jose/KeyRing.h"
#include "core/session/AuthProfile.h"

namespace rollcall::jose {

/// The normalised failure words (names as in kindName()).
enum class DecodeFailure {
    Empty,
    Malformed,
    AlgNotAllowed,
    Unsupported,
    NoMatchingSecret,
    DecryptionFailed,
    DecompressionFailed,
    InvalidPayload,
    ClaimType,
    Expired,
    NotBefore,
    HeaderClaimMismatch,
    EmptySecret,
    Other
};

/// "empty", "malformed", "alg-not-allowed", …
[[nodiscard]] QString kindName(DecodeFailure failure);

/// How far decoding came: the step that failed. Tells apart what the libraries report with one word.
enum class DecodeStep {
    Token,
    Parts,
    Encoding,
    Header,
    Algorithm,
    Key,
    KeyLength,
    Decryption,
    Inflation,
    Payload,
    Claims
};

/// A decoded token, or why it could not be.
struct Decoded
{
    bool ok = false;
    QByteArray
        headerJson; ///< protected header, compact JSON, member order kept; also on failure where it could be read
    QByteArray claimsJson; ///< all claims, compact JSON as JSON.stringify prints them, member order kept
    DecodeFailure failure = DecodeFailure::Empty;
    DecodeStep step = DecodeStep::Token; ///< where it failed
    QString detail;                      ///< for people, without secrets
};

/// As Decoded, with the claims ready to be read.
struct OpenedToken
{
    bool ok = false;
    QByteArray headerJson; ///< as Decoded::headerJson
    Claims claims;         ///< `{}` on failure
    DecodeFailure failure = DecodeFailure::Empty;
    DecodeStep step = DecodeStep::Token;
    QString detail;

    /// The protected header as a value; null where it could not be read. Costs a parse.
    [[nodiscard]] JsonValue header() const;
};

/// By how much both libraries let exp and nbf miss the clock. **Source:** facts/session-protocol.md §3.3.
inline constexpr std::chrono::seconds defaultTolerance{15};

/// Opens an encrypted session token as next-auth 4 (`jwt.decode`) or @auth/core (v5) does: key choice by kid,
/// decryption, claim checks with @p tolerance. Never blocks. v4 tries the first key alone: that library knows one
/// secret.
/// **Source:** facts/session-protocol.md §3.3. **Thread-safety:** thread-safe.
[[nodiscard]] OpenedToken openToken(const KeyRing &ring, QByteArrayView token, base::Instant now,
                                    std::chrono::seconds tolerance = defaultTolerance);

/// Whether a token gets a new random `jti`.
enum class TokenId { New, None };

/// Seals @p claims with the first key, as the library's encode: iat, exp (@p maxAge from @p now) and a new jti replace
/// those that are there in their places, or follow in this order. Errors: SecretMissing, Internal. **Thread-safety:**
/// thread-safe.
[[nodiscard]] base::Result<base::SecretBytes> sealToken(const KeyRing &ring, const Claims &claims,
                                                        std::chrono::seconds maxAge, base::Instant now);

/// openToken() with keys derived for this one call, and JSON as text. @p salt: v4 "" by default, v5 the cookie name.
/// **Thread-safety:** thread-safe.
[[nodiscard]] Decoded decodeToken(session::AuthVersion version, QByteArrayView token,
                                  std::span<const base::SecretBytes> secrets, QByteArrayView salt, base::Instant now);

/// sealToken() with a key derived for this one call. @p claimsJson must be a JSON object.
/// Errors: SecretMissing, Internal (no object). **Thread-safety:** thread-safe.
[[nodiscard]] base::Result<base::SecretBytes> encodeToken(session::AuthVersion version, const QByteArray &claimsJson,
                                                          std::span<const base::SecretBytes> secrets,
                                                          QByteArrayView salt, std::chrono::seconds maxAge,
                                                          base::Instant now);

} // namespace rollcall::jose
