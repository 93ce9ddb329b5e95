// EVP's digest contexts live on the heap, and copying one allocates: for a session token that costs as much as hashing
// one block more. The structure of SHA-512 itself, which OpenSSL 3 marks as old but keeps, is copied like an integer.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/jose/HmacSha512.h"

#include <openssl/crypto.h>

#include <QVarLengthArray>
#include <QtEndian>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "core/base/TextWriter.h"

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
    // The message with what ends it, a bit and its length in bits, is made whole first: blocks that lie one behind the
    // other are hashed by one call, while SHA512_Update() of parts and SHA512_Final() make it three, and copies
    // between.
    // **Source:** FIPS 180-4, 5.1.2.
    constexpr qsizetype usualBytes = 8 * SHA512_CBLOCK;
    constexpr qsizetype lengthBytes = 16;
    const qsizetype size = m_lead.size() + rest.size() + m_ending.size();
    const qsizetype padded = (size + lengthBytes) / SHA512_CBLOCK * SHA512_CBLOCK + SHA512_CBLOCK;
    QVarLengthArray<char, usualBytes> message(padded);
    base::TextWriter writer(message.data());
    writer.put(m_lead);
    writer.put(rest);
    writer.put(m_ending);
    writer.put('\x80');
    std::memset(writer.at(), 0, static_cast<std::size_t>(padded - size - 1));
    qToBigEndian(8 * (m_hashed + static_cast<quint64>(size)), message.data() + padded - sizeof(quint64));
    // These cannot fail: they only compute.
    SHA512_CTX state = m_inner;
    SHA512_Update(&state, message.data(), static_cast<std::size_t>(padded));
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
