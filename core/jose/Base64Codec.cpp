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

/// The 16 bytes from @p at on, with @p filler in the place of those from @p end on. From @p begin to @p end memory may
/// be read. By loads that lie within it and shifts of them: a copy that is loaded as soon as it is made stalls the
/// processor longer than a whole block takes.
ROLLCALL_AVX2 inline __m128i loadUpTo(const char *begin, const char *at, const char *end, char filler)
{
    constexpr std::ptrdiff_t size = sizeof(__m128i);
    static constexpr std::array<signed char, 2 * size> places{0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                              11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1,
                                                              -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    if (end - at >= size)
        return _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
    const __m128i fill = _mm_set1_epi8(filler);
    if (at >= end)
        return fill;
    if (end - begin >= size) {
        const std::ptrdiff_t missing = size - (end - at);
        const __m128i kept = _mm_loadu_si128(reinterpret_cast<const __m128i *>(places.data() + missing));
        const __m128i last = _mm_loadu_si128(reinterpret_cast<const __m128i *>(end - size));
        return _mm_blendv_epi8(_mm_shuffle_epi8(last, kept), fill, kept);
    }
    alignas(size) std::array<char, size> rest;
    rest.fill(filler);
    std::memcpy(rest.data(), at, static_cast<std::size_t>(end - at));
    return _mm_load_si128(reinterpret_cast<const __m128i *>(rest.data()));
}

/// Copies begin and end of @p size bytes, which overlap, as pieces of a known size; false where they are not two.
template <typename Piece>
inline bool copyEnds(const char *from, std::ptrdiff_t size, char *to)
{
    constexpr auto length = static_cast<std::ptrdiff_t>(sizeof(Piece));
    if (size < length || size > 2 * length)
        return false;
    std::memcpy(to, from, sizeof(Piece));
    std::memcpy(to + size - length, from + size - length, sizeof(Piece));
    return true;
}

/// Writes the first @p size bytes of @p block, at most 32.
ROLLCALL_AVX2 inline void storeUpTo(char *out, __m256i block, std::ptrdiff_t size)
{
    alignas(32) std::array<char, blockText> whole;
    _mm256_store_si256(reinterpret_cast<__m256i *>(whole.data()), block);
    if (!copyEnds<__m128i>(whole.data(), size, out) && !copyEnds<quint64>(whole.data(), size, out) &&
        !copyEnds<quint32>(whole.data(), size, out))
        std::copy_n(whole.data(), size, out);
}

ROLLCALL_AVX2 bool decodeVector(const char *in, std::ptrdiff_t size, char *out)
{
    const char *begin = in;
    const char *end = in + size;
    __m256i bad = _mm256_setzero_si256();
    for (; end - in >= blockText; in += blockText, out += blockBytes) {
        const __m256i block = decodeBlock(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(in)), bad);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out), _mm256_castsi256_si128(block));
        _mm_storel_epi64(reinterpret_cast<__m128i *>(out + 16), _mm256_extracti128_si256(block, 1));
    }
    if (in != end) {
        const __m256i text =
            _mm256_set_m128i(loadUpTo(begin, in + blockText / 2, end, 'A'), loadUpTo(begin, in, end, 'A'));
        storeUpTo(out, decodeBlock(text, bad), base64UrlBytes(end - in));
    }
    return _mm256_testz_si256(bad, bad) != 0;
}

/// Encodes the first twelve bytes of each of the two.
ROLLCALL_AVX2 inline __m256i encodeBlock(__m128i first, __m128i second)
{
    const __m256i bytes = _mm256_set_m128i(second, first);
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
    constexpr std::ptrdiff_t half = blockBytes / 2;
    constexpr std::ptrdiff_t readable = half + sizeof(__m128i);
    const char *begin = in;
    const char *end = in + size;
    for (; end - in >= readable; in += blockBytes, out += blockText) {
        const __m256i text = encodeBlock(_mm_loadu_si128(reinterpret_cast<const __m128i *>(in)),
                                         _mm_loadu_si128(reinterpret_cast<const __m128i *>(in + half)));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(out), text);
    }
    while (in != end) {
        const std::ptrdiff_t taken = std::min(end - in, blockBytes);
        const qsizetype written = base64UrlSize(taken);
        storeUpTo(out, encodeBlock(loadUpTo(begin, in, end, 0), loadUpTo(begin, in + half, end, 0)), written);
        in += taken;
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
