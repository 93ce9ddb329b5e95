#include "core/http/CookieSyntax.h"

#include <algorithm>
#include <array>

#include "core/base/JsDate.h"
#include "core/http/Cookie.h"
#include "core/http/Headers.h"

namespace rollcall::http {

namespace {

bool isLetterOrDigit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A name of at most 63 letters, digits and, inside, hyphens.
bool isLabel(QByteArrayView label)
{
    constexpr qsizetype longest = 63;
    return !label.isEmpty() && label.size() <= longest && isLetterOrDigit(label.front()) &&
           isLetterOrDigit(label.back()) &&
           std::ranges::all_of(label, [](char c) { return isLetterOrDigit(c) || c == '-'; });
}

/// Labels between dots; one dot may stand in front.
bool isDomain(QByteArrayView text)
{
    if (text.startsWith('.'))
        text = text.sliced(1);
    for (;;) {
        const qsizetype dot = text.indexOf('.');
        if (!isLabel(dot < 0 ? text : text.first(dot)))
            return false;
        if (dot < 0)
            return true;
        text = text.sliced(dot + 1);
    }
}

bool isPath(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != ';' && c != '<'; });
}

template <std::size_t count>
bool isOneOf(QByteArrayView text, const std::array<const char *, count> &words)
{
    return std::ranges::any_of(words,
                               [text](const char *word) { return text.compare(word, Qt::CaseInsensitive) == 0; });
}

} // namespace

std::optional<QString> attributeFault(const CookieAttributes &attributes)
{
    static constexpr std::array priorities{"low", "medium", "high"};
    static constexpr std::array sites{"lax", "strict", "none"};
    // In the library's order: the first one throws.
    if (!attributes.domain.isEmpty() && !isDomain(attributes.domain))
        return QStringLiteral("option domain is invalid");
    if (!isPath(attributes.path))
        return QStringLiteral("option path is invalid");
    if (!attributes.priority.isEmpty() && !isOneOf(attributes.priority, priorities))
        return QStringLiteral("option priority is invalid");
    if (!attributes.sameSite.isEmpty() && !isOneOf(attributes.sameSite, sites))
        return QStringLiteral("option sameSite is invalid");
    return std::nullopt;
}

std::optional<QString> nameFault(QByteArrayView name)
{
    // The usual ones are seen at a glance.
    const bool isGood = !name.isEmpty() && (standsForItself(name) || isHeaderName(name));
    return isGood ? std::nullopt : std::optional(QStringLiteral("argument name is invalid"));
}

std::optional<QString> valueFault(QByteArrayView value)
{
    return value.isValidUtf8() ? std::nullopt : std::optional(QStringLiteral("URI malformed"));
}

std::optional<QString> expiresFault(const std::optional<base::Instant> &expires)
{
    const bool isGood = !expires || base::isDate(*expires);
    return isGood ? std::nullopt : std::optional(QStringLiteral("option expires is invalid"));
}

} // namespace rollcall::http
