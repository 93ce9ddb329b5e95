#include "core/jose/RandomBytes.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "core/base/DigitPairs.h"

namespace rollcall::jose {

namespace {

constexpr std::size_t blockSize = 4096;

/// Rises in every forked child, so that it draws afresh what its parent has drawn too.
std::atomic<unsigned> forks{0};

void countFork()
{
    forks.fetch_add(1, std::memory_order_relaxed);
}

/// Bytes drawn in advance by one thread. **Thread-safety:** one object, one thread.
class Block
{
public:
    Block() = default;
    Block(const Block &) = delete;
    Block &operator=(const Block &) = delete;
    ~Block() { OPENSSL_cleanse(m_bytes.data(), m_bytes.size()); }

    bool take(std::span<unsigned char> out)
    {
        if (m_bytes.size() - m_used < out.size() || m_fork != forks.load(std::memory_order_relaxed)) {
            if (!draw())
                return false;
        }
        unsigned char *const from = m_bytes.data() + m_used;
        std::memcpy(out.data(), from, out.size());
        std::memset(from, 0, out.size());
        m_used += out.size();
        return true;
    }

private:
    bool draw()
    {
        static const int registered = pthread_atfork(nullptr, nullptr, countFork);
        m_used = m_bytes.size();
        if (registered != 0 || RAND_bytes(m_bytes.data(), static_cast<int>(m_bytes.size())) != 1)
            return false;
        m_fork = forks.load(std::memory_order_relaxed);
        m_used = 0;
        return true;
    }

    std::array<unsigned char, blockSize> m_bytes{};
    std::size_t m_used = blockSize;
    unsigned m_fork = 0;
};

} // namespace

bool randomBytes(std::span<unsigned char> out)
{
    if (out.size() > blockSize / 4)
        return RAND_bytes(out.data(), static_cast<int>(out.size())) == 1;
    thread_local Block block;
    return block.take(out);
}

bool randomUuid(std::span<char, 36> out)
{
    std::array<unsigned char, 16> bytes;
    if (!randomBytes(bytes))
        return false;
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
    char *at = out.data();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        std::memcpy(at, base::hexPairs[bytes[i]].data(), sizeof(base::DigitPair));
        at += sizeof(base::DigitPair);
    }
    return true;
}

} // namespace rollcall::jose
