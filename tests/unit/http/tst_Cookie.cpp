#include <QtTest>

#include <QRandomGenerator>

#include "core/http/Cookie.h"
#include "core/http/CookieNames.h"

using namespace rollcall;
using http::CookieDialect;
using session::AuthVersion;

namespace {

const std::array dialects{
    std::pair{"cookie-0.7", CookieDialect::Cookie07},    std::pair{"authcore", CookieDialect::AuthCore},
    std::pair{"next-api", CookieDialect::NextApi},       std::pair{"next-edge", CookieDialect::NextEdge},
    std::pair{"better-auth", CookieDialect::BetterAuth}, std::pair{"better-call", CookieDialect::BetterCall}};

QMap<QString, QString> textsOf(const http::Cookies &cookies)
{
    QMap<QString, QString> texts;
    for (const http::Cookie &cookie : cookies)
        texts.insert(QString::fromUtf8(cookie.name), QString::fromUtf8(cookie.value.view()));
    return texts;
}

} // namespace

class CookieTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void percentDecoding_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QString>("decoded"); // null: decodeURIComponent throws
        const auto row = [](const char *raw, const QString &decoded) {
            QTest::newRow(raw) << QByteArray(raw) << decoded;
        };
        row("%41", QStringLiteral("A"));
        row("%c3%a9+%E2%82%AC%f0%9f%98%80", QString::fromUtf8("é+€😀"));
        row("%", {});
        row("%4", {});
        row("%4g", {});
        row("%c3", {});
        row("%c3a9", {});
        row("%c3%41", {});
        row("%c0%80", {});
        row("%e0%80%80", {});
        row("%ed%a0%80", {});
        row("%f4%90%80%80", {});
        row("%f5%80%80%80", {});
        row("%80", {});
        row("%ff", {});
    }
    void percentDecoding()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QString, decoded);
        const QByteArray header = "a=" + raw;
        const auto edge = textsOf(http::parseCookies(header, CookieDialect::NextEdge));
        QCOMPARE(edge.contains(QStringLiteral("a")), !decoded.isNull());
        const auto core = textsOf(http::parseCookies(header, CookieDialect::AuthCore));
        QCOMPARE(core.value(QStringLiteral("a")), decoded.isNull() ? QString::fromLatin1(raw) : decoded);
    }

    void manyCookies()
    {
        QByteArray header;
        for (int i = 0; i < 20000; ++i)
            header += 'n' + QByteArray::number(i % 10000) + '=' + QByteArray::number(i) + "; ";
        const QList<CookieDialect> lastWins{CookieDialect::NextEdge, CookieDialect::BetterAuth};
        for (const auto &[name, dialect] : dialects) {
            const auto cookies = http::parseCookies(header, dialect);
            QCOMPARE(cookies.size(), std::size_t{10000});
            QCOMPARE(cookies.at(5).name, QByteArray("n5"));
            QCOMPARE(cookies.at(5).value.view().toByteArray(), QByteArray(lastWins.contains(dialect) ? "10005" : "5"));
        }
    }

    void namesWithAnApostropheAreThereForBetterAuth()
    {
        const auto cookies = textsOf(http::parseCookies("it's=1; a=2", CookieDialect::BetterAuth));
        QCOMPARE(cookies, (QMap<QString, QString>{{QStringLiteral("it's"), QStringLiteral("1")},
                                                  {QStringLiteral("a"), QStringLiteral("2")}}));
    }

    void survivesGarbage()
    {
        QRandomGenerator random(7);
        const QByteArray alphabet("ab=;\" %4c3\t\xa0\xff\0", 15);
        for (int round = 0; round < 20000; ++round) {
            QByteArray header(random.bounded(40), Qt::Uninitialized);
            for (char &c : header)
                c = alphabet.at(random.bounded(static_cast<int>(alphabet.size())));
            for (const auto &[name, dialect] : dialects) {
                const auto cookies = http::parseCookies(header, dialect);
                QVERIFY(cookies.size() <= static_cast<std::size_t>(header.count(';') + 1));
            }
        }
    }

    void rawValues_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value"); // null: none
        QTest::newRow("plain") << QByteArray("a=1; s=x%41\"; s=2") << QByteArray("x%41\"");
        QTest::newRow("blanks around") << QByteArray(" \t s=x ;") << QByteArray("x");
        QTest::newRow("blank before =") << QByteArray("s =x") << QByteArray();
        QTest::newRow("no =") << QByteArray("a=1;s") << QByteArray("");
        QTest::newRow("other") << QByteArray("ss=1; as=2") << QByteArray();
        QTest::newRow("empty") << QByteArray() << QByteArray();
    }
    void rawValues()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, value);
        const auto raw = http::rawCookieValue(header, "s");
        QCOMPARE(raw.has_value(), !value.isNull());
        QCOMPARE(raw ? raw->view().toByteArray() : QByteArray(), value);
    }

    void encodesUriComponents()
    {
        QCOMPARE(http::encodeUriComponent("azAZ09-_.!~*'()"), QByteArray("azAZ09-_.!~*'()"));
        QCOMPARE(http::encodeUriComponent("a b;c,\"=/|é"), QByteArray("a%20b%3Bc%2C%22%3D%2F%7C%C3%A9"));
    }

    void names_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<bool>("secure");
        QTest::addColumn<QByteArray>("session");
        QTest::addColumn<QByteArray>("csrf");
        QTest::addColumn<QByteArray>("callback");
        QTest::newRow("v4") << AuthVersion::V4 << false << QByteArray("next-auth.session-token")
                            << QByteArray("next-auth.csrf-token") << QByteArray("next-auth.callback-url");
        QTest::newRow("v5 secure") << AuthVersion::V5 << true << QByteArray("__Secure-authjs.session-token")
                                   << QByteArray("__Host-authjs.csrf-token")
                                   << QByteArray("__Secure-authjs.callback-url");
        QTest::newRow("better-auth") << AuthVersion::BetterAuth << true
                                     << QByteArray("__Secure-better-auth.session_token") << QByteArray()
                                     << QByteArray();
    }
    void names()
    {
        QFETCH(AuthVersion, version);
        QFETCH(bool, secure);
        QFETCH(QByteArray, session);
        QFETCH(QByteArray, csrf);
        QFETCH(QByteArray, callback);
        QCOMPARE(http::defaultCookieName(version, http::CookiePurpose::Session, secure), session);
        QCOMPARE(http::defaultCookieName(version, http::CookiePurpose::Csrf, secure), csrf);
        QCOMPARE(http::defaultCookieName(version, http::CookiePurpose::CallbackUrl, secure), callback);
        session::AuthProfile profile;
        profile.version = version;
        profile.secureCookies = secure;
        QCOMPARE(http::sessionCookieName(profile), session);
        profile.cookieName = "sid";
        QCOMPARE(http::sessionCookieName(profile), QByteArray("sid"));
    }
};

QTEST_GUILESS_MAIN(CookieTest)
#include "tst_Cookie.moc"
