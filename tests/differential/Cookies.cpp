#include "tests/differential/Cookies.h"

#include <algorithm>

#include "tests/differential/Sealer.h"

namespace rollcall::differential {

namespace {

JsonValue plain(const QByteArray &name, const QByteArray &value)
{
    return object({{"name", bytes(name)}, {"value", bytes(value)}});
}

JsonValue part(const QByteArray &name, qint64 token, qint64 from, qint64 size)
{
    return object({{"name", bytes(name)}, {"token", number(token)}, {"from", number(from)}, {"size", number(size)}});
}

QString makeDress(Random &random)
{
    return random.pick<QString>({QStringLiteral("percent"), QStringLiteral("every byte"), QStringLiteral("quotes")});
}

/// A cookie that has nothing to do with the session, or looks as if it had.
JsonValue stranger(Random &random, const CookiePlace &place)
{
    const QByteArray other = place.isV4 ? "authjs.session-token" : "next-auth.session-token";
    const QByteArray name =
        random.pick<QByteArray>({"theme",
                                 "_ga",
                                 place.name + "-legacy",
                                 place.name + "x",
                                 place.name + ".",
                                 place.name + ".x",
                                 place.name + ".01",
                                 place.name + ".-1",
                                 place.name + ".0x1",
                                 place.name + ". 2",
                                 place.name + ".1.2",
                                 place.name + ".5e1",
                                 place.name + ".10",
                                 "__Secure-" + place.name,
                                 other,
                                 place.name.chopped(1),
                                 "__proto__",
                                 "constructor",
                                 "",
                                 (place.isV4 ? QByteArray("next-auth") : QByteArray("authjs")) + ".csrf-token",
                                 (place.isV4 ? QByteArray("next-auth") : QByteArray("authjs")) + ".callback-url"});
    const QByteArray value =
        random.pick<QByteArray>({"", "dark", "a%20b", "a%", "%E0%A4%A", "\"quoted\"", "\"", "a=b", "\xe9", "%C3%A9",
                                 "a b", "http%3A%2F%2Flocalhost%3A3000", "/after", "ftp://x", "0%7C0"});
    return plain(name, value);
}

/// Cookies lost, swapped, doubled and added.
void disturb(Random &random, const CookiePlace &place, JsonValue::Array &cookies)
{
    const auto size = [&cookies] { return static_cast<qint64>(cookies.size()); };
    const auto at = [&cookies](qint64 index) { return cookies.begin() + index; };
    if (random.chance(35)) {
        for (qint64 n = random.between(1, 3); n > 0; --n)
            cookies.insert(at(random.below(size() + 1)), stranger(random, place));
    }
    if (!random.chance(18) || cookies.empty())
        return;
    switch (random.below(5)) {
    case 0:
        cookies.erase(at(random.below(size())));
        break;
    case 1:
        std::swap(*at(random.below(size())), *at(random.below(size())));
        break;
    case 2: {
        JsonValue again = *at(random.below(size()));
        if (random.chance(50))
            again.set(QStringLiteral("value"), bytes("other")), again.set(QStringLiteral("token"), number(-1));
        cookies.insert(at(random.below(size() + 1)), std::move(again));
        break;
    }
    case 3:
        std::ranges::reverse(cookies);
        break;
    default:
        at(random.below(size()))->set(QStringLiteral("dress"), text(makeDress(random)));
    }
}

/// The chunks of token @p index as the library splits it, or with a mistake in where.
void addChunks(Random &random, const CookiePlace &place, JsonValue::Array &cookies, qint64 index, qint64 length)
{
    const qint64 right = place.isV4 ? 3933 : 3936;
    qint64 size = right;
    if (random.chance(10))
        size = random.pick<qint64>({3933, 3936, 4000, 1000, std::max<qint64>(length / 2, 1)});
    if (size * 70 < length)
        size = right;
    const bool whole = length <= size && !random.chance(8);
    if (whole) {
        cookies.push_back(part(place.name, index, 0, -1));
        return;
    }
    if (length <= size)
        size = std::max<qint64>(length / random.between(2, 12), 1);
    for (qint64 from = 0, i = 0; from < length; from += size, ++i)
        cookies.push_back(part(place.name + '.' + QByteArray::number(i), index, from, size));
}

} // namespace

JsonValue::Array tokenCookies(Random &random, const CookiePlace &place, const JsonValue::Array &tokens)
{
    JsonValue::Array cookies;
    if (random.chance(3))
        return cookies;
    addChunks(random, place, cookies, 0, sealRecipe(tokens.front()).size());
    // Left over from an earlier, longer or shorter session.
    if (tokens.size() > 1)
        addChunks(random, place, cookies, 1, sealRecipe(tokens.at(1)).size());
    disturb(random, place, cookies);
    return cookies;
}

JsonValue::Array rowCookies(Random &random, const CookiePlace &place, const QByteArray &token)
{
    JsonValue cookie = plain(place.name, token);
    if (random.chance(15))
        cookie.set(QStringLiteral("dress"), text(makeDress(random)));
    JsonValue::Array cookies{std::move(cookie)};
    if (random.chance(5))
        cookies.push_back(plain(place.name + ".0", "stale"));
    disturb(random, place, cookies);
    return cookies;
}

JsonValue::Array oddHeader(Random &random)
{
    static const std::array<QByteArray, 44> pieces{"a",
                                                   "b",
                                                   "name",
                                                   "=",
                                                   "=",
                                                   "=",
                                                   "==",
                                                   ";",
                                                   ";",
                                                   "; ",
                                                   "; ",
                                                   ";;",
                                                   " ",
                                                   "  ",
                                                   "\t",
                                                   "\"",
                                                   "\"x\"",
                                                   "\"x",
                                                   "%20",
                                                   "%",
                                                   "%zz",
                                                   "%C3%A9",
                                                   "%C3",
                                                   "%ED%A0%80",
                                                   "%F0%9F%94%91",
                                                   "%F4%90%80%80",
                                                   "%c0%af",
                                                   "\xe9",
                                                   "\xa0",
                                                   "\x0b",
                                                   "\x0c",
                                                   "__proto__",
                                                   "constructor",
                                                   "toString",
                                                   "1",
                                                   "10",
                                                   "a=1",
                                                   "a=2",
                                                   "b=1; ",
                                                   "+",
                                                   ",",
                                                   "\x7f",
                                                   "'",
                                                   "\\"};
    JsonValue::Array result;
    for (qint64 n = random.between(1, 16); n > 0; --n)
        result.push_back(object({{"raw", bytes(random.pick(pieces))}}));
    return result;
}

} // namespace rollcall::differential
