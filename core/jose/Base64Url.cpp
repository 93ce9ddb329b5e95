#include "core/jose/Base64Url.h"

#include <array>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace rollcall::jose {

namespace {

constexpr std::array<qint8, 256> makeTable()
{
    std::array<qint8, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < 26; ++i) {
        table.at(std::size_t{'A'} + i) = static_cast<qint8>(i);
        table.at(std::size_t{'a'} + i) = static_cast<qint8>(26 + i);
    }
    for (std::size_t i = 0; i < 10; ++i)
        table.at(std::size_t{'0'} + i) = static_cast<qint8>(52 + i);
    table.at('+') = table.at('-') = 62;
    table.at('/') = table.at('_') = 63;
    return table;
}

constexpr auto sixBits = makeTable();

int valueOf(char c)
{
    return sixBits.at(static_cast<quint8>(c));
}

/// Collects sextets into bytes; what does not fill a byte at the end is dropped.
class Collector
{
public:
    explicit Collector(qsizetype textSize) { m_bytes.reserve(textSize / 4 * 3 + 3); }
    void add(int sextet)
    {
        m_bits = (m_bits << 6) | static_cast<quint32>(sextet);
        m_count += 6;
        if (m_count >= 8) {
            m_count -= 8;
            m_bytes.append(static_cast<char>((m_bits >> m_count) & 0xffU));
        }
    }
    [[nodiscard]] QByteArray take() { return std::move(m_bytes); }

private:
    QByteArray m_bytes;
    quint32 m_bits = 0;
    int m_count = 0;
};

bool isAsciiWhiteSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

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

#ifdef __x86_64__

// Vector forms for whole blocks; the plain loops do the rest. After W. Muła and D. Lemire, "Faster Base64 Encoding and
// Decoding using AVX2 Instructions" (2018), with comparisons in place of their nibble tables: that is as fast here and
// holds for this alphabet.

bool hasAvx2()
{
    static const bool has = __builtin_cpu_supports("avx2") != 0;
    return has;
}

__attribute__((target("avx2"))) inline __m256i between(__m256i c, char first, char last)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(c, _mm256_set1_epi8(static_cast<char>(first - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8(static_cast<char>(last + 1)), c));
}

/// 32 characters to 24 bytes at a time; false at one that is not of the alphabet.
__attribute__((target("avx2"))) bool decodeBlocks(const char *&in, const char *end, char *&out)
{
    for (; end - in >= 32; in += 32, out += 24) {
        const __m256i c = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(in));
        const __m256i upper = between(c, 'A', 'Z');
        const __m256i lower = between(c, 'a', 'z');
        const __m256i digit = between(c, '0', '9');
        const __m256i dash = _mm256_cmpeq_epi8(c, _mm256_set1_epi8('-'));
        const __m256i bar = _mm256_cmpeq_epi8(c, _mm256_set1_epi8('_'));
        const __m256i known =
            _mm256_or_si256(_mm256_or_si256(upper, lower), _mm256_or_si256(digit, _mm256_or_si256(dash, bar)));
        if (_mm256_movemask_epi8(known) != -1)
            return false;
        const __m256i shift =
            _mm256_or_si256(_mm256_or_si256(_mm256_and_si256(upper, _mm256_set1_epi8(-'A')),
                                            _mm256_and_si256(lower, _mm256_set1_epi8(26 - 'a'))),
                            _mm256_or_si256(_mm256_and_si256(digit, _mm256_set1_epi8(52 - '0')),
                                            _mm256_or_si256(_mm256_and_si256(dash, _mm256_set1_epi8(62 - '-')),
                                                            _mm256_and_si256(bar, _mm256_set1_epi8(63 - '_')))));
        const __m256i sextets = _mm256_add_epi8(c, shift);
        const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
        const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
        const __m256i packed =
            _mm256_shuffle_epi8(fours, _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0,
                                                        6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
        const __m256i joined = _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out), _mm256_castsi256_si128(joined));
        _mm_storel_epi64(reinterpret_cast<__m128i *>(out + 16), _mm256_extracti128_si256(joined, 1));
    }
    return true;
}

