#pragma once

#include <openssl/sha.h>

#include <QByteArray>
#include <QByteArrayView>

#include <array>

namespace rollcall::jose {

/// HMAC-SHA-512 under one key over messages that begin and end alike: the states that took the pads and the beginning
/// are kept, and copied for each message. Wiped when destroyed. **Thread-safety:** immutable after construction.
/// **Source:** RFC 2104.
class HmacSha512 final
{
public:
    using Mac = std::array<unsigned char, SHA512_DIGEST_LENGTH>;

    /// @p key: at most 128 bytes (longer ones would have to be hashed first, and no token has one). @p beginning,
    /// @p ending: what every message begins and ends with; no secrets.
    HmacSha512(QByteArrayView key, QByteArrayView beginning, QByteArrayView ending);
    HmacSha512(const HmacSha512 &) = delete;
    HmacSha512 &operator=(const HmacSha512 &) = delete;
    ~HmacSha512();

    /// The MAC of the beginning, @p rest and the ending. @p rest is no secret either: copies of it are left.
    [[nodiscard]] Mac of(QByteArrayView rest) const;

private:
    SHA512_CTX m_inner; ///< behind the pad and the whole blocks of the beginning
    SHA512_CTX m_outer; ///< behind the pad
    quint64 m_hashed;   ///< bytes that m_inner took
    QByteArray m_lead;  ///< what is left of the beginning: less than a block
    QByteArray m_ending;
};

} // namespace rollcall::jose
