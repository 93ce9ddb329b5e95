#include <QtTest>

#include "core/http/HttpDate.h"
#include "core/http/RetryAfter.h"
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

    void yearsOfAnyLength_data()
    {
        QTest::addColumn<qint64>("milliseconds");
        QTest::addColumn<QByteArray>("date");
        QTest::addColumn<QString>("iso");
        // Expectations: Node 20, toUTCString and toISOString.
        const auto row = [](qint64 milliseconds, const char *date, const char *iso) {
            QTest::newRow(iso) << milliseconds << QByteArray(date) << QString::fromLatin1(iso);
        };
        row(951'782'400'000, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00.000Z");
        row(1'001'760'000'000'000, "Fri, 06 Jul 33714 10:40:00 GMT", "+033714-07-06T10:40:00.000Z");
        row(8'640'000'000'000'000, "Sat, 13 Sep 275760 00:00:00 GMT", "+275760-09-13T00:00:00.000Z");
        row(-62'198'755'200'001, "Thu, 31 Dec -0002 23:59:59 GMT", "-000002-12-31T23:59:59.999Z");
        row(-900'000'000'000'000, "Tue, 19 Feb -26550 08:00:00 GMT", "-026550-02-19T08:00:00.000Z");
    }
    void yearsOfAnyLength()
    {
        QFETCH(qint64, milliseconds);
        const base::Instant instant{std::chrono::milliseconds(milliseconds)};
        QTEST(httpDate(instant), "date");
        QTEST(base::toIso(instant), "iso");
    }

    void waitsAsRetryAfterSays_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("milliseconds"); // -1: none can be read
        QTest::newRow("seconds") << QByteArray("120") << qint64(120'000);
        QTest::newRow("none to wait") << QByteArray("0") << qint64(0);
        QTest::newRow("date") << httpDate(now + std::chrono::seconds(30)) << qint64(30'000);
        QTest::newRow("past date") << httpDate(now - std::chrono::seconds(30)) << qint64(-30'000);
        QTest::newRow("a week") << QByteArray("604800") << qint64(86'400'000);
        QTest::newRow("far date") << QByteArray("Fri, 31 Dec 9999 23:59:59 GMT") << qint64(86'400'000);
        QTest::newRow("more than a number holds") << QByteArray("4294967296") << qint64(86'400'000);
        QTest::newRow("far more") << QByteArray(40, '9') << qint64(86'400'000);
        QTest::newRow("fraction") << QByteArray("1.5") << qint64(-1);
        QTest::newRow("negative") << QByteArray("-5") << qint64(-1);
        QTest::newRow("word") << QByteArray("soon") << qint64(-1);
    }
    void waitsAsRetryAfterSays()
    {
        QFETCH(QByteArray, value);
        const auto wait = retryAfter({{"retry-after", value}}, now);
        QTEST(wait ? qint64(wait->count()) : -1, "milliseconds");
        QVERIFY(!retryAfter({}, now));
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
