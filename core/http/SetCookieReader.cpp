#include "core/http/SetCookieReader.h"

#include "core/base/Secret.h"
#include "core/http/Headers.h"
#include "core/http/HttpDate.h"

namespace rollcall::http {

namespace {

void readAttribute(session::CookieEffect &cookie, QByteArrayView name, QByteArrayView value)
{
    const auto is = [name](QByteArrayView wanted) { return name.compare(wanted, Qt::CaseInsensitive) == 0; };
    if (is("max-age")) {
        bool ok = false;
        const int seconds = value.toByteArray().toInt(&ok);
        if (ok)
            cookie.maxAge = seconds;
    } else if (is("expires")) {
        if (const auto when = parseHttpDate(value))
            cookie.expires = when;
    } else if (is("path")) {
        cookie.path = value.toByteArray();
    } else if (is("domain")) {
        cookie.domain = value.toByteArray();
    } else if (is("samesite")) {
        cookie.sameSite = value.toByteArray().toLower();
    } else if (is("secure")) {
        cookie.secure = true;
    } else if (is("httponly")) {
        cookie.httpOnly = true;
    }
}

} // namespace

std::optional<session::CookieEffect> readSetCookie(QByteArrayView line, base::Instant now)
{
    session::CookieEffect cookie;
    cookie.path.clear();
    cookie.httpOnly = false;
    cookie.sameSite.clear();
    bool first = true;
    while (true) {
        const qsizetype end = line.indexOf(';');
        const QByteArrayView piece = end < 0 ? line : line.first(end);
        const qsizetype equals = piece.indexOf('=');
        const QByteArrayView name = trimmedOws(equals < 0 ? piece : piece.first(equals));
        const QByteArrayView value = equals < 0 ? QByteArrayView() : trimmedOws(piece.sliced(equals + 1));
        if (first) {
            if (equals < 0 || name.isEmpty())
                return std::nullopt;
            cookie.name = name.toByteArray();
            QByteArray decoded = QByteArray::fromPercentEncoding(value.toByteArray());
            cookie.fingerprint = base::Fingerprint::of(decoded);
            base::wipe(decoded);
            first = false;
        } else {
            readAttribute(cookie, name, value);
        }
        if (end < 0)
            break;
        line = line.sliced(end + 1);
    }
    cookie.cleared = cookie.maxAge ? *cookie.maxAge <= 0 : cookie.expires && *cookie.expires <= now;
    if (cookie.cleared) {
        cookie.maxAge = 0;
        cookie.expires.reset();
        cookie.fingerprint = {};
    }
    return cookie;
}

} // namespace rollcall::http
