// Joining chunked session cookies, and what a browser holds after the cookies of a renewal.
// Input: a byte (bit 0: v4 or v5), then lines "SUFFIX=VALUE" that become cookies named after the session cookie.
#include <algorithm>
#include <cmath>

#include "core/http/ChunkedCookie.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using http::Cookies;
using session::AuthVersion;

const QByteArray sessionName = QByteArrayLiteral("authjs.session-token");

Cookies readCookies(Input &input)
{
    Cookies cookies;
    while (!input.atEnd()) {
        const QByteArrayView line = input.line();
        const qsizetype equals = line.indexOf('=');
        const QByteArray suffix = (equals < 0 ? line : line.first(equals)).toByteArray();
        const QByteArray value = equals < 0 ? QByteArray() : line.sliced(equals + 1).toByteArray();
        // A leading `!` makes a stranger of it.
        const QByteArray name = suffix.startsWith('!') ? suffix : QByteArray(sessionName + suffix);
        if (std::ranges::find(cookies, name, &http::Cookie::name) == cookies.end())
            cookies.push_back({name, base::SecretBytes(value)});
    }
    return cookies;
}

Cookies copyOf(const Cookies &cookies)
{
    Cookies copy;
    for (const http::Cookie &cookie : cookies)
        copy.push_back({cookie.name, cookie.value.clone()});
    return copy;
}

/// The order must be a permutation, and the one by number where every name ends in one.
void checkOrder(const Cookies &recognised, AuthVersion version)
{
    const auto order = http::chunkOrder(recognised, version);
    auto sorted = order;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i)
        require(sorted[i] == i, "each cookie is joined once");
    require(order.size() == recognised.size(), "every cookie is joined");

    std::vector<qint64> numbers;
    for (const std::size_t i : order) {
        const auto number = http::chunkIndex(recognised[i].name, sessionName);
        if (!number)
            return;
        numbers.push_back(*number);
    }
    require(std::ranges::is_sorted(numbers), "chunks are joined by number");
}

/// What is in a browser's jar after the answer.
Cookies afterAnswer(const Cookies &jar, const std::vector<http::SetCookie> &answer)
{
    Cookies result = copyOf(jar);
    for (const http::SetCookie &cookie : answer) {
        std::erase_if(result, [&cookie](const http::Cookie &held) { return held.name == cookie.name; });
        if (cookie.maxAge != std::chrono::seconds(0))
            result.push_back({cookie.name, cookie.value.clone()});
    }
    return result;
}

} // namespace

void tryInput(QByteArrayView bytes)
{
    Input input(bytes);
    const unsigned char flags = input.byte();
    const AuthVersion version = (flags & 1U) != 0 ? AuthVersion::V5 : AuthVersion::V4;
    const Cookies jar = readCookies(input);
    const Cookies recognised = http::sessionCookies(copyOf(jar), sessionName, version);
    checkOrder(recognised, version);

    qsizetype total = 0;
    for (const http::Cookie &cookie : recognised)
        total += cookie.value.size();
    const base::SecretBytes token = http::assembleChunks(recognised, version);
    require(token.size() == total, "nothing is lost or added in joining");

    // A new token, long enough for a few chunks, must be what the next request brings.
    const QByteArray fresh =
        bytes.toByteArray().toHex().repeated(1 + (flags >> 5U)).first(std::min<qsizetype>(2 * bytes.size(), 20'000));
    const base::SecretBytes value{QByteArrayView(fresh)};
    const auto answer = http::renewedCookies(recognised, sessionName, value.clone(), base::Instant(), {}, version);
    for (const http::SetCookie &cookie : answer)
        require(cookie.value.size() <= http::chunkSize(version), "no cookie is larger than a chunk");
    const Cookies next = http::sessionCookies(afterAnswer(jar, answer), sessionName, version);
    require(http::assembleChunks(next, version) == value, "after a renewal the browser sends the new token");

    const Cookies none =
        http::sessionCookies(afterAnswer(jar, http::clearedCookies(recognised, {})), sessionName, version);
    require(http::assembleChunks(none, version).isEmpty(), "after clearing the browser sends none");
}

} // namespace rollcall::fuzz
