// EVP's digest contexts live on the heap, and copying one allocates: for a session token that costs as much as hashing
// one block more. The structure of SHA-512 itself, which OpenSSL 3 marks as old but keeps, is copied like an integer.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/jose/HmacSha512.h"

#include <openssl/crypto.h>

#include <algorithm>

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

void add(SHA512_CTX &state, QByteArrayView bytes)
{
    SHA512_Update(&state, bytes.data(), static_cast<std::size_t>(bytes.size()));
}

} // namespace

HmacSha512::HmacSha512(QByteArrayView key, QByteArrayView beginning)
    : m_inner(startedWith(key, 0x36)), m_outer(startedWith(key, 0x5c))
{
    add(m_inner, beginning);
}

HmacSha512::~HmacSha512()
{
    OPENSSL_cleanse(&m_inner, sizeof(m_inner));
    OPENSSL_cleanse(&m_outer, sizeof(m_outer));
}

HmacSha512::Mac HmacSha512::of(std::initializer_list<QByteArrayView> rest) const
{
    Mac inner;
    SHA512_CTX state = m_inner;
    for (const QByteArrayView part : rest)
        add(state, part);
    // The low-level functions cannot fail: they only compute, and wipe the state they finish.
    SHA512_Final(inner.data(), &state);
    state = m_outer;
    SHA512_Update(&state, inner.data(), inner.size());
    Mac mac;
    SHA512_Final(mac.data(), &state);
    return mac;
}

} // namespace rollcall::jose
