#include "core/jose/CanonicalJson.h"

#include <simdjson.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rollcall::jose {

namespace {

// Why not simdjson here: it reads any JSON, and would then have to be asked of every token whether that is how
// JSON.stringify prints it. A grammar without white space, exponents and duplicates is smaller than those questions,
// and needs one pass.
class Scanner
{
public:
    explicit Scanner(QByteArrayView text) : m_begin(text.data()), m_at(m_begin), m_end(m_begin + text.size()) {}

    bool document(ClaimIndex &index)
    {
        return take('{') && members(0, [&index](const ClaimMember &member) { index.append(member); }) &&
               m_at == m_end && (!m_nonAscii || simdjson::validate_utf8(m_begin, size()));
    }

private:
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(m_end - m_begin); }
    [[nodiscard]] quint32 offset(const char *at) const { return static_cast<quint32>(at - m_begin); }

    bool take(char expected)
    {
        if (m_at == m_end || *m_at != expected)
            return false;
        ++m_at;
        return true;
    }

    bool takeWord(const char *word, std::size_t length)
    {
        if (static_cast<std::size_t>(m_end - m_at) < length || std::memcmp(m_at, word, length) != 0)
            return false;
        m_at += length;
        return true;
    }

    /// The members of an object and its closing brace.
    template <typename Use>
    bool members(int depth, Use use)
    {
        if (take('}'))
            return true;
        const std::size_t firstName = m_names;
        quint64 seen = 0;
        do {
            ClaimMember member;
            if (!take('"'))
                return false;
            member.nameAt = offset(m_at);
            if (!stringTail())
                return false;
            member.nameSize = offset(m_at - 1) - member.nameAt;
            if (!isNewName(member, firstName, seen) || !take(':') || !value(depth, member.kind))
                return false;
            member.end = offset(m_at);
            use(member);
        } while (take(','));
        m_names = firstName;
        return take('}');
    }

    /// Remembers a name of the object whose names begin at @p firstName; false where it stood there before, or is one
    /// that JavaScript would list first. @p seen: a bit for each hash of a name.
    bool isNewName(const ClaimMember &member, std::size_t firstName, quint64 &seen)
    {
        const char *name = m_begin + member.nameAt;
        const std::size_t length = member.nameSize;
        if (length > 0 && *name >= '0' && *name <= '9' && isAllDigits(name, length))
            return false;
        const auto hash = length == 0 ? 0U : static_cast<quint8>(name[0]) * 7U + static_cast<quint8>(name[length - 1]);
        const quint64 bit = quint64{1} << ((hash + length) & 63U);
        if ((seen & bit) != 0) {
            for (std::size_t i = firstName; i < m_names; ++i) {
                if (m_nameList.at(i).size == length && std::memcmp(m_nameList.at(i).at, name, length) == 0)
                    return false;
            }
        }
        seen |= bit;
        if (m_names == m_nameList.size())
            return false;
        m_nameList.at(m_names++) = {name, length};
        return true;
    }

    static bool isAllDigits(const char *text, std::size_t length)
    {
        for (std::size_t i = 0; i < length; ++i) {
            if (text[i] < '0' || text[i] > '9')
                return false;
        }
        return true;
    }

    bool elements(int depth)
    {
        if (take(']'))
            return true;
        JsonKind ignored{};
        do {
            if (!value(depth, ignored))
                return false;
        } while (take(','));
        return take(']');
    }

    bool value(int depth, JsonKind &kind)
    {
        if (m_at == m_end)
            return false;
        if (*m_at != '"')
            return valueButString(depth, kind);
        // Most values are: apart from the rest, which calls itself, this is compiled into its callers.
        ++m_at;
        kind = JsonKind::String;
        return stringTail();
    }

    /// A value that is no string; there is at least one character.
    bool valueButString(int depth, JsonKind &kind)
    {
        switch (*m_at) {
        case '{':
            ++m_at;
            kind = JsonKind::Object;
            return depth + 1 < maxCanonicalDepth && members(depth + 1, [](const ClaimMember &) {});
        case '[':
            ++m_at;
            kind = JsonKind::Array;
            return depth + 1 < maxCanonicalDepth && elements(depth + 1);
        case 't':
            kind = JsonKind::Boolean;
            return takeWord("true", 4);
        case 'f':
            kind = JsonKind::Boolean;
            return takeWord("false", 5);
        case 'n':
            kind = JsonKind::Null;
            return takeWord("null", 4);
        default:
            kind = JsonKind::Number;
            return integer();
        }
    }

