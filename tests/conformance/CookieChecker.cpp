#include <array>

#include "core/http/ChunkedCookie.h"
#include "core/jose/Utf8.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

namespace {

using http::CookieDialect;
using session::AuthVersion;

struct Parser
{
    QStringView name;
    CookieDialect dialect;
};

constexpr std::array parsers{
    Parser{u"cookie-0.7", CookieDialect::Cookie07},    Parser{u"authcore", CookieDialect::AuthCore},
    Parser{u"next-api", CookieDialect::NextApi},       Parser{u"next-edge", CookieDialect::NextEdge},
    Parser{u"better-auth", CookieDialect::BetterAuth}, Parser{u"better-call", CookieDialect::BetterCall}};

struct Reader
{
    QStringView name;
    AuthVersion version;
    CookieDialect dialect;
};

constexpr std::array readers{Reader{u"v4-pages", AuthVersion::V4, CookieDialect::NextApi},
                             Reader{u"v4-app", AuthVersion::V4, CookieDialect::NextEdge},
                             Reader{u"v4-web", AuthVersion::V4, CookieDialect::Cookie07},
                             Reader{u"v5", AuthVersion::V5, CookieDialect::AuthCore}};

/// The cookies as a JavaScript object of name and value.
jose::JsonValue objectOf(const http::Cookies &cookies)
{
    jose::JsonValue object{jose::JsonValue::Object()};
    for (const http::Cookie &cookie : cookies)
        object.set(QString::fromUtf8(cookie.name), jose::JsonValue(jose::utf8Whole(cookie.value.view())));
    return object;
}

void checkParse(Fields &expected, const QByteArray &header, Differences &differences)
{
    for (const Parser &parser : parsers)
        differences.compare(parser.name.toString(), objectOf(http::parseCookies(header, parser.dialect)),
                            expected.value(parser.name));
}

void checkAssemble(Fields &expected, const QByteArray &header, const QByteArray &name, Differences &differences)
{
    for (const Reader &reader : readers) {
        const auto recognised = http::sessionCookies(http::parseCookies(header, reader.dialect), name, reader.version);
        differences.compare(reader.name.toString(),
                            http::assembleChunks(recognised, reader.version).view().toByteArray(),
                            expected.text(reader.name).toUtf8());
    }
    const auto raw = http::rawCookieValue(header, name);
    differences.compare(QStringLiteral("robo-raw"),
                        raw ? jose::JsonValue(QString::fromLatin1(raw->view())) : jose::JsonValue(),
                        expected.value(u"robo-raw"));
}

} // namespace

void checkCookies(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    const QString kind = vector.text(u"kind");
    const QByteArray header = vector.wire(u"header");
    Fields expected = vector.object(u"expected");
    if (kind == u"parse")
        checkParse(expected, header, differences);
    else if (kind == u"assemble")
        checkAssemble(expected, header, vector.text(u"cookieName").toUtf8(), differences);
    else
        differences.add(QStringLiteral("kind \"%1\" is not a known word").arg(kind));
}

} // namespace rollcall::conformance
