#include "core/jose/Base64Codec.h"

#include <QtGlobal>

#include <algorithm>
#include <array>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "core/jose/Base64Url.h"

namespace rollcall::jose {

namespace {

constexpr std::array<char, 64> makeAlphabet()
{
    std::array<char, 64> alphabet{};
    for (std::size_t i = 0; i < 26; ++i) {
        alphabet.at(i) = static_cast<char>('A' + i);
        alphabet.at(26 + i) = static_cast<char>('a' + i);
    }
    for (std::size_t i = 0; i < 10; ++i)
        alphabet.at(52 + i) = static_cast<char>('0' + i);
    alphabet.at(62) = '-';
    alphabet.at(63) = '_';
    return alphabet;
}

constexpr auto alphabet = makeAlphabet();

/// The table of base64url alone: 0xff for what is not in it.
constexpr std::array<quint8, 256> makeUrlTable()
{
    std::array<quint8, 256> table{};
    table.fill(0xff);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table.at(static_cast<quint8>(alphabet.at(i))) = static_cast<quint8>(i);
    return table;
}

constexpr auto urlSextets = makeUrlTable();

quint32 urlSextet(char c)
{
    return urlSextets[static_cast<quint8>(c)];
}

bool decodePlain(const char *in, std::ptrdiff_t size, char *at)
{
    constexpr quint32 refused = 0x80; // set in the table's value for a character outside the alphabet alone
    const char *end = in + size;
    quint32 bad = 0;
    for (; end - in >= 4; in += 4, at += 3) {
        const quint32 a = urlSextet(in[0]);
        const quint32 b = urlSextet(in[1]);
        const quint32 c = urlSextet(in[2]);
        const quint32 d = urlSextet(in[3]);
        bad |= a | b | c | d;
        at[0] = static_cast<char>((a << 2) | (b >> 4));
        at[1] = static_cast<char>((b << 4) | (c >> 2));
        at[2] = static_cast<char>((c << 6) | d);
    }
    if (end - in >= 2) {
        const quint32 a = urlSextet(in[0]);
        const quint32 b = urlSextet(in[1]);
        const quint32 c = end - in == 3 ? urlSextet(in[2]) : 0;
        bad |= a | b | c;
        at[0] = static_cast<char>((a << 2) | (b >> 4));
        if (end - in == 3)
            at[1] = static_cast<char>((b << 4) | (c >> 2));
    }
    return (bad & refused) == 0;
}

char *encodePlain(const char *in, std::ptrdiff_t size, char *out)
{
    const char *end = in + size;
    const auto byte = [&in](int i) { return static_cast<quint32>(static_cast<quint8>(in[i])); };
    const auto put = [&out](quint32 sextet) { *out++ = alphabet[sextet & 0x3fU]; };
    for (; end - in >= 3; in += 3) {
        const quint32 bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        put(bits >> 18);
        put(bits >> 12);
        put(bits >> 6);
        put(bits);
    }
    if (end - in == 1) {
        put(byte(0) >> 2);
        put(byte(0) << 4);
    } else if (end - in == 2) {
        put(byte(0) >> 2);
        put(byte(0) << 4 | byte(1) >> 4);
        put(byte(1) << 2);
    }
    return out;
}

#ifdef __x86_64__

// Vector forms, 32 characters to 24 bytes at a time and back; the rest is filled up to a whole block. After W. Muła and
// D. Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions" (2018), with tables for this alphabet.
#define ROLLCALL_AVX2 __attribute__((target("avx2")))

constexpr std::ptrdiff_t blockText = 32;
constexpr std::ptrdiff_t blockBytes = 24;

/// The same 16 bytes in both halves.
ROLLCALL_AVX2 inline __m256i twice(__m128i half)
{
    return _mm256_broadcastsi128_si256(half);
}

/// Decodes one block into the first 24 bytes of the result; @p bad collects what is not of the alphabet.
ROLLCALL_AVX2 inline __m256i decodeBlock(__m256i text, __m256i &bad)
{
    // A character is refused where the bits of its two halves meet: one bit for each row of 16 characters that has
    // members (0x01: 2, 0x02: 3, 0x04: 4 and 6, 0x08: 5, 0x20: 7), 0x10 for all other rows.
    const __m256i byLow = twice(
        _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x3b, 0x3b, 0x3a, 0x3b, 0x33));
    const __m256i byHigh = twice(
        _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x20, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
    // What leads from a character to its value, by row; '_' (row 5) has an entry of its own at 8.
    const __m256i shifts =
        twice(_mm_setr_epi8(0, 0, 62 - '-', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 63 - '_', 0, 0, 0, 0, 0, 0, 0));
    const __m256i nibble = _mm256_set1_epi8(0x0f);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), nibble);
    const __m256i low = _mm256_and_si256(text, nibble);
    bad = _mm256_or_si256(bad, _mm256_and_si256(_mm256_shuffle_epi8(byLow, low), _mm256_shuffle_epi8(byHigh, high)));
    const __m256i isBar = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('_'));
    const __m256i row = _mm256_add_epi8(high, _mm256_and_si256(isBar, _mm256_set1_epi8(3)));
    const __m256i sextets = _mm256_add_epi8(text, _mm256_shuffle_epi8(shifts, row));
    const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i packed =
        _mm256_shuffle_epi8(fours, twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
    return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

ROLLCALL_AVX2 bool decodeVector(const char *in, std::ptrdiff_t size, char *out)
{
    __m256i bad = _mm256_setzero_si256();
    for (; size >= blockText; in += blockText, size -= blockText, out += blockBytes) {
        const __m256i block = decodeBlock(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(in)), bad);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out), _mm256_castsi256_si128(block));
        _mm_storel_epi64(reinterpret_cast<__m128i *>(out + 16), _mm256_extracti128_si256(block, 1));
    }
    if (size > 0) {
        alignas(32) std::array<char, blockText> rest;
        rest.fill('A');
        std::memcpy(rest.data(), in, static_cast<std::size_t>(size));
        const __m256i block = decodeBlock(_mm256_load_si256(reinterpret_cast<const __m256i *>(rest.data())), bad);
        _mm256_store_si256(reinterpret_cast<__m256i *>(rest.data()), block);
        std::memcpy(out, rest.data(), static_cast<std::size_t>(base64UrlBytes(size)));
    }
    return _mm256_testz_si256(bad, bad) != 0;
}