    /// An integer that a double holds exactly and JavaScript prints in the same digits.
    bool integer()
    {
        constexpr std::ptrdiff_t mostDigits = 15;
        const bool negative = take('-');
        const char *from = m_at;
        const char *at = from;
        while (at != m_end && *at >= '0' && *at <= '9')
            ++at;
        m_at = at;
        const std::ptrdiff_t digits = at - from;
        if (digits == 0 || digits > mostDigits || (*from == '0' && (negative || digits > 1)))
            return false;
        // A point or an exponent may follow: what is not a separator is refused by the caller.
        return true;
    }

    /// What follows an opening quote, up to and with the closing one.
    bool stringTail()
    {
        for (;;) {
            skipPlain();
            if (m_at == m_end)
                return false;
            if (*m_at == '"') {
                ++m_at;
                return true;
            }
            if (*m_at != '\\' || m_end - m_at < 2 || !isShortEscape(m_at[1]))
                return false;
            m_at += 2;
        }
    }

    /// Those JSON.stringify uses: not the solidus.
    static bool isShortEscape(char c)
    {
        return c == '"' || c == '\\' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't';
    }

    /// Passes over the characters of a string that stand for themselves.
    void skipPlain()
    {
        for (;;) {
            const std::ptrdiff_t offset = m_at - m_begin;
            if (const std::ptrdiff_t block = offset / blockSize; block != m_block)
                load(block);
            if (const quint64 special = m_special >> (offset % blockSize); special != 0) {
                m_at += std::countr_zero(special);
                return;
            }
            m_at = m_begin + (m_block + 1) * blockSize;
            if (m_at >= m_end) {
                m_at = m_end;
                return;
            }
        }
    }

    /// Finds what is no plain character in 64 bytes: many strings lie in them, which need no scan of their own then.
    void load(std::ptrdiff_t block)
    {
        m_block = block;
        const char *from = m_begin + block * blockSize;
        std::array<char, blockSize> last;
        if (m_end - from < blockSize) {
            last.fill(' ');
            std::memcpy(last.data(), from, static_cast<std::size_t>(m_end - from));
            from = last.data();
        }
        m_special = 0;
#ifdef __SSE2__
        constexpr int step = 16;
        __m128i all = _mm_setzero_si128();
        for (int i = 0; i < blockSize; i += step) {
            const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + i));
            const __m128i special = _mm_or_si128(
                _mm_or_si128(_mm_cmpeq_epi8(chunk, _mm_set1_epi8('"')), _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\\'))),
                _mm_cmpeq_epi8(_mm_min_epu8(chunk, _mm_set1_epi8(0x1f)), chunk));
            all = _mm_or_si128(all, chunk);
            m_special |= quint64{static_cast<quint32>(_mm_movemask_epi8(special))} << i;
        }
        m_nonAscii = m_nonAscii || _mm_movemask_epi8(all) != 0;
#else
        for (int i = 0; i < blockSize; ++i) {
            const auto c = static_cast<quint8>(from[i]);
            m_special |= quint64{c < 0x20 || c == '"' || c == '\\'} << i;
            m_nonAscii = m_nonAscii || c >= 0x80;
        }
#endif
    }

    struct Name
    {
        const char *at;
        std::size_t size;
    };

    static constexpr std::ptrdiff_t blockSize = 64;

    const char *m_begin;
    const char *m_at;
    const char *m_end;
    std::ptrdiff_t m_block = -1; ///< the one that m_special is of
    quint64 m_special = 0;       ///< a bit for each quote, backslash and control character
    bool m_nonAscii = false;
    std::size_t m_names = 0;         ///< in use: those of the objects that are open
    std::array<Name, 64> m_nameList; // NOLINT(cppcoreguidelines-pro-type-member-init): m_names says what is set
};

} // namespace

bool indexCanonical(QByteArrayView text, ClaimIndex &index)
{
    return text.size() <= std::numeric_limits<qint32>::max() && Scanner(text).document(index);
}

} // namespace rollcall::jose
