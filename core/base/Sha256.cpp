// OpenSSL 3 looks an algorithm up for each EVP_Digest, which takes longer than to hash a short text; Qt's SHA-256 is
// portable code, several times slower than the processor's instructions. OpenSSL marks the functions of SHA-256 itself
// as old, but keeps them.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/base/Sha256.h"

#include <openssl/sha.h>

#include <QVarLengthArray>
#include <QtEndian>

#include <cstring>
#include <iterator>

#include "core/base/DigitPairs.h"
#include "core/base/TextWriter.h"

namespace rollcall::base {

Sha256Hex sha256Hex(std::initializer_list<QByteArrayView> parts)
{
    // The message with what ends it, a bit and its length in bits, is made whole first: blocks that lie one behind the
    // other are hashed by one call, while SHA256_Update() of parts and SHA256_Final() make it several, and copies
    // between. **Source:** FIPS 180-4, 5.1.1.
    constexpr qsizetype usualBytes = 4 * SHA256_CBLOCK;
    qsizetype size = 0;
    for (const QByteArrayView part : parts)
        size += part.size();
    const qsizetype padded =
        (size + static_cast<qsizetype>(sizeof(quint64))) / SHA256_CBLOCK * SHA256_CBLOCK + SHA256_CBLOCK;
    QVarLengthArray<char, usualBytes> message(padded);
    TextWriter writer(message.data());
    for (const QByteArrayView part : parts)
        writer.put(part);
    writer.put('\x80');
    std::memset(writer.at(), 0, static_cast<std::size_t>(padded - size - 1));
    qToBigEndian(8 * static_cast<quint64>(size), message.data() + padded - sizeof(quint64));
    SHA256_CTX state;
    // These cannot fail: they only compute.
    SHA256_Init(&state);
    SHA256_Update(&state, message.data(), static_cast<std::size_t>(padded));
    ::explicit_bzero(message.data(), static_cast<std::size_t>(padded));
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    qToBigEndian<quint32>(state.h, std::size(state.h), digest.data());
    Sha256Hex hex;
    char *at = hex.data();
    for (const unsigned char byte : digest) {
        std::memcpy(at, hexPairs[byte].data(), sizeof(DigitPair));
        at += sizeof(DigitPair);
    }
    return hex;
}

} // namespace rollcall::base