/// Encodes the 24 bytes at @p in, of which 28 must be readable.
ROLLCALL_AVX2 inline __m256i encodeBlock(const char *in)
{
    const __m256i bytes =
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i *>(in))),
                                _mm_loadu_si128(reinterpret_cast<const __m128i *>(in + blockBytes / 2)), 1);
    const __m256i spread =
        _mm256_shuffle_epi8(bytes, twice(_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10)));
    const __m256i high =
        _mm256_mulhi_epu16(_mm256_and_si256(spread, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    const __m256i low =
        _mm256_mullo_epi16(_mm256_and_si256(spread, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
    const __m256i sextets = _mm256_or_si256(high, low);
    // What leads from a sextet to its character: capital letters are told from all else, which counts from 51 as 0.
    const __m256i shifts = twice(_mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                               '0' - 52, '0' - 52, '0' - 52, '0' - 52, '-' - 62, '_' - 63, 'A', 0, 0));
    constexpr char lastSmall = 51;
    constexpr char ofCapitals = 13; // their entry in the table
    const __m256i isCapital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), sextets);
    const __m256i row = _mm256_or_si256(_mm256_subs_epu8(sextets, _mm256_set1_epi8(lastSmall)),
                                        _mm256_and_si256(isCapital, _mm256_set1_epi8(ofCapitals)));
    return _mm256_add_epi8(sextets, _mm256_shuffle_epi8(shifts, row));
}

ROLLCALL_AVX2 char *encodeVector(const char *in, std::ptrdiff_t size, char *out)
{
    constexpr std::ptrdiff_t readable = 28;
    for (; size >= readable; in += blockBytes, size -= blockBytes, out += blockText)
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(out), encodeBlock(in));
    while (size > 0) {
        const std::ptrdiff_t taken = std::min(size, blockBytes);
        alignas(32) std::array<char, blockText> rest{};
        std::memcpy(rest.data(), in, static_cast<std::size_t>(taken));
        _mm256_store_si256(reinterpret_cast<__m256i *>(rest.data()), encodeBlock(rest.data()));
        const qsizetype written = base64UrlSize(taken);
        std::memcpy(out, rest.data(), static_cast<std::size_t>(written));
        in += taken;
        size -= taken;
        out += written;
    }
    return out;
}

#endif

} // namespace

const Base64Codec &plainBase64()
{
    static constexpr Base64Codec plain{decodePlain, encodePlain};
    return plain;
}

const Base64Codec *vectorBase64()
{
#ifdef __x86_64__
    static constexpr Base64Codec vector{decodeVector, encodeVector};
    static const bool supported = __builtin_cpu_supports("avx2") != 0;
    return supported ? &vector : nullptr;
#else
    return nullptr;
#endif
}

} // namespace rollcall::jose
