#include <QtTest>

#include "core/base/WebUrl.h"

using namespace rollcall;

class WebUrlTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Expected values: `new URL(text).href` in Node.js 20, but without user, fragment and a lone "?".
    void absolute_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("href"); // empty: throws, or another scheme
        const auto add = [](const char *text, const char *href) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(href);
        };
        add("http://localhost:3000", "http://localhost:3000/");
        add("HTTPS://Example.TEST:443/A?b=c#d", "https://example.test/A?b=c");
        add("http://a:80/", "http://a/");
        add("http://a:443/", "http://a:443/");
        add("http:a", "http://a/");
        add("http:/a", "http://a/");
        add("http:\\\\a\\b", "http://a/b");
        add("http:////a", "http://a/");
        add("  http://a/ \n", "http://a/");
        add("ht\ntp://a/", "http://a/");
        add("http://u:p@a/", "http://a/");
        add("http://a@b@c/", "http://c/");
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
        add("http://a/b/../c/./d/%2e%2E", "http://a/c/");
        add("http://a/../..", "http://a/");
        add("http://a/b//c", "http://a/b//c");
        add("http://a/\xc3\xa4 <\"", "http://a/%C3%A4%20%3C%22");
        add("http://a?x='y'", "http://a/?x=%27y%27");
        add("http://a?", "http://a/");
        add("javascript:alert(1)", "");
        add("ftp://a/", "");
        add("a/b", "");
        add("/a", "");
        add("", "");
    }
    void absolute()
    {
        QFETCH(QByteArray, text);
        const auto url = base::parseWebUrl(text);
        QTEST(url ? url->href() : QByteArray(), "href");
    }

    void withBase_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("href");
        const auto add = [](const char *text, const char *href) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(href);
        };
        add("/x?y", "https://base.test:8/x?y");
        add("//other.test/x", "https://other.test/x");
        add("/\\other.test", "https://other.test/");
        add("//", "");
        add("http://x", "http://x/");
        add("x", "");
    }
    void withBase()
    {
        QFETCH(QByteArray, text);
        const auto url = base::parseWebUrl(text, *base::parseWebUrl("https://base.test:8/p/q"));
        QTEST(url ? url->href() : QByteArray(), "href");
    }
};

QTEST_GUILESS_MAIN(WebUrlTest)
#include "tst_WebUrl.moc"
