// OpenSSL 3 looks an algorithm up for each EVP_Digest, which takes longer than to hash a short text; Qt's SHA-256 is
// portable code, several times slower than the processor's instructions. OpenSSL marks the functions of SHA-256 itself
// as old, but keeps them.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/base/Sha256.h"

#include <openssl/sha.h>

#include <cstring>

#include "core/base/DigitPairs.h"

namespace rollcall::base {

Sha256Hex sha256Hex(std::initializer_list<QByteArrayView> parts)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    SHA256_CTX state;
    // These cannot fail: they only compute, and the last one wipes the state.
    SHA256_Init(&state);
    for (const QByteArrayView part : parts)
        SHA256_Update(&state, part.data(), static_cast<std::size_t>(part.size()));
    SHA256_Final(digest.data(), &state);
    Sha256Hex hex;
    char *at = hex.data();
    for (const unsigned char byte : digest) {
        std::memcpy(at, hexPairs[byte].data(), sizeof(DigitPair));
        at += sizeof(DigitPair);
    }
    return hex;
}

} // namespace rollcall::base
