// Cookie headers in all dialects, and what comes of them written out again.
#include <algorithm>
#include <array>
#include <set>

#include "core/http/ChunkedCookie.h"
#include "core/http/Cookie.h"
#include "core/http/PlainRun.h"
#include "core/http/PlainToken.h"
#include "core/http/SetCookie.h"
#include "core/http/SetCookieReader.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using http::CookieDialect;
using http::Cookies;

/// A header that every dialect must read as @p cookies, behind a first cookie (blanks before the first name are
/// dropped, those before others are not) whose name is longer than any in an input of @p inputSize bytes.
QByteArray written(const Cookies &cookies, qsizetype inputSize)
{
    QByteArray header = QByteArray(inputSize + 1, '~') + "=1";
    for (const http::Cookie &cookie : cookies)
        header +=
            "; " + QString::fromUtf8(cookie.name).toLatin1() + '=' + http::encodeUriComponent(cookie.value.view());
    return header;
}

void checkDialect(QByteArrayView header, CookieDialect dialect)
{
    const Cookies cookies = http::parseCookies(header, dialect);
    std::set<QByteArray> names;
    for (const http::Cookie &cookie : cookies) {
        require(names.insert(cookie.name).second, "a name stands once in the map");
        // Two bytes for a Latin-1 byte; "true" for a name alone.
        require(cookie.value.size() <= 2 * header.size() + 4, "a value is not longer than what it was read from");
    }
    require(static_cast<qsizetype>(cookies.size()) <= header.size() + 1, "there are not more cookies than bytes");

    const Cookies again = http::parseCookies(written(cookies, header.size()), dialect);
    require(again.size() == cookies.size() + 1, "cookies written out are read again");
    for (std::size_t i = 0; i < cookies.size(); ++i) {
        require(again[i + 1].name == cookies[i].name, "names survive being written");
        require(again[i + 1].value.view() == cookies[i].value.view(), "values survive being written");
    }

    const Cookies views = http::viewCookies(header, dialect, {});
    require(views.size() == cookies.size(), "an empty prefix is wanted of every cookie");
    for (std::size_t i = 0; i < cookies.size(); ++i) {
        require(views[i].name == cookies[i].name && views[i].value.view() == cookies[i].value.view(),
                "a view of a value says what its copy says");
    }
}

/// A token that is cut out of the header as it stands is the one that the parser of @p dialect and the joining of
/// chunks give; and who reads many characters at a time finds the same runs.
void checkPlainToken(QByteArrayView header, CookieDialect dialect)
{
    static const QByteArray name = QByteArrayLiteral("a.b");
    const QByteArrayView token = http::plainToken(header, name);
    for (const session::AuthVersion version : {session::AuthVersion::V4, session::AuthVersion::V5}) {
        const Cookies cookies = http::sessionCookies(http::parseCookies(header, dialect), name, version);
        require(token.isEmpty() || http::assembleChunks(cookies, version).view() == token,
                "a plain token is what parsing gives");
    }
    if (const http::PlainRunEnd vector = http::vectorPlainRunEnd()) {
        for (const char *from = header.begin();; ++from) {
            const char *end = http::plainRunEnd(header.begin(), from, header.end());
            require(vector(header.begin(), from, header.end()) == end, "runs end where they end");
            if (end == header.end())
                break;
            from = end;
        }
    }
}

/// Our own Set-Cookie text is read back as what it says.
void checkSetCookie(QByteArrayView value)
{
    using namespace std::chrono_literals;
    http::SetCookie cookie;
    cookie.name = QByteArrayLiteral("name");
    cookie.value = base::SecretBytes(value);
    cookie.expires = base::Instant(1'760'000'000'000ms);
    const auto effect = http::readSetCookie(http::setCookieLine(cookie).view(), base::Instant(1'750'000'000'000ms));
    require(effect.has_value() && effect->name == cookie.name, "our own Set-Cookie is read");
    require(effect->expires == cookie.expires, "its expiry is read");
    require(effect->fingerprint == cookie.value.fingerprint(), "its value is read");
}

} // namespace

void tryInput(QByteArrayView input)
{
    for (const CookieDialect dialect :
         {CookieDialect::Cookie07, CookieDialect::AuthCore, CookieDialect::NextApi, CookieDialect::NextEdge}) {
        checkDialect(input, dialect);
        checkPlainToken(input, dialect);
    }
    // Any line of a peer's; and ours over well-formed text.
    static_cast<void>(http::readSetCookie(input, base::Instant()));
    checkSetCookie(QString::fromUtf8(input).toUtf8());
}

} // namespace rollcall::fuzz
