#include <QtTest>

#include "core/http/ChunkedCookie.h"

using namespace rollcall;
using session::AuthVersion;
using session::CookieParser;

namespace {

QByteArray assemble(const QByteArray &header, const QByteArray &name, AuthVersion version, CookieParser parser)
{
    session::AuthProfile profile;
    profile.version = version;
    profile.cookieParser = parser;
    const auto cookies = http::sessionCookies(http::parseCookies(header, http::dialectOf(profile)), name, version);
    return http::assembleChunks(cookies, version).view().toByteArray();
}

} // namespace

class ChunkedCookieTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortsAsV8_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("expected");
        // Expectations: Node 20, names.sort((a, b) => parseInt(a.split(".").pop()) - parseInt(b.split(".").pop())).
        const auto row = [](const char *header, const char *expected) {
            QTest::newRow(header) << QByteArray(header) << QByteArray(expected);
        };
        row("s.3=a; s.x=b; s.1=c; s.y=d; s.2=e; s.0=f", "abfcde");
        row("s.9=a; s.8=b; s.7=c; s.x=d; s.6=e; s.5=f", "fecbad");
        row("s.+2=a; s. 1=b; s.1e9=c; s.99999999999999999999=d; s.-0=e", "ebcad");
        row("s.0x=a; s.2=b; s.1=c", "acb");
        row("7=a; 5=b; 51=c", "bac");
        // From 64 names on V8 merges runs instead.
        QByteArray many;
        for (int i = 0; i < 70; ++i) {
            const QByteArray suffix = QByteArray::number(i % 5 == 2 ? i : i * 37 % 70);
            many.append(i % 5 == 2 ? "s.x" : "s.").append(suffix).append('=');
            many.append(static_cast<char>(i < 26 ? 'a' + i : i < 52 ? 'A' + i - 26 : '0' + i % 10)).append("; ");
        }
        QTest::newRow("70 names") << many
                                  << QByteArray(
                                         "a3K5MO913WJbctvexgziDFoHqsudfhkyAjClmnprwBEGILU5Y4NPQS9680RTVXZ2724678");
    }
    void sortsAsV8()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, expected);
        QCOMPARE(assemble(header, header.startsWith('s') ? "s" : "", AuthVersion::V4, CookieParser::App), expected);
    }

    /// The library collects what it sets in an object: names that spell an array index come first, ascending.
    void setsNamesOfDigitsFirst_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("names");
        QTest::newRow("digits") << QByteArray("7") << QByteArray("7.0=a; 70=b; 7=c") << QByteArray("7 70 7.0");
        QTest::newRow("a new one") << QByteArray("7") << QByteArray("7.0=a") << QByteArray("7 7.0");
        QTest::newRow("no index") << QByteArray("07") << QByteArray("07.0=a; 07=b") << QByteArray("07.0 07");
        QTest::newRow("letters") << QByteArray("s") << QByteArray("s.1=a; s.0=b") << QByteArray("s.1 s.0 s");
    }
    void setsNamesOfDigitsFirst()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, header);
        const auto recognised =
            http::sessionCookies(http::parseCookies(header, http::CookieDialect::AuthCore), name, AuthVersion::V5);
        QByteArrayList names;
        for (const http::SetCookie &cookie :
             http::renewedCookies(recognised, name, base::SecretBytes("new"), {}, {}, AuthVersion::V5))
            names << cookie.name;
        QTEST(names.join(' '), "names");
    }

    /// JavaScript's lengths are of UTF-16 code units.
    void splitsByCharacters()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const qsizetype size = http::chunkSize(version);
            const auto parts = [&](qsizetype length) {
                const QByteArray value = QString(length, QChar(0xe9)).toUtf8();
                return http::splitValue("s", base::SecretBytes(QByteArrayView(value)), version);
            };
            QCOMPARE(parts(size).size(), std::size_t{1});
            QCOMPARE(parts(size).front().name, QByteArray("s"));
            const auto two = parts(size + 1);
            QCOMPARE(two.size(), std::size_t{2});
            QCOMPARE(two.front().name, QByteArray("s.0"));
            QCOMPARE(two.front().value.size(), 2 * size);
            QCOMPARE(two.back().value.view().toByteArray(), QByteArray("\xc3\xa9"));
        }
    }

    void renewsInPlace_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("size");
        QTest::addColumn<QByteArray>("names"); // with the length of the value
        QTest::newRow("one") << QByteArray("s=a") << 10 << QByteArray("s:10");
        QTest::newRow("surplus chunks") << QByteArray("s.0=a; s.1=b") << 10 << QByteArray("s.0:0 s.1:0 s:10");
        QTest::newRow("plain becomes chunks")
            << QByteArray("s=a; s.1=b; sx=c; s.01=d") << 5000 << QByteArray("s:0 s.1:1064 sx:0 s.01:0 s.0:3936");
    }
    void renewsInPlace()
    {
        QFETCH(QByteArray, header);
        QFETCH(int, size);
        const auto recognised =
            http::sessionCookies(http::parseCookies(header, http::CookieDialect::AuthCore), "s", AuthVersion::V5);
        QByteArrayList names;
        for (const http::SetCookie &cookie :
             http::renewedCookies(recognised, "s", base::SecretBytes(QByteArray(size, 'x')), {}, {}, AuthVersion::V5))
            names << cookie.name + ':' + QByteArray::number(cookie.value.size());
        QTEST(names.join(' '), "names");
    }

    void configuredOptions_data()
    {
        QTest::addColumn<bool>("isV4");
        QTest::addColumn<bool>("configured");
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("v4 default") << true << false << QByteArray("n=v; Path=/; HttpOnly; Secure; SameSite=Lax");
        QTest::newRow("v5 default") << false << false << QByteArray("n=v; Path=/; HttpOnly; Secure; SameSite=Lax");
        QTest::newRow("v4 replaces all") << true << true
                                         << QByteArray("n=v; Max-Age=60; Domain=x.test; Partitioned; Priority=High");
        QTest::newRow("v5 merges") << false << true
                                   << QByteArray("n=v; Max-Age=60; Domain=x.test; Path=/; HttpOnly; Secure; "
                                                 "Partitioned; Priority=High; SameSite=Lax");
    }
    void configuredOptions()
    {
        QFETCH(bool, isV4);
        QFETCH(bool, configured);
        session::CookieOptions options;
        options.domain = "x.test";
        options.priority = "high";
        options.partitioned = true;
        options.maxAge = std::chrono::minutes(1);
        http::SetCookie cookie;
        cookie.name = "n";
        cookie.value = base::SecretBytes("v");
        cookie.attributes = http::cookieAttributes(isV4 ? AuthVersion::V4 : AuthVersion::V5, true,
                                                   configured ? std::optional(options) : std::nullopt);
        cookie.maxAge = cookie.attributes.maxAge;
        QTEST(http::setCookieLine(cookie).view().toByteArray(), "line");
    }

    void indices_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<qint64>("index");
        QTest::newRow("plain") << QByteArray("s") << qint64{-1};
        QTest::newRow("first") << QByteArray("s.0") << qint64{0};
        QTest::newRow("twelfth") << QByteArray("s.11") << qint64{11};
        QTest::newRow("no digits") << QByteArray("s.") << qint64{-1};
        QTest::newRow("letters") << QByteArray("s.1a") << qint64{-1};
        QTest::newRow("other cookie") << QByteArray("st.1") << qint64{-1};
        QTest::newRow("too long") << QByteArray("s.1234567890") << qint64{-1};
    }
    void indices()
    {
        QFETCH(QByteArray, name);
        QFETCH(qint64, index);
        QCOMPARE(http::chunkIndex(name, "s").value_or(-1), index);
    }
};

QTEST_GUILESS_MAIN(ChunkedCookieTest)
#include "tst_ChunkedCookie.moc"
