#include <QtTest>

#include "core/http/HttpDate.h"
#include "core/http/SetCookieReader.h"

using namespace rollcall;
using namespace rollcall::http;

namespace {

const base::Instant now = *base::parseTime(QStringLiteral("2025-11-08T08:53:20Z"), {});

} // namespace

class HttpDateTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip()
    {
        QCOMPARE(httpDate(now), QByteArray("Sat, 08 Nov 2025 08:53:20 GMT"));
        QCOMPARE(parseHttpDate(httpDate(now)), now);
        QCOMPARE(httpDate(now + std::chrono::milliseconds(999)), httpDate(now));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char *text : {"", "Sat", "Sat, 08 Nov 2025 08:53:20", "Sat, 08 Nov 2025 08:53:20 CET",
                                 "Sat, 31 Feb 2025 08:53:20 GMT", "Saturday, 08-Nov-25 08:53:20 GMT", "0"})
            QTest::newRow(*text ? text : "empty") << QByteArray(text);
    }

    void refuses()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!parseHttpDate(text));
    }

    void setCookies_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("expected"); // name path domain sameSite flags maxAge expires cleared
        const auto row = [](const char *name, const QByteArray &line, const QByteArray &expected) {
            QTest::newRow(name) << line << expected;
        };
        row("bare", "a=b", "a|||||-|-|0");
        row("all",
            "a=b; Max-Age=5; Domain=x.example; Path=/p; Expires=Sun, 09 Nov 2025 00:00:00 GMT; HttpOnly; Secure; "
            "SameSite=Strict",
            "a|/p|x.example|strict|hs|5|2025-11-09T00:00:00.000Z|0");
        row("max age clears", "a=; Max-Age=0; Path=/", "a|/||||0|-|1");
        row("negative max age clears", "a=b; Max-Age=-1", "a|||||0|-|1");
        row("past expiry clears", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a|||||0|-|1");
        row("max age before expiry", "a=b; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "a|||||9|1970-01-01T00:00:00.000Z|0");
        row("unknown and odd", "a=b; Priority=High; =x;; max-age=x; PATH = /q ", "a|/q||||-|-|0");
        row("equals in the value", "a=b=c", "a|||||-|-|0");
        row("no name", "=b", "-");
        row("no equals", "abc; Path=/", "-");
        row("empty", "", "-");
    }

    void setCookies()
    {
        QFETCH(QByteArray, line);
        const auto cookie = readSetCookie(line, now);
        QByteArray actual("-");
        if (cookie) {
            actual = cookie->name + '|' + cookie->path + '|' + cookie->domain.value_or("") + '|' + cookie->sameSite +
                     '|' + (cookie->httpOnly ? "h" : "") + (cookie->secure ? "s" : "") + '|' +
                     (cookie->maxAge ? QByteArray::number(*cookie->maxAge) : "-") + '|' +
                     (cookie->expires ? base::toIso(*cookie->expires).toLatin1() : "-") + '|' +
                     (cookie->cleared ? "1" : "0");
            QCOMPARE(cookie->fingerprint.isEmpty(), cookie->cleared);
        }
        QTEST(actual, "expected");
    }
};

QTEST_GUILESS_MAIN(HttpDateTest)
#include "tst_HttpDate.moc"
