#include <QtTest>

#include <QRandomGenerator>

#include "core/base/WebUrl.h"

using rollcall::base::parseAnyUrl;
using rollcall::base::parseWebUrl;
using rollcall::base::SearchParams;
using rollcall::base::WebUrl;

/// Expectations: `new URL(…)` in Node 20.20.2.
class WebUrlTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("href"); // null: throws
        QTest::addColumn<QByteArray>("origin");
        QTest::addColumn<QByteArray>("path");
        const auto row = [](const char *text, const char *href, const char *origin, const char *path) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(href) << QByteArray(origin) << QByteArray(path);
        };
        row("https://App.Test", "https://app.test/", "https://app.test", "/");
        row("  https://h:0443/a\tb ", "https://h/ab", "https://h", "/ab");
        row("http://h:8080/a/../b/./c/%2e%2E/d?x='#y z", "http://h:8080/b/d?x=%27#y%20z", "http://h:8080", "/b/d");
        row("http://a/^|`{}\"<>'~[]\\x", "http://a/^|%60%7B%7D%22%3C%3E'~[]/x", "http://a",
            "/^|%60%7B%7D%22%3C%3E'~[]/x");
        row("http://u^|;=[]:p@a/", "http://u%5E%7C%3B%3D%5B%5D:p@a/", "http://a", "/");
        row("http:a", "http://a/", "http://a", "/");
        row("http:///x", "http://x/", "http://x", "/");
        row("localhost:3000", "localhost:3000", "null", "3000");
        row("app.test:3000/x y?z", "app.test:3000/x y?z", "null", "3000/x y");
        row("httpx://A/b", "httpx://A/b", "null", "/b");
        row("mailto:x@y", "mailto:x@y", "null", "x@y");
        row("http://a%41b/", "http://aab/", "http://aab", "/");
        row("http://0x7f.1/", "http://127.0.0.1/", "http://127.0.0.1", "/");
        row("http://1.2.3/", "http://1.2.0.3/", "http://1.2.0.3", "/");
        row("http://[::FFFF:1.2.3.4]:80/", "http://[::ffff:102:304]/", "http://[::ffff:102:304]", "/");
        row("http://[1:0:0:2:0:0:0:3]", "http://[1:0:0:2::3]/", "http://[1:0:0:2::3]", "/");
        row("http://GR\xc3\x96SSE.de/", "http://xn--grsse-kua.de/", "http://xn--grsse-kua.de", "/");
        row("http://a..b", "http://a..b/", "http://a..b", "/");
        row("https://undefined", "https://undefined/", "https://undefined", "/");
        for (const char *bad :
             {"", "app.test", "//h", "://h", "https,http://h", "http://", "http://h:99999", "http://h:x", "http://a b/",
              "http://a@/", "http://1.2.3.4.5", "http://a.1", "http://256.1.1.1", "http://%00", "http://[::1",
              "http://[1]", "not a url", "http://:80"})
            row(bad, nullptr, "", "");
    }
    void parses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, href);
        const auto url = parseAnyUrl(text);
        QCOMPARE(url.has_value(), !href.isNull());
        if (!url)
            return;
        QCOMPARE(url->href(), href);
        QTEST(url->origin(), "origin");
        QTEST(url->path, "path");
        QCOMPARE(parseAnyUrl(url->href()), url);
    }

    void webAddresses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("href"); // empty: throws, or another scheme
        const auto add = [](const char *text, const char *href) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(href);
        };
        add("http://localhost:3000", "http://localhost:3000/");
        add("HTTPS://Example.TEST:443/A?b=c#d", "https://example.test/A?b=c#d");
        add("http://a:80/", "http://a/");
        add("http://a:443/", "http://a:443/");
        add("http:a", "http://a/");
        add("http:/a", "http://a/");
        add("http:\\\\a\\b", "http://a/b");
        add("http:////a", "http://a/");
        add("  http://a/ \n", "http://a/");
        add("ht\ntp://a/", "http://a/");
        add("http://u:p@a/", "http://u:p@a/");
        add("http://a@b@c/", "http://a%40b@c/");
        add("http://a:/", "http://a/");
        add("http://a:65536/", "");
        add("http://a:x/", "");
        add("http://", "");
        add("http://:80/", "");
        add("http://a b/", "");
        add("http://a%20b/", "");
        add("http://a%62/", "http://ab/");
        add("http://1/", "http://0.0.0.1/");
        add("http://127.1/", "http://127.0.0.1/");
        add("http://0x7f.0.0.01/", "http://127.0.0.1/");
        add("http://256.1.1.1/", "");
        add("http://1.2.3.4.5/", "");
        add("http://a.1/", "");
        add("http://[::1]:3000/", "http://[::1]:3000/");
        add("http://[0:0:1:0:0:0:0:0]/", "http://[0:0:1::]/");
        add("http://[1:0:0:2:0:0:3:4]/", "http://[1::2:0:0:3:4]/");
        add("http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/");
        add("http://[::1/", "");
        add("http://[::1]x/", "");
        add("http://\xc3\xa4.test/", "http://xn--4ca.test/");
        add("http://XN--4CA.test/", "http://xn--4ca.test/");
        for (const char *punycode : {"http://xn--fiqs8s/", "http://xn--fa-hia/", "http://xn--ls8h/",
                                     "http://xn--80ak6aa92e.com/", "http://a.xn--vermgensberatung-pwb/",
                                     "http://xn--pple-43d/", "http://xn--wgv71a119e/", "http://xn--n3h/"})
            add(punycode, punycode);
        for (const char *none :
             {"http://xn--a/", "http://xn--nxasmq6ba_b/", "http://a.xn--a/", "http://xn--0/", "http://xn--/"})
            add(none, "");
        add("http://a/b/../c/./d/%2e%2E", "http://a/c/");
        add("http://a/../..", "http://a/");
        add("http://a/b//c", "http://a/b//c");
        add("http://a/\xc3\xa4 <\"", "http://a/%C3%A4%20%3C%22");
        add("http://a?x='y'", "http://a/?x=%27y%27");
        add("http://a?", "http://a/?");
        add("javascript:alert(1)", "");
        add("ftp://a/", "");
        add("a/b", "");
        add("/a", "");
        add("", "");
    }
    void webAddresses()
    {
        QFETCH(QByteArray, text);
        const auto url = parseWebUrl(text);
        QTEST(url ? url->href() : QByteArray(), "href");
    }

    void resolves_data()
    {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("reference");
        QTest::addColumn<QByteArray>("href");
        const auto row = [](const char *base, const char *reference, const char *href) {
            QTest::newRow(reference) << QByteArray(base) << QByteArray(reference) << QByteArray(href);
        };
        row("http://h/a/b?q#f", "/x", "http://h/x");
        row("http://h/a/b?q", "c", "http://h/a/c");
        row("http://h/a/b?q", "../c", "http://h/c");
        row("http://h/a/b?q", "?r", "http://h/a/b?r");
        row("http://h/a/b?q", "#s", "http://h/a/b?q#s");
        row("http://h/a/b?q", "", "http://h/a/b?q");
        row("http://h/", "//other/x", "http://other/x");
        row("http://h/", "\\\\other\\x", "http://other/x");
        row("http://h/", "https://x/y", "https://x/y");
        row("http://h/p/", "http:y", "http://h/p/y");
        row("http://h/", "//", nullptr);
        row("app:x", "y", nullptr);
        row("app:x", "#y", "app:x#y");
    }
    void resolves()
    {
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, reference);
        QFETCH(QByteArray, href);
        const auto url = parseAnyUrl(reference, *parseAnyUrl(base));
        QCOMPARE(url ? url->href() : QByteArray(), href);
        QCOMPARE(url.has_value(), !href.isNull());
    }

    void pathIsAssigned_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("href");
        QTest::newRow("plain") << QByteArray("/x") << QByteArray("http://h/x?q");
        QTest::newRow("no slash") << QByteArray("x/../y") << QByteArray("http://h/y?q");
        QTest::newRow("escaped") << QByteArray("/a?b#c d") << QByteArray("http://h/a%3Fb%23c%20d?q");
        QTest::newRow("address") << QByteArray("https://x/y") << QByteArray("http://h/https://x/y?q");
    }
    void pathIsAssigned()
    {
        QFETCH(QByteArray, path);
        auto url = *parseAnyUrl("http://h/p?q");
        url.setPath(path);
        QTEST(url.href(), "href");
    }

    void searchParams()
    {
        SearchParams params = SearchParams::parse("a=1&&b&c=x+y%20z&a=2&d=%ff%zz");
        QCOMPARE(params.toQuery(), QByteArray("a=1&b=&c=x+y+z&a=2&d=%EF%BF%BD%25zz"));
        params.set("a", "*-._~!'()/\xc3\xa9");
        params.append("a", "3");
        QCOMPARE(params.toQuery(), QByteArray("a=*-._%7E%21%27%28%29%2F%C3%A9&b=&c=x+y+z&d=%EF%BF%BD%25zz&a=3"));
        auto url = *parseAnyUrl("http://h/p?q#f");
        url.setSearchParams(params);
        QVERIFY(url.href().endsWith("&a=3#f"));
        url.setSearchParams({});
        QCOMPARE(url.href(), QByteArray("http://h/p#f"));
    }

    void survivesGarbage()
    {
        QRandomGenerator random(20261121);
        const QByteArray alphabet("ht:/\\?#@[].%2e\xc3\xa9 0x17-");
        for (int round = 0; round < 20000; ++round) {
            QByteArray text = random.bounded(2) == 0 ? "http:" : "";
            for (int length = random.bounded(24); length > 0; --length)
                text += alphabet.at(random.bounded(static_cast<int>(alphabet.size())));
            const auto url = parseAnyUrl(text);
            // What was printed reads as the same.
            if (url)
                QCOMPARE(parseAnyUrl(url->href()).value().href(), url->href());
        }
    }
};

QTEST_GUILESS_MAIN(WebUrlTest)
#include "tst_WebUrl.moc"
