#include "core/http/Cookie.h"

#include <QHash>
#include <QVarLengthArray>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include <string.h>

#include "core/base/PercentEncoding.h"

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

/// The decoded value, or the raw one where percent-decoding fails.
SecretBytes decodedOrRaw(QByteArrayView raw)
{
    if (auto value = decodeUriComponent(raw))
        return std::move(*value);
    // Raw header bytes arrive in JavaScript as Latin-1 code points.
    QByteArray text = base::fromLatin1(raw);
    return SecretBytes::fromAndWipe(text);
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
        const auto known = std::ranges::find(m_wanted->names, name);
        if (known != m_wanted->names.end())
            return *known;
        if (!name.startsWith(m_wanted->prefix))
            return std::nullopt;
        return name.size() == m_wanted->prefix.size() ? m_wanted->prefix : name.toByteArray();
    }

    [[nodiscard]] bool contains(const QByteArray &name) const { return place(name).has_value(); }

    /// Adds a cookie or replaces the value of the one that has its name.
    void set(const QByteArray &name, SecretBytes value)
    {
        if (const auto at = place(name)) {
            m_cookies.at(*at).value = std::move(value);
            return;
        }
        // Few cookies are compared one by one; beyond that a hash keeps hostile headers from costing quadratic time.
        if (m_cookies.size() == fewCookies) {
            for (std::size_t i = 0; i < m_cookies.size(); ++i)
                m_places.insert(m_cookies.at(i).name, i);
        }
        if (m_cookies.size() >= fewCookies)
            m_places.insert(name, m_cookies.size());
        m_cookies.push_back({name, std::move(value)});
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
        const auto found = std::ranges::find(m_cookies, name, &Cookie::name);
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
        const qsizetype equals = header.indexOf('=', index);
        if (equals < 0)
            break;
        qsizetype end = header.indexOf(';', index);
        if (end < 0)
            end = header.size();
        if (equals > end) {
            // Words without "=": go on behind the last separator before it.
            index = header.first(equals).lastIndexOf(';') + 1;
            continue;
        }
        const auto name = cookies.nameOf(trimmed(header.sliced(index, equals - index), rules.isSpace));
        const QByteArrayView value = trimmed(header.sliced(equals + 1, end - equals - 1), rules.isSpace);
        index = end + 1;
        if (name && !cookies.contains(*name) && !(rules.losesProto && *name == "__proto__"))
            cookies.set(*name, decodedOrRaw(unquoted(value, rules.quotes)));
    }
    return cookies.take();
}

/// The pieces between separators: a `;` and the spaces behind it.
template <typename Use>
void forEachPiece(QByteArrayView header, Use use)
{
    for (;;) {
        const qsizetype end = header.indexOf(';');
        use(end < 0 ? header : header.first(end));
        if (end < 0)
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
    return std::ranges::find(members, std::string_view(name.data(), static_cast<std::size_t>(name.size()))) !=
           members.end();
}

Cookies parseNextApi(QByteArrayView header, const WantedCookies *wanted)
{
    CookieMap cookies(wanted);
    forEachPiece(header, [&cookies](QByteArrayView piece) {
        const qsizetype equals = piece.indexOf('=');
        if (equals < 0)
            return;
        const auto name = cookies.nameOf(trimmed(piece.first(equals), isJsSpace));
        QByteArrayView value = trimmed(piece.sliced(equals + 1), isJsSpace);
        if (!name || cookies.contains(*name) || isObjectMember(*name))
            return;
        if (value.startsWith('"'))
            value = value.size() < 2 ? QByteArrayView() : value.sliced(1, value.size() - 2);
        cookies.set(*name, decodedOrRaw(value));
    });
    return cookies.take();
}

Cookies parseNextEdge(QByteArrayView header, const WantedCookies *wanted)
{
    CookieMap cookies(wanted);
    forEachPiece(header, [&cookies](QByteArrayView piece) {
        if (piece.isEmpty())
            return;
        const qsizetype equals = piece.indexOf('=');
        const auto name = cookies.nameOf(equals < 0 ? piece : piece.first(equals));
        if (!name)
            return;
        if (equals < 0)
            cookies.set(*name, SecretBytes("true"));
        else if (auto value = decodeUriComponent(piece.sliced(equals + 1)))
            cookies.set(*name, std::move(*value));
    });
    return cookies.take();
}

/// A `token` of RFC 7230 less the apostrophe.
bool isBetterAuthName(QByteArrayView name)
{
    using namespace std::string_view_literals;
    return !name.isEmpty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               "!#$%&*+-.^_`|~"sv.find(c) != std::string_view::npos;
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
        const auto name = cookies.nameOf(written);
        if (name && isBetterAuthName(written) && isBetterAuthValue(value))
            cookies.set(*name, decodedOrRaw(value));
    });
    return cookies.take();
}

/// Sixteen characters at a time.
using Block = quint8 __attribute__((vector_size(16)));

/// All bits where a character is no letter, digit, `-`, `_` or `.`.
Block refusedIn(const char *from)
{
    Block text;
    std::memcpy(&text, from, sizeof text);
    return ((text | 0x20) - 'a' > 25) & (text - '0' > 9) & (text != '-') & (text != '_') & (text != '.');
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
    return parse(header, dialect, nullptr);
}

Cookies parseCookies(QByteArrayView header, CookieDialect dialect, const WantedCookies &wanted)
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
    const bool isAscii = base::isAscii(raw);
    if (isAscii && !raw.contains('%'))
        return base::SecretBytes(raw);
    // ASCII is UTF-8 as it stands.
    const auto form = isAscii ? base::TextForm::Utf8 : base::TextForm::Latin1;
    constexpr qsizetype usualRoom = 512;
    QVarLengthArray<char, usualRoom> text(base::decodedRoom(raw, form));
    const char *end = base::decodeUriComponent(raw, form, text.data());
    std::optional<SecretBytes> value;
    if (end)
        value.emplace(QByteArrayView(text.data(), end));
    ::explicit_bzero(text.data(), static_cast<std::size_t>(text.size()));
    return value;
}

bool standsForItself(QByteArrayView whole)
{
    QByteArrayView text = whole;
    constexpr auto size = static_cast<qsizetype>(sizeof(Block));
    Block refused{};
    for (; text.size() >= size; text = text.sliced(size))
        refused |= refusedIn(text.data());
    if (whole.size() >= size) {
        // What is left, together with what came before.
        refused |= refusedIn(whole.end() - size);
    } else {
        std::array<char, sizeof(Block)> rest;
        rest.fill('A');
        std::ranges::copy(text, rest.begin());
        refused |= refusedIn(rest.data());
    }
    std::array<quint64, 2> halves{};
    std::memcpy(halves.data(), &refused, sizeof refused);
    return (halves[0] | halves[1]) == 0;
}

QByteArray encodeUriComponent(QByteArrayView text)
{
    if (standsForItself(text))
        return text.toByteArray();
    return text.toByteArray().toPercentEncoding(QByteArrayLiteral("!*'()"));
}

} // namespace rollcall::http
