#include "core/http/ChunkedCookie.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/ArraySort.h"
#include "core/base/ObjectOrder.h"
#include "core/base/PercentEncoding.h"
#include "core/base/SameBytes.h"
#include "core/base/WideText.h"

namespace rollcall::http {

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

bool isJsSpace(QChar c)
{
    return c == QChar(QChar::ByteOrderMark) || (c.isSpace() && c != QChar(0x85));
}

/// JavaScript's parseInt(text): leading blanks, sign, `0x` accepted, the rest ignored.
double parseInt(const QByteArray &utf8)
{
    const QString text = QString::fromUtf8(utf8);
    qsizetype from = 0;
    while (from < text.size() && isJsSpace(text.at(from)))
        ++from;
    QByteArray digits = text.sliced(from).toLatin1();
    const bool negative = digits.startsWith('-');
    if (negative || digits.startsWith('+'))
        digits.remove(0, 1);
    const bool hex = digits.startsWith("0x") || digits.startsWith("0X");
    if (hex)
        digits.remove(0, 2);
    const auto isDigit = [hex](char c) {
        return (c >= '0' && c <= '9') || (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
    };
    const auto end = std::ranges::find_if_not(digits, isDigit);
    if (end == digits.cbegin())
        return notANumber;
    double value = 0;
    const auto parsed =
        std::from_chars(digits.cbegin(), end, value, hex ? std::chars_format::hex : std::chars_format::fixed);
    if (parsed.ec == std::errc::result_out_of_range)
        value = std::numeric_limits<double>::infinity();
    return negative ? -value : value;
}

double sortKey(const QByteArray &name, session::AuthVersion version)
{
    const QByteArray suffix = name.sliced(name.lastIndexOf('.') + 1);
    if (suffix.isEmpty() && version == session::AuthVersion::V5)
        return 0;
    return parseInt(suffix);
}

/// Sorts what has names as JavaScript lists an object's members: array indices first, ascending.
template <typename Named>
void inObjectOrder(std::vector<Named> &named)
{
    if (named.size() < 2)
        return;
    std::ranges::stable_sort(named, [](const Named &a, const Named &b) {
        const auto x = base::arrayIndex(QString::fromUtf8(a.name));
        const auto y = base::arrayIndex(QString::fromUtf8(b.name));
        return x && (!y || *x < *y);
    });
}

SetCookie cleared(const QByteArray &name, const CookieAttributes &attributes)
{
    return {name, {}, attributes, std::chrono::seconds(0), std::nullopt};
}

/// The same for values that only an encoder of the deployment's own makes: JavaScript counts UTF-16 code units. (Where
/// it cuts a pair of them apart, it throws when the cookie is written: valueFault().)
Cookies splitWide(const QByteArray &name, const base::SecretBytes &value, qsizetype size)
{
    Cookies cookies;
    QString text = QString::fromUtf8(value.view());
    if (text.size() <= size)
        cookies.push_back({name, value.clone()});
    for (qsizetype from = 0; text.size() > size && from < text.size(); from += size) {
        QByteArray part = base::utf8WithHalves(QStringView(text).sliced(from, std::min(size, text.size() - from)));
        cookies.push_back(
            {QByteArray(name + '.' + QByteArray::number(from / size)), base::SecretBytes::fromAndWipe(part)});
    }
    text.fill(u'\0');
    return cookies;
}

} // namespace

qsizetype chunkSize(session::AuthVersion version)
{
    return version == session::AuthVersion::V4 ? 4096 - 163 : 4096 - 160;
}

Cookies sessionCookies(Cookies parsed, QByteArrayView name, session::AuthVersion version)
{
    std::erase_if(parsed, [name, version](const Cookie &cookie) {
        return !base::beginsWith(cookie.name, name) || (version != session::AuthVersion::V4 && cookie.value.isEmpty());
    });
    inObjectOrder(parsed);
    return parsed;
}

std::vector<std::size_t> chunkOrder(const Cookies &recognised, session::AuthVersion version)
{
    std::vector<double> keys(recognised.size());
    std::ranges::transform(recognised, keys.begin(),
                           [version](const Cookie &cookie) { return sortKey(cookie.name, version); });
    return base::arraySortOrder(keys);
}

base::SecretBytes assembleChunks(const Cookies &recognised, session::AuthVersion version)
{
    if (recognised.size() == 1)
        return recognised.front().value.clone();
    qsizetype size = 0;
    for (const Cookie &cookie : recognised)
        size += cookie.value.size();
    QByteArray token;
    token.reserve(size);
    for (const std::size_t i : chunkOrder(recognised, version))
        token.append(recognised.at(i).value.view());
    return base::SecretBytes::fromAndWipe(token);
}

std::optional<qint64> chunkIndex(QByteArrayView name, QByteArrayView cookieName)
{
    constexpr qsizetype mostDigits = 9;
    if (!name.startsWith(cookieName) || name.size() < cookieName.size() + 2 || name.at(cookieName.size()) != '.')
        return std::nullopt;
    const QByteArrayView digits = name.sliced(cookieName.size() + 1);
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (digits.size() > mostDigits || !std::ranges::all_of(digits, isDigit))
        return std::nullopt;
    return digits.toLongLong();
}

std::vector<SetCookie> clearedCookies(const Cookies &recognised, const CookieAttributes &attributes)
{
    std::vector<SetCookie> result;
    result.reserve(recognised.size());
    for (const Cookie &cookie : recognised)
        result.push_back(cleared(cookie.name, attributes));
    return result;
}

Cookies splitValue(const QByteArray &name, base::SecretBytes value, session::AuthVersion version)
{
    Cookies cookies;
    const qsizetype size = chunkSize(version);
    if (value.isEmpty())
        return cookies;
    if (value.size() > size && !base::isAscii(value.view()))
        return splitWide(name, value, size);
    if (value.size() <= size) {
        cookies.push_back({name, std::move(value)});
        return cookies;
    }
    QByteArrayView rest = value.view();
    for (int i = 0; !rest.isEmpty(); ++i) {
        const qsizetype taken = std::min(size, rest.size());
        cookies.push_back({QByteArray(name + '.' + QByteArray::number(i)), base::SecretBytes(rest.first(taken))});
        rest = rest.sliced(taken);
    }
    return cookies;
}

std::vector<SetCookie> renewedCookies(const Cookies &recognised, const QByteArray &name, base::SecretBytes value,
                                      base::Instant expires, const CookieAttributes &attributes,
                                      session::AuthVersion version)
{
    std::vector<SetCookie> result;
    const auto write = [&](Cookie &part) {
        return SetCookie{part.name, std::move(part.value).take(), attributes, attributes.maxAge, expires};
    };
    // Most often one cookie takes the place of itself.
    if (recognised.size() == 1 && base::isSameBytes(recognised.front().name, name) && !value.isEmpty() &&
        value.size() <= chunkSize(version)) {
        // In its place, as moving one takes as long as making it.
        SetCookie &cookie = result.emplace_back();
        cookie.name = name;
        cookie.value = std::move(value);
        cookie.attributes = attributes;
        cookie.maxAge = attributes.maxAge;
        cookie.expires = expires;
        return result;
    }
    result = clearedCookies(recognised, attributes);
    Cookies parts = splitValue(name, std::move(value), version);
    std::vector<bool> stands(parts.size());
    for (SetCookie &cookie : result) {
        // The name says which part would replace it; comparing it with all would take hostile requests quadratic time.
        const auto place = static_cast<std::size_t>(parts.size() == 1 ? 0 : chunkIndex(cookie.name, name).value_or(-1));
        if (place < parts.size() && parts.at(place).name == cookie.name) {
            cookie = write(parts.at(place));
            stands.at(place) = true;
        }
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!stands.at(i))
            result.push_back(write(parts.at(i)));
    }
    // The library collects them in an object: names that spell an array index come first (sessionCookies() has put the
    // recognised ones so).
    inObjectOrder(result);
    return result;
}

} // namespace rollcall::http
