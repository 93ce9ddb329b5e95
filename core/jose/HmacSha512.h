#pragma once

#include <openssl/sha.h>

#include <QByteArrayView>

#include <array>

namespace rollcall::jose {

/// HMAC-SHA-512 under one key over messages that begin alike: the states that took the pads and the beginning are kept,
/// and copied for each message. Wiped when destroyed. **Thread-safety:** immutable after construction.
/// **Source:** RFC 2104.
class HmacSha512 final
{
public:
    using Mac = std::array<unsigned char, SHA512_DIGEST_LENGTH>;

    /// @p key: at most 128 bytes (longer ones would have to be hashed first, and no token has one). @p beginning: what
    /// every message begins with.
    HmacSha512(QByteArrayView key, QByteArrayView beginning);
    HmacSha512(const HmacSha512 &) = delete;
    HmacSha512 &operator=(const HmacSha512 &) = delete;
    ~HmacSha512();

    /// The MAC of the beginning and @p rest.
    [[nodiscard]] Mac of(QByteArrayView rest) const;

private:
    SHA512_CTX m_inner{};
    SHA512_CTX m_outer{};
};

} // namespace rollcall::jose
