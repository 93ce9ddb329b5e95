// OpenSSL 3 looks an algorithm up for each EVP_Digest, which takes longer than to hash a short text; Qt's SHA-256 is
// portable code, several times slower than the processor's instructions. OpenSSL marks the functions of SHA-256 itself
// as old, but keeps them.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/base/Sha256.h"

#include <openssl/sha.h>

#include <cstring>
#include <iterator>

#include "core/base/DigitPairs.h"
#include "core/base/HashPadding.h"

namespace rollcall::base {

Sha256Hex sha256Hex(std::initializer_list<QByteArrayView> parts)
{
    auto message = padded<4 * SHA256_CBLOCK>(parts, SHA256_CBLOCK);
    SHA256_CTX state;
    // These cannot fail: they only compute.
    SHA256_Init(&state);
    SHA256_Update(&state, message.data(), static_cast<std::size_t>(message.size()));
    ::explicit_bzero(message.data(), static_cast<std::size_t>(message.size()));
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
