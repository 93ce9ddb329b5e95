#include <QtTest>

#include "core/engine/EndpointBody.h"

using namespace rollcall;
using session::AuthVersion;
using session::CookieParser;

namespace {

session::AuthProfile profileOf(AuthVersion version, CookieParser parser)
{
    session::AuthProfile profile;
    profile.version = version;
    profile.cookieParser = parser;
    return profile;
}

const session::AuthProfile app = profileOf(AuthVersion::V4, CookieParser::App);
const session::AuthProfile pages = profileOf(AuthVersion::V4, CookieParser::Pages);
const session::AuthProfile web = profileOf(AuthVersion::V4, CookieParser::Web);
const session::AuthProfile v5 = profileOf(AuthVersion::V5, CookieParser::App);

const QByteArray json = QByteArrayLiteral("application/json");
const QByteArray form = QByteArrayLiteral("application/x-www-form-urlencoded");

} // namespace

/// Expectations: the packages' own answers, met by the differential test.
class EndpointBodyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoReadsWhat_data()
    {
        QTest::addColumn<const session::AuthProfile *>("profile");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("token"); // "(none)", "(refused)"
        const auto row = [](const char *name, const session::AuthProfile &profile, const QByteArray &type,
                            const QByteArray &body, const char *token) {
            QTest::newRow(name) << &profile << type << body << QByteArray(token);
        };
        const QByteArray object = "{\"csrfToken\":\"t\"}";
        row("app json", app, json, object, "t");
        row("v5 json with charset", v5, json + "; charset=utf-8", object, "t");
        row("v5 json within another type", v5, "text/" + json, object, "t");
        row("app capitals are another type", app, "Application/JSON", object, "(none)");
        row("pages capitals", pages, "Application/JSON", object, "t");
        row("pages json with charset", pages, json + ";charset=UTF-8", object, "t");
        row("pages ld+json", pages, "application/ld+json", object, "t");
        row("app ld+json", app, "application/ld+json", object, "(none)");
        row("pages json within another type", pages, "text/" + json, object, "(none)");
        row("web without a type", web, {}, object, "t");
        row("app without a type", app, {}, object, "(none)");
        row("byte order mark", app, json, "\xef\xbb\xbf" + object, "t");
        row("form", app, form, "csrfToken=t", "t");
        row("the last field counts", v5, form, "csrfToken=x&csrfToken=t", "t");
        row("pages makes a list", pages, form, "csrfToken=t&csrfToken=t", "(none)");
        row("web takes no form", web, form, "csrfToken=t", "(none)");
        row("no text", app, json, "{\"csrfToken\":1}", "(none)");
        row("no object", v5, json, "null", "(none)");
        row("app broken", app, json, "{", "(refused)");
        row("v5 broken", v5, json, "{", "(refused)");
        row("pages broken", pages, json, "{", "(refused)");
        row("web broken", web, json, "{", "(none)");
        row("app empty", app, json, "", "(refused)");
        row("v5 empty", v5, json, "", "(refused)");
        row("pages empty", pages, json, "", "(none)");
        row("web empty", web, json, "", "(none)");
    }
    void whoReadsWhat()
    {
        QFETCH(const session::AuthProfile *, profile);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto read = engine::readEndpointBody(body, type, *profile);
        QTEST(read ? read->csrfToken.value_or("(none)") : QByteArray("(refused)"), "token");
    }

    void callbackUrls_data()
    {
        QTest::addColumn<QByteArray>("member");
        QTest::addColumn<QByteArray>("expected"); // "(none)": the query's counts
        const auto row = [](const char *member, const QByteArray &expected) {
            QTest::newRow(member) << QByteArray(member) << expected;
        };
        row("\"/x\"", "/x");
        row("null", "(none)");
        row("\"\"", "");
        row("0", "");
        row("false", "");
        for (const char *member : {"5", "true", "[]", "{}", "[\"/x\"]"})
            row(member, engine::EndpointBody::unusableUrl);
    }
    void callbackUrls()
    {
        QFETCH(QByteArray, member);
        const auto read = engine::readEndpointBody(QByteArray("{\"callbackUrl\":" + member + '}'), json, v5);
        QVERIFY(read);
        QTEST(read->callbackUrl.value_or("(none)"), "expected");
    }

    void keepsData()
    {
        const auto read = engine::readEndpointBody(R"({"data":{"b":1,"a":null}})", json, v5);
        QVERIFY(read && read->data);
        QCOMPARE(jose::printJson(*read->data), QByteArray(R"({"b":1,"a":null})"));
        QVERIFY(!engine::readEndpointBody("{}", json, v5)->data);
    }
};

QTEST_GUILESS_MAIN(EndpointBodyTest)
#include "tst_EndpointBody.moc"
