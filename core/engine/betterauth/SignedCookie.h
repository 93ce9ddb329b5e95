#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include "core/base/Secret.h"

namespace rollcall::engine::betterauth {

/// HMAC-SHA-256 of @p message under @p key, 32 bytes. **Thread-safety:** all functions here are pure.
[[nodiscard]] QByteArray hmacSha256(QByteArrayView key, QByteArrayView message);

/// Whether @p mac is the HMAC-SHA-256 of @p message under @p key; compared in constant time.
[[nodiscard]] bool verifyHmacSha256(QByteArrayView key, QByteArrayView message, QByteArrayView mac);

/// The signature of a cookie's value: base64 with padding, 44 characters. **Source:** better-call 1.4.0 crypto;
/// facts/session-protocol.md §8.1.
[[nodiscard]] QByteArray cookieSignature(QByteArrayView secret, QByteArrayView value);

/// `value.signature`, as it stands in the cookie before percent-encoding.
[[nodiscard]] base::SecretBytes signCookie(QByteArrayView secret, QByteArrayView value);

/// What a signed cookie turned out to be. For the library all but Valid are as if the cookie were absent.
enum class SignedCookieState {
    Absent,       ///< not in the request, or empty
    Unsigned,     ///< no dot behind at least one character
    BadSignature, ///< signed with another secret, altered, or in another form than base64 with padding
    Valid
};

struct SignedCookie
{
    SignedCookieState state = SignedCookieState::Absent;
    base::SecretBytes value; ///< what was signed; empty unless Valid
};

/// Reads a cookie's percent-decoded value. Only one secret counts: rotation signs everybody out. **Source:**
/// better-call 1.4.0 context (getSignedCookie).
[[nodiscard]] SignedCookie readSignedCookie(QByteArrayView secret, QByteArrayView cookieValue);

} // namespace rollcall::engine::betterauth
