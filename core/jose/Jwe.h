#pragma once

#include <tl/expected.hpp>

#include "core/jose/KeyRing.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::jose {

/// Why a token was refused.
struct Refusal
{
    DecodeFailure failure;
    DecodeStep step;
    QString detail; ///< for people, without secrets
};

template <typename T>
using Accepted = tl::expected<T, Refusal>;

[[nodiscard]] inline tl::unexpected<Refusal> refuse(DecodeFailure failure, DecodeStep step, QString detail)
{
    return tl::unexpected<Refusal>(Refusal{failure, step, std::move(detail)});
}

/// The parts of a compact JWE, as they stand in the token (views into it).
struct JweParts
{
    QByteArrayView header;
    QByteArrayView encryptedKey;
    QByteArrayView iv;
    QByteArrayView ciphertext;
    QByteArrayView tag;
};

/// Tokens above this many bytes are refused unread (a Cookie header holds a few kilobytes).
inline constexpr qsizetype maxTokenBytes = 16 * 1024 * 1024;

/// Splits on dots; refused unless there are exactly five parts.
[[nodiscard]] Accepted<JweParts> splitCompact(QByteArrayView token);

/// Decrypts as jose 4.15.9's jwtDecrypt with a byte key and no algorithm lists (next-auth 4). @p header receives the
/// protected header once it is read. **Source:** facts/session-protocol.md §3.3.
[[nodiscard]] Accepted<QByteArray> decryptV4(const JweParts &parts, const KeyRing::Key &key, JsonValue &header);

/// Decrypts as jose 6's jwtDecrypt with @auth/core's options and key choice, or Better Auth's, which differ in the
/// length of the keys alone. @p header as above.
[[nodiscard]] Accepted<QByteArray> decryptV5(const JweParts &parts, session::AuthVersion version,
                                             std::span<const KeyRing::Key> keys, JsonValue &header);

/// The checks of `crit`: every name in it must be @p recognised (empty: none is), and be in the header.
[[nodiscard]] Accepted<void> checkCritical(const JsonValue &header, QStringView recognised = {});

/// The non-empty string member @p name of @p header; refused as malformed else.
[[nodiscard]] Accepted<QString> algorithmOf(const JsonValue &header, QStringView name);

} // namespace rollcall::jose
