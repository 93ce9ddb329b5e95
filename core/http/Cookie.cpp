#include "core/http/Cookie.h"

#include <QHash>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/base/PercentEncoding.h"
#include "core/base/SameBytes.h"
#include "core/http/PlainRun.h"

namespace rollcall::http {

namespace {

using base::SecretBytes;

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

/// What JavaScript's trim() removes, among the Latin-1 characters that header bytes arrive as.
bool isJsSpace(char c)
{
    return isBlank(c) || c == '\n' || c == '\v' || c == '\f' || c == '\r' || c == '\xa0';
}

template <typename Predicate>
QByteArrayView trimmed(QByteArrayView text, Predicate isSpace)
{
    while (!text.isEmpty() && isSpace(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isSpace(text.back()))
        text.chop(1);
    return text;
}

/// Sixteen characters at a time.
using Block = quint8 __attribute__((vector_size(16)));

Block blockAt(const char *from)
{
    Block text;
    std::memcpy(&text, from, sizeof text);
    return text;
}

/// Calls @p use with blocks in which all characters of @p whole stand: some twice, where they fill no whole block, and
/// in a short text filled up with `A`.
template <typename Use>
void forBlocks(QByteArrayView whole, Use use)
{
    constexpr auto size = static_cast<qsizetype>(sizeof(Block));
    if (whole.size() >= size) {
        for (const char *at = whole.begin(); whole.end() - at >= size; at += size)
            use(blockAt(at));
        // What is left, together with what came before.
        use(blockAt(whole.end() - size));
    } else {
        std::array<char, sizeof(Block)> rest;
        rest.fill('A');
        std::ranges::copy(whole, rest.begin());
        use(blockAt(rest.data()));
    }
}

bool isSet(Block block)
{
    std::array<quint64, 2> halves{};
    std::memcpy(halves.data(), &block, sizeof block);
    return (halves[0] | halves[1]) != 0;
}

/// What there is to decode in a text.
struct Encoding
{
    bool hasEscapes = false;
    bool isAscii = true; ///< then it is UTF-8 as it stands

    [[nodiscard]] bool isPlain() const { return isAscii && !hasEscapes; }
};

Encoding encodingOf(QByteArrayView raw)
{
    Block escapes{};
    Block all{};
    forBlocks(raw, [&](Block text) {
        escapes |= text == '%';
        all |= text;
    });
    return {isSet(escapes), !isSet(all & 0x80)};
}

/// Whether @p raw stands for itself (standsForItself()); it may say no of short ones that do.
bool isToken(QByteArrayView raw)
{
    static const PlainRunEnd runEnd = vectorPlainRunEnd();
    constexpr qsizetype shortest = 32;
    return runEnd && raw.size() >= shortest && runEnd(raw.begin(), raw.begin(), raw.end()) == raw.end();
}

std::optional<SecretBytes> decoded(QByteArrayView raw, Encoding encoding)
{
    const auto form = encoding.isAscii ? base::TextForm::Utf8 : base::TextForm::Latin1;
    bool isGood = false;
    SecretBytes value = SecretBytes::written(base::decodedRoom(raw, form), [&](char *at) {
        char *end = base::decodeUriComponent(raw, form, at);
        char *const roomEnd = at + base::decodedRoom(raw, form);
        isGood = end != nullptr;
        // What was written until it failed is wiped, with all the room; so is what was written too far.
        if (isGood)
            ::explicit_bzero(end, static_cast<std::size_t>(roomEnd - end));
        return isGood ? end : roomEnd;
    });
    return isGood ? std::optional(std::move(value)) : std::nullopt;
}

/// The decoded value, or the raw one where percent-decoding fails.
CookieValue decodedOrRaw(QByteArrayView raw)
{
    // Tokens are: seen faster than what else needs no decoding.
    if (isToken(raw))
        return CookieValue::within(raw);
    const Encoding encoding = encodingOf(raw);
    if (encoding.isPlain())
        return CookieValue::within(raw);
    if (auto value = decoded(raw, encoding))
        return std::move(*value);
    // Raw header bytes arrive in JavaScript as Latin-1 code points.
    QByteArray text = base::fromLatin1(raw);
    return SecretBytes::fromAndWipe(text);
}

/// The place of the first @p c in @p text; its size where there is none.
qsizetype placeOf(char c, QByteArrayView text)
{
    const void *found = text.isEmpty() ? nullptr : std::memchr(text.data(), c, static_cast<std::size_t>(text.size()));
    return found ? static_cast<const char *>(found) - text.data() : text.size();
}

/// An ordered map of cookies by name.
class CookieMap
{
public:
    /// @p wanted: what it is to hold; nullptr: everything.
    explicit CookieMap(const WantedCookies *wanted) : m_wanted(wanted) { m_cookies.reserve(usualCookies); }

    /// The name that header bytes stand for; nullopt where nobody asks for such a cookie.
    [[nodiscard]] std::optional<QByteArray> nameOf(QByteArrayView raw) const
    {
        if (!m_wanted)
            return base::fromLatin1(raw);
        const QByteArray converted = base::isAscii(raw) ? QByteArray() : base::fromLatin1(raw);
        const QByteArrayView name = converted.isEmpty() ? raw : QByteArrayView(converted);
        const auto known = std::ranges::find_if(
            m_wanted->names, [name](const QByteArray &wanted) { return base::isSameBytes(wanted, name); });
        if (known != m_wanted->names.end())
            return *known;
        if (!base::beginsWith(name, m_wanted->prefix))
            return std::nullopt;
        return name.size() == m_wanted->prefix.size() ? m_wanted->prefix : name.toByteArray();
    }

    [[nodiscard]] bool contains(const QByteArray &name) const { return place(name).has_value(); }

    /// Adds a cookie or replaces the value of the one that has its name.
    void set(QByteArray &&name, CookieValue &&value)
    {
        if (const auto at = place(name))
            m_cookies.at(*at).value = std::move(value);
        else
            add(std::move(name), std::move(value));
    }

    /// Adds a cookie whose name it does not contain yet.
    void add(QByteArray &&name, CookieValue &&value)
    {
        // Few cookies are compared one by one; beyond that a hash keeps hostile headers from costing quadratic time.
        if (m_cookies.size() == fewCookies) {
            for (std::size_t i = 0; i < m_cookies.size(); ++i)
                m_places.insert(m_cookies.at(i).name, i);
        }
        if (m_cookies.size() >= fewCookies)
            m_places.insert(name, m_cookies.size());
        Cookie &cookie = m_cookies.emplace_back();
        cookie.name = std::move(name);
        cookie.value = std::move(value);
    }

    [[nodiscard]] Cookies take() { return std::move(m_cookies); }

private:
    static constexpr std::size_t usualCookies = 4;
    static constexpr std::size_t fewCookies = 32;

    [[nodiscard]] std::optional<std::size_t> place(const QByteArray &name) const
    {
        if (m_cookies.size() > fewCookies || !m_places.isEmpty()) {
            const auto found = m_places.constFind(name);
            return found == m_places.cend() ? std::nullopt : std::optional(*found);
        }
        const auto found = findCookie(m_cookies, name);
        return found == m_cookies.end() ? std::nullopt
                                        : std::optional(static_cast<std::size_t>(found - m_cookies.begin()));
    }

    const WantedCookies *m_wanted;
    Cookies m_cookies;
    QHash<QByteArray, std::size_t> m_places;
};

enum class Quotes { Kept, StrippedWhereBoth, CutWhereFirst };

/// How the parsers of one family differ.
struct ScanRules
{
    qsizetype shortestHeader;
    bool (*isSpace)(char);
    Quotes quotes;
    bool losesProto; ///< `__proto__` is set on a plain object, where it names no member
};

QByteArrayView unquoted(QByteArrayView value, Quotes quotes)
{
    const bool strips = quotes == Quotes::StrippedWhereBoth ? value.startsWith('"') && value.endsWith('"')
                                                            : quotes == Quotes::CutWhereFirst && value.startsWith('"');
    if (!strips)
        return value;
    return value.size() < 2 ? QByteArrayView() : value.sliced(1, value.size() - 2);
}

/// cookie 0.7.2 and its descendants in @auth/core and better-call.
Cookies parseScanning(QByteArrayView header, const WantedCookies *wanted, const ScanRules &rules)
{
    CookieMap cookies(wanted);
    if (header.size() < rules.shortestHeader)
        return {};
    for (qsizetype index = 0; index < header.size();) {
        const qsizetype equals = index + placeOf('=', header.sliced(index));
        if (equals == header.size())
            break;
        const qsizetype end = index + placeOf(';', header.sliced(index));
        if (equals > end) {
            // Words without "=": go on behind the last separator before it.
            index = header.first(equals).lastIndexOf(';') + 1;
            continue;
        }
        auto name = cookies.nameOf(trimmed(header.sliced(index, equals - index), rules.isSpace));
        const QByteArrayView value = trimmed(header.sliced(equals + 1, end - equals - 1), rules.isSpace);
        index = end + 1;
        if (name && !cookies.contains(*name) && !(rules.losesProto && *name == "__proto__"))
            cookies.add(std::move(*name), decodedOrRaw(unquoted(value, rules.quotes)));
    }
    return cookies.take();
}

/// The pieces between separators: a `;` and the spaces behind it.
template <typename Use>
void forEachPiece(QByteArrayView header, Use use)
{
    for (;;) {
        const qsizetype end = placeOf(';', header);
        use(header.first(end));
        if (end == header.size())
            return;
        header = header.sliced(end + 1);
        while (header.startsWith(' '))
            header = header.sliced(1);
    }
}

/// Names that an object literal inherits: Next's Pages parser takes them for cookies it already has.
bool isObjectMember(QByteArrayView name)
{
    using namespace std::string_view_literals;
    static constexpr std::array members{"constructor"sv,      "toString"sv,         "valueOf"sv,
                                        "hasOwnProperty"sv,   "isPrototypeOf"sv,    "propertyIsEnumerable"sv,
                                        "toLocaleString"sv,   "__proto__"sv,        "__defineGetter__"sv,
                                        "__defineSetter__"sv, "__lookupGetter__"sv, "__lookupSetter__"sv};
    constexpr std::size_t longest = std::ranges::max(members, {}, &std::string_view::size).size();
    const std::string_view text(name.data(), static_cast<std::size_t>(name.size()));
    return text.size() <= longest && std::ranges::find(members, text) != members.end();
}

Cookies parseNextApi(QByteArrayView header, const WantedCookies *wanted)
{
    CookieMap cookies(wanted);
    forEachPiece(header, [&cookies](QByteArrayView piece) {
        const qsizetype equals = placeOf('=', piece);
        if (equals == piece.size())
            return;
        auto name = cookies.nameOf(trimmed(piece.first(equals), isJsSpace));
        QByteArrayView value = trimmed(piece.sliced(equals + 1), isJsSpace);
        if (!name || cookies.contains(*name) || isObjectMember(*name))
            return;
        if (value.startsWith('"'))
            value = value.size() < 2 ? QByteArrayView() : value.sliced(1, value.size() - 2);
        cookies.add(std::move(*name), decodedOrRaw(value));
    });
    return cookies.take();
}

Cookies parseNextEdge(QByteArrayView header, const WantedCookies *wanted)
{
    CookieMap cookies(wanted);
    forEachPiece(header, [&cookies](QByteArrayView piece) {
        if (piece.isEmpty())
            return;
        const qsizetype equals = placeOf('=', piece);
        auto name = cookies.nameOf(piece.first(equals));
        if (!name)
            return;
        if (equals == piece.size()) {
            cookies.set(std::move(*name), SecretBytes("true"));
            return;
        }
        const QByteArrayView raw = piece.sliced(equals + 1);
        const Encoding encoding = encodingOf(raw);
        if (encoding.isPlain())
            cookies.set(std::move(*name), CookieValue::within(raw));
        else if (auto value = decoded(raw, encoding))
            cookies.set(std::move(*name), std::move(*value));
    });
    return cookies.take();
}

/// A `token` of RFC 7230. **Source:** better-auth 1.7.7, dist/cookies/cookie-utils.mjs.
bool isBetterAuthName(QByteArrayView name)
{
    using namespace std::string_view_literals;
    return !name.isEmpty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               "!#$%&'*+-.^_`|~"sv.find(c) != std::string_view::npos;
    });
}

bool isBetterAuthValue(QByteArrayView value)
{
    return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != ';' && c != '\\'; });
}

