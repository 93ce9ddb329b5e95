// EVP's digest contexts live on the heap, and copying one allocates: for a session token that costs as much as hashing
// one block more. The structure of SHA-512 itself, which OpenSSL 3 marks as old but keeps, is copied like an integer.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/jose/HmacSha512.h"

#include <openssl/crypto.h>

#include <QtEndian>

#include <algorithm>
#include <iterator>

#include "core/base/HashPadding.h"

namespace rollcall::jose {

namespace {

using Pad = std::array<unsigned char, SHA512_CBLOCK>;

SHA512_CTX startedWith(QByteArrayView key, unsigned char filler)
{
    Pad pad{};
    std::copy_n(key.begin(), std::min<qsizetype>(key.size(), SHA512_CBLOCK), pad.begin());
    for (unsigned char &byte : pad)
        byte = static_cast<unsigned char>(byte ^ filler);
    SHA512_CTX state{};
    SHA512_Init(&state);
    SHA512_Update(&state, pad.data(), pad.size());
    OPENSSL_cleanse(pad.data(), pad.size());
    return state;
}

} // namespace

HmacSha512::HmacSha512(QByteArrayView key, QByteArrayView beginning, QByteArrayView ending)
    : m_inner(startedWith(key, 0x36)), m_outer(startedWith(key, 0x5c)), m_ending(ending.toByteArray())
{
    const qsizetype whole = beginning.size() - beginning.size() % SHA512_CBLOCK;
    SHA512_Update(&m_inner, beginning.data(), static_cast<std::size_t>(whole));
    m_hashed = SHA512_CBLOCK + static_cast<quint64>(whole);
    m_lead = beginning.sliced(whole).toByteArray();
}

HmacSha512::~HmacSha512()
{
    OPENSSL_cleanse(&m_inner, sizeof(m_inner));
    OPENSSL_cleanse(&m_outer, sizeof(m_outer));
}

HmacSha512::Mac HmacSha512::of(QByteArrayView rest) const
{
    const auto message = base::padded<8 * SHA512_CBLOCK>({m_lead, rest, m_ending}, SHA512_CBLOCK, m_hashed);
    // These cannot fail: they only compute.
    SHA512_CTX state = m_inner;
    SHA512_Update(&state, message.data(), static_cast<std::size_t>(message.size()));
    // The outer hash is over one block: the inner one, and what ends a message of a block and a hash.
    constexpr quint64 bits = 8 * (SHA512_CBLOCK + SHA512_DIGEST_LENGTH);
    Pad block{};
    qToBigEndian<quint64>(state.h, std::size(state.h), block.data());
    block[SHA512_DIGEST_LENGTH] = 0x80;
    qToBigEndian(bits, block.data() + SHA512_CBLOCK - sizeof(bits));
    std::ranges::copy(m_outer.h, std::begin(state.h));
    SHA512_Transform(&state, block.data());
    Mac mac;
    qToBigEndian<quint64>(state.h, std::size(state.h), mac.data());
    return mac;
}

} // namespace rollcall::jose
