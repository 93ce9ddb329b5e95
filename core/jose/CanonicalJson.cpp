#include "core/jose/CanonicalJson.h"

#include <simdjson.h>

#include <algorithm>
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
//
// Where the scan has come to is handed from function to function, each of which returns where it ends, or nullptr where
// it refuses: so it stays in a register, while a member of this class would be written to memory at each step.
class Scanner
{
public:
    explicit Scanner(QByteArrayView text) : m_begin(text.data()), m_end(m_begin + text.size()) {}

    bool document(ClaimIndex &index)
    {
        if (m_begin == m_end || *m_begin != '{')
            return false;
        const char *at = members(m_begin + 1, 0, [&index]() -> ClaimMember & { return index.emplace_back(); });
        return at == m_end && (!m_nonAscii || simdjson::validate_utf8(m_begin, size()));
    }

private:
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(m_end - m_begin); }
    [[nodiscard]] quint32 offset(const char *at) const { return static_cast<quint32>(at - m_begin); }
    [[nodiscard]] bool stands(char c, const char *at) const { return at != m_end && *at == c; }

    [[nodiscard]] const char *word(const char *at, const char *word, std::ptrdiff_t length) const
    {
        const bool fits = m_end - at >= length && std::memcmp(at, word, static_cast<std::size_t>(length)) == 0;
        return fits ? at + length : nullptr;
    }

    /// The members of an object and its closing brace. @p next: gives the place to write each to; a member that is
    /// copied there would have to wait for its own parts to be written.
    template <typename Next>
    const char *members(const char *at, int depth, Next next)
    {
        if (stands('}', at))
            return at + 1;
        const std::size_t firstName = m_names;
        quint64 seen = 0;
        for (;;) {
            ClaimMember &member = next();
            if (!stands('"', at))
                return nullptr;
            member.nameAt = offset(at + 1);
            at = stringTail(at + 1);
            if (!at)
                return nullptr;
            member.nameSize = offset(at - 1) - member.nameAt;
            if (!isNewName(member, firstName, seen) || !stands(':', at))
                return nullptr;
            ++at;
            // Most values are strings: apart from the rest, which calls itself, they are compiled into this loop.
            if (stands('"', at)) {
                member.kind = JsonKind::String;
                at = stringTail(at + 1);
            } else {
                at = valueButString(at, depth, member.kind);
            }
            if (!at || at == m_end)
                return nullptr;
            member.end = offset(at);
            if (*at == '}')
                break;
            if (*at != ',')
                return nullptr;
            ++at;
        }
        m_names = firstName;
        return at + 1;
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

    const char *elements(const char *at, int depth)
    {
        if (stands(']', at))
            return at + 1;
        JsonKind ignored{};
        for (;;) {
            at = stands('"', at) ? stringTail(at + 1) : valueButString(at, depth, ignored);
            if (!at || at == m_end)
                return nullptr;
            if (*at == ']')
                return at + 1;
            if (*at != ',')
                return nullptr;
            ++at;
        }
    }

    /// A value that is no string.
    const char *valueButString(const char *at, int depth, JsonKind &kind)
    {
        if (at == m_end)
            return nullptr;
        switch (*at) {
        case '{':
            kind = JsonKind::Object;
            if (ClaimMember inner; depth + 1 < maxCanonicalDepth)
                return members(at + 1, depth + 1, [&inner]() -> ClaimMember & { return inner; });
            return nullptr;
        case '[':
            kind = JsonKind::Array;
            return depth + 1 < maxCanonicalDepth ? elements(at + 1, depth + 1) : nullptr;
        case 't':
            kind = JsonKind::Boolean;
            return word(at, "true", 4);
        case 'f':
            kind = JsonKind::Boolean;
            return word(at, "false", 5);
        case 'n':
            kind = JsonKind::Null;
            return word(at, "null", 4);
        default:
            kind = JsonKind::Number;
            return integer(at);
        }
    }

    /// An integer that a double holds exactly and JavaScript prints in the same digits.
    [[nodiscard]] const char *integer(const char *at) const
    {
        constexpr std::ptrdiff_t mostDigits = 15;
        const bool negative = stands('-', at);
        const char *from = negative ? at + 1 : at;
        at = from;
        while (at != m_end && *at >= '0' && *at <= '9')
            ++at;
        const std::ptrdiff_t digits = at - from;
        if (digits == 0 || digits > mostDigits || (*from == '0' && (negative || digits > 1)))
            return nullptr;
        // A point or an exponent may follow: what is not a separator is refused by the caller.
        return at;
    }

    /// What follows an opening quote, up to and with the closing one.
    Q_ALWAYS_INLINE const char *stringTail(const char *at)
    {
        for (;;) {
            at = plainEnd(at);
            if (at == m_end)
                return nullptr;
            if (*at == '"')
                return at + 1;
            if (*at != '\\' || m_end - at < 2 || !isShortEscape(at[1]))
                return nullptr;
            at += 2;
        }
    }

    /// Those JSON.stringify uses: not the solidus.
    static bool isShortEscape(char c)
    {
        return c == '"' || c == '\\' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't';
    }

    /// Behind the characters from @p at on that stand for themselves in a string.
    Q_ALWAYS_INLINE const char *plainEnd(const char *at)
    {
        for (;;) {
            const std::ptrdiff_t offset = at - m_begin;
            const std::ptrdiff_t block = offset / blockSize;
            if (block != m_block)
                load(block);
            if (const quint64 special = m_special >> (offset % blockSize); special != 0)
                return at + std::countr_zero(special);
            at = m_begin + (block + 1) * blockSize;
            if (at >= m_end)
                return m_end;
        }
    }

    /// Finds what is no plain character in 64 bytes: many strings lie in them, which need no scan of their own then.
    Q_NEVER_INLINE void load(std::ptrdiff_t block)
    {
        m_block = block;
        m_special = 0;
        const char *from = m_begin + block * blockSize;
        if (from == m_end)
            return;
        std::array<char, blockSize> padded;
        std::ptrdiff_t before = 0;
        if (m_end - m_begin < blockSize) {
            padded.fill(' ');
            std::memcpy(padded.data(), m_begin, size());
            from = padded.data();
        } else {
            // What is left at the end together with what came before, whose marks are moved out then.
            before = std::max<std::ptrdiff_t>(0, blockSize - (m_end - from));
            from -= before;
        }
        mark(from);
        m_special >>= before;
    }

    /// Sets the bits for the 64 bytes from @p from on.
    void mark(const char *from)
    {
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