Cookies parseBetterAuth(QByteArrayView header, const WantedCookies *wanted)
{
    CookieMap cookies(wanted);
    if (header.size() < 2)
        return {};
    forEachPiece(header, [&cookies](QByteArrayView piece) {
        const qsizetype equals = piece.indexOf('=');
        if (equals < 0)
            return;
        const QByteArrayView written = trimmed(piece.first(equals), isBlank);
        QByteArrayView value = trimmed(piece.sliced(equals + 1), isBlank);
        if (value.size() >= 2)
            value = unquoted(value, Quotes::StrippedWhereBoth);
        auto name = cookies.nameOf(written);
        if (name && isBetterAuthName(written) && isBetterAuthValue(value))
            cookies.set(std::move(*name), decodedOrRaw(value));
    });
    return cookies.take();
}

Cookies parse(QByteArrayView header, CookieDialect dialect, const WantedCookies *wanted)
{
    header = trimmed(header, isBlank);
    switch (dialect) {
    case CookieDialect::Cookie07:
        return parseScanning(header, wanted, {2, isBlank, Quotes::StrippedWhereBoth, true});
    case CookieDialect::AuthCore:
        return parseScanning(header, wanted, {2, isBlank, Quotes::Kept, false});
    case CookieDialect::BetterCall:
        return parseScanning(header, wanted, {0, isJsSpace, Quotes::CutWhereFirst, false});
    case CookieDialect::BetterAuth:
        return parseBetterAuth(header, wanted);
    case CookieDialect::NextApi:
        return parseNextApi(header, wanted);
    case CookieDialect::NextEdge:
        return parseNextEdge(header, wanted);
    }
    Q_UNREACHABLE();
}

} // namespace

