#include "core/http/PlainRun.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace rollcall::http {

namespace {

#ifdef __x86_64__

#define ROLLCALL_AVX2 __attribute__((target("avx2")))

constexpr std::ptrdiff_t blockSize = sizeof(__m256i);

/// A bit for each of 32 characters that does not stand for itself.
ROLLCALL_AVX2 inline unsigned othersAmong(const char *from)
{
    // A character stands for itself where the bits of its two halves meet: one bit for each row of 16 characters that
    // has such members (0x01: 2, 0x02: 3, 0x04: 4 and 6, 0x08: 5, 0x10: 7). The shuffle gives 0 for those beyond ASCII.
    const __m256i byLow = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0x1a, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1e, 0x1c, 0x04, 0x04, 0x05, 0x05, 0x0c));
    const __m256i byHigh =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0x01, 0x02, 0x04, 0x08, 0x04, 0x10, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), _mm256_set1_epi8(0x0f));
    const __m256i meet = _mm256_and_si256(_mm256_shuffle_epi8(byLow, text), _mm256_shuffle_epi8(byHigh, high));
    return static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(meet, _mm256_setzero_si256())));
}

ROLLCALL_AVX2 const char *vectorEnd(const char *begin, const char *from, const char *end)
{
    for (; end - from >= blockSize; from += blockSize) {
        if (const unsigned others = othersAmong(from); others != 0)
            return from + std::countr_zero(others);
    }
    if (from == end)
        return end;
    if (end - begin < blockSize)
        return plainRunEnd(begin, from, end);
    // What is left, together with what came before.
    const unsigned others = othersAmong(end - blockSize) >> static_cast<unsigned>(blockSize - (end - from));
    return others != 0 ? from + std::countr_zero(others) : end;
}

#endif

} // namespace

const char *plainRunEnd(const char *, const char *from, const char *end)
{
    const auto isPlain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    return std::find_if_not(from, end, isPlain);
}

PlainRunEnd vectorPlainRunEnd()
{
#ifdef __x86_64__
    static const bool supported = __builtin_cpu_supports("avx2") != 0;
    return supported ? vectorEnd : nullptr;
#else
    return nullptr;
#endif
}

} // namespace rollcall::http
