#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <compare>
#include <cstring>

namespace rollcall::cache {

/// 128 bits that stand for a token in the process that made them.
struct TokenDigest
{
    quint64 high = 0;
    quint64 low = 0;

    bool operator==(const TokenDigest &) const = default;
};

/// Hashes tokens under a key drawn at random for this object, so that nobody can craft two tokens with the same digest:
/// whatever two tokens are chosen without knowledge of the key, they collide with a probability of at most 2^-126.
///
/// Up to longestFast bytes it is two independent NH sums, each folded to 64 bits by a strongly universal
/// multiply-and-shift: one multiplication for 16 bytes and sum, about a tenth of the time of SipHash-2-4-128 or SHA-256
/// at the size of a JWT. Longer tokens, which are rare, take SHA-256 behind a random prefix. The digest depends on the
/// machine's byte order and must not leave the process.
/// **Source:** Black, Halevi, Krawczyk, Krovetz, Rogaway, "UMAC: Fast and Secure Message Authentication", CRYPTO '99
/// (NH, that the sums of two messages differ by any given amount with 2^-64 at most, and adding the length);
/// Dietzfelbinger, "Universal hashing and k-wise independent random variables via integer arithmetic without primes",
/// STACS '96 (the fold).
/// **Thread-safety:** immutable after construction.
class TokenHash final
{
public:
    /// Tokens of more bytes are hashed by SHA-256.
    static constexpr qsizetype longestFast = 4096;

    /// Draws a key from the system's random source.
    TokenHash();

    /// The digest of @p token, the same for each call on this object. Allocates nothing up to longestFast.
    [[nodiscard]] TokenDigest operator()(QByteArrayView token) const;

private:
    __extension__ using Wide = unsigned __int128;
    /// A pair for each 16 bytes.
    static constexpr std::size_t keyWords = longestFast / 8;

    /// The key of one 64-bit half of the digest.
    struct Half
    {
        std::array<quint64, keyWords> nh;
        std::array<quint64, 6> fold;
    };

    [[nodiscard]] TokenDigest slow(QByteArrayView token) const;
    [[nodiscard]] static quint64 fold(Wide sum, const Half &key)
    {
        const auto wide = [&key](std::size_t i) { return Wide{key.fold.at(i)} << 64 | key.fold.at(i + 1); };
        const Wide folded = wide(0) * static_cast<quint64>(sum) + wide(2) * static_cast<quint64>(sum >> 64) + wide(4);
        return static_cast<quint64>(folded >> 64);
    }
    [[nodiscard]] static quint64 wordAt(const char *bytes)
    {
        quint64 word = 0;
        std::memcpy(&word, bytes, sizeof word);
        return word;
    }

    Half m_high;
    Half m_low;
    QByteArray m_prefix;
};

// Here, as each look into a cache begins with it.
inline TokenDigest TokenHash::operator()(QByteArrayView token) const
{
    if (token.size() > longestFast)
        return slow(token);
    constexpr qsizetype pairBytes = 16;
    const quint64 *highKey = m_high.nh.data();
    const quint64 *lowKey = m_low.nh.data();
    // The length tells apart texts that differ in nothing but what their last pair is filled up with: sums of different
    // pairs differ by any given amount with no more than 2^-64, so adding it costs nothing of the bound.
    Wide high = static_cast<quint64>(token.size());
    Wide low = high;
    const auto add = [&](quint64 first, quint64 second) {
        high += Wide{first + highKey[0]} * Wide{second + highKey[1]};
        low += Wide{first + lowKey[0]} * Wide{second + lowKey[1]};
        highKey += 2;
        lowKey += 2;
    };
    const char *from = token.data();
    qsizetype left = token.size();
    for (; left >= pairBytes; left -= pairBytes, from += pairBytes)
        add(wordAt(from), wordAt(from + 8));
    if (left > 0 && token.size() >= pairBytes) {
        // What is left, together with what came before.
        add(wordAt(token.end() - pairBytes), wordAt(token.end() - 8));
    } else if (left > 0) {
        std::array<char, pairBytes> last{};
        std::memcpy(last.data(), from, static_cast<std::size_t>(left));
        add(wordAt(last.data()), wordAt(last.data() + 8));
    }
    return {fold(high, m_high), fold(low, m_low)};
}

} // namespace rollcall::cache