/// @p change where a sextet is @p first or more: from there on, its character lies by so much further away.
__attribute__((target("avx2"))) inline __m256i changeFrom(__m256i sextets, char first, char change)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(sextets, _mm256_set1_epi8(static_cast<char>(first - 1))),
                            _mm256_set1_epi8(change));
}

/// 24 bytes to 32 characters at a time, as long as four bytes more can be read.
__attribute__((target("avx2"))) void encodeBlocks(const char *&in, const char *end, char *&out)
{
    for (; end - in >= 28; in += 24, out += 32) {
        const __m256i bytes =
            _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i *>(in))),
                                    _mm_loadu_si128(reinterpret_cast<const __m128i *>(in + 12)), 1);
        const __m256i spread =
            _mm256_shuffle_epi8(bytes, _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1,
                                                        4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
        const __m256i high =
            _mm256_mulhi_epu16(_mm256_and_si256(spread, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
        const __m256i low =
            _mm256_mullo_epi16(_mm256_and_si256(spread, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
        const __m256i sextets = _mm256_or_si256(high, low);
        const __m256i shift =
            _mm256_add_epi8(_mm256_add_epi8(_mm256_set1_epi8('A'), changeFrom(sextets, 26, ('a' - 26) - 'A')),
                            _mm256_add_epi8(changeFrom(sextets, 52, ('0' - 52) - ('a' - 26)),
                                            _mm256_add_epi8(changeFrom(sextets, 62, ('-' - 62) - ('0' - 52)),
                                                            changeFrom(sextets, 63, ('_' - 63) - ('-' - 62)))));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(out), _mm256_add_epi8(sextets, shift));
    }
}

#endif

} // namespace

bool decodeBase64Url(QByteArrayView text, std::span<char> out)
{
    constexpr quint32 refused = 0x80; // set in the table's value for a character outside the alphabet alone
    const char *in = text.data();
    const char *end = in + text.size();
    char *at = out.data();
    if (text.size() % 4 == 1 || out.size() != static_cast<std::size_t>(base64UrlBytes(text.size())))
        return false;
#ifdef __x86_64__
    if (hasAvx2() && !decodeBlocks(in, end, at))
        return false;
#endif
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

char *encodeBase64Url(QByteArrayView bytes, char *out)
{
    const char *in = bytes.data();
    const char *end = in + bytes.size();
#ifdef __x86_64__
    if (hasAvx2())
        encodeBlocks(in, end, out);
#endif
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

QByteArray toBase64Url(QByteArrayView bytes)
{
    QByteArray text(base64UrlSize(bytes.size()), Qt::Uninitialized);
    encodeBase64Url(bytes, text.data());
    return text;
}

QByteArray fromBase64Lenient(QByteArrayView text)
{
    Collector collector(text.size());
    for (const char c : text) {
        if (c == '=')
            break;
        if (const int value = valueOf(c); value >= 0)
            collector.add(value);
    }
    return collector.take();
}

std::optional<QByteArray> fromBase64UrlStrict(QByteArrayView text)
{
    QByteArray plain(base64UrlBytes(text.size()), Qt::Uninitialized);
    if (decodeBase64Url(text, std::span(plain.data(), static_cast<std::size_t>(plain.size()))))
        return plain;
    qsizetype significant = 0;
    qsizetype padding = 0;
    for (const char c : text) {
        if (isAsciiWhiteSpace(c))
            continue;
        ++significant;
        if (c == '=')
            ++padding;
        else if (padding > 0 || c == '+' || c == '/' || valueOf(c) < 0)
            return std::nullopt;
    }
    // Padding may be left out, but where it stands it must complete the last group of four.
    if (padding > 2 || (padding > 0 && significant % 4 != 0) || (significant - padding) % 4 == 1)
        return std::nullopt;
    Collector collector(text.size());
    for (const char c : text) {
        if (const int value = valueOf(c); value >= 0)
            collector.add(value);
    }
    return collector.take();
}

} // namespace rollcall::jose