CookieDialect dialectOf(const session::AuthProfile &profile)
{
    if (profile.version != session::AuthVersion::V4)
        return CookieDialect::AuthCore;
    switch (profile.cookieParser) {
    case session::CookieParser::Web:
        return CookieDialect::Cookie07;
    case session::CookieParser::Pages:
        return CookieDialect::NextApi;
    case session::CookieParser::App:
        return CookieDialect::NextEdge;
    }
    Q_UNREACHABLE();
}

Cookies parseCookies(QByteArrayView header, CookieDialect dialect)
{
    Cookies cookies = parse(header, dialect, nullptr);
    for (Cookie &cookie : cookies)
        cookie.value = std::move(cookie.value).take();
    return cookies;
}

Cookies viewCookies(QByteArrayView header, CookieDialect dialect, const WantedCookies &wanted)
{
    return parse(header, dialect, &wanted);
}

std::optional<SecretBytes> rawCookieValue(QByteArrayView header, QByteArrayView name)
{
    for (;;) {
        const qsizetype end = header.indexOf(';');
        const QByteArrayView piece = trimmed(end < 0 ? header : header.first(end), isJsSpace);
        const qsizetype equals = piece.indexOf('=');
        if ((equals < 0 ? piece : piece.first(equals)) == name)
            return SecretBytes(equals < 0 ? QByteArrayView() : piece.sliced(equals + 1));
        if (end < 0)
            return std::nullopt;
        header = header.sliced(end + 1);
    }
}

std::optional<base::SecretBytes> decodeUriComponent(QByteArrayView raw)
{
    // Tokens are: what stands for itself is not taken apart.
    const Encoding encoding = encodingOf(raw);
    return encoding.isPlain() ? SecretBytes(raw) : decoded(raw, encoding);
}

bool standsForItself(QByteArrayView text)
{
    Block others{};
    forBlocks(text, [&others](Block block) {
        others |= ((block | 0x20) - 'a' > 25) & (block - '0' > 9) & (block != '-') & (block != '_') & (block != '.');
    });
    return !isSet(others);
}

QByteArray encodeUriComponent(QByteArrayView text)
{
    if (standsForItself(text))
        return text.toByteArray();
    return text.toByteArray().toPercentEncoding(QByteArrayLiteral("!*'()"));
}

} // namespace rollcall::http
