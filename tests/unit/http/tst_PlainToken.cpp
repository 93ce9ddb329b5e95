#include <QtTest>

#include <array>
#include <random>

#include "core/http/ChunkedCookie.h"
#include "core/http/PlainRun.h"
#include "core/http/PlainToken.h"

using namespace rollcall;
using http::CookieDialect;
using session::AuthVersion;

namespace {

const QByteArray cookieName = QByteArrayLiteral("authjs.session-token");
const QByteArray csrfName = QByteArrayLiteral("authjs.csrf-token");

constexpr std::array dialects{CookieDialect::Cookie07, CookieDialect::AuthCore,   CookieDialect::NextApi,
                              CookieDialect::NextEdge, CookieDialect::BetterAuth, CookieDialect::BetterCall};

/// A Cookie header of pieces that parsers disagree on, and of whole cookies.
QByteArray randomHeader(std::mt19937 &random)
{
    static const std::array<QByteArray, 24> pieces{cookieName,
                                                   csrfName,
                                                   QByteArrayLiteral("authjs.session-token.0"),
                                                   QByteArrayLiteral("theme"),
                                                   QByteArrayLiteral("="),
                                                   QByteArrayLiteral("="),
                                                   QByteArrayLiteral("="),
                                                   QByteArrayLiteral(";"),
                                                   QByteArrayLiteral("; "),
                                                   QByteArrayLiteral("; "),
                                                   QByteArrayLiteral("; "),
                                                   QByteArrayLiteral(" "),
                                                   QByteArrayLiteral("\t"),
                                                   QByteArrayLiteral("\v"),
                                                   QByteArrayLiteral("\xa0"),
                                                   QByteArrayLiteral("\""),
                                                   QByteArrayLiteral("%41"),
                                                   QByteArrayLiteral("%zz"),
                                                   QByteArrayLiteral("%C3%A9"),
                                                   QByteArrayLiteral("a.b-c_D"),
                                                   QByteArrayLiteral("0123456789abcdefghijklmnopqrstuvwxyz"),
                                                   QByteArrayLiteral("\xe9"),
                                                   QByteArrayLiteral("__proto__"),
                                                   QByteArrayLiteral("|")};
    QByteArray header;
    const auto count = random() % 14;
    for (auto i = count; i > 0; --i) {
        if (random() % 3 == 0)
            header += pieces.at(random() % 4) + '=' + pieces.at(16 + random() % 8) + "; ";
        else
            header += pieces.at(random() % pieces.size());
    }
    return header;
}

QList<std::pair<QByteArray, QByteArray>> plain(const http::Cookies &cookies)
{
    QList<std::pair<QByteArray, QByteArray>> list;
    for (const http::Cookie &cookie : cookies)
        list.append({cookie.name, cookie.value.view().toByteArray()});
    return list;
}

} // namespace

class PlainTokenTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesTokensAsTheyStand_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("token");
        const auto row = [](const char *header, const char *token) {
            QTest::newRow(header) << QByteArray(header) << QByteArray(token);
        };
        row("authjs.session-token=abc", "abc");
        row("theme=dark; authjs.session-token=a.b-c_D; x=1", "a.b-c_D");
        row("word;authjs.session-token=abc;x", "abc");
        row("theme=dark", "");
        row("authjs.session-token=", "");
        row("authjs.session-token", "");
        row("authjs.session-token=a%41", "");
        row("authjs.session-token=\"abc\"", "");
        row("authjs.session-token=abc ; x=1", "");
        row("authjs.session-token=abc; authjs.session-token=abd", "");
        row("authjs.session-token.0=abc", "");
        row("authjs.session-token=abc; authjs.session-token-legacy=d", "");
        row("authjs.session-token=abc; \tauthjs.session-token=abd", "");
    }
    void takesTokensAsTheyStand()
    {
        QFETCH(QByteArray, header);
        QTEST(http::plainToken(header, cookieName).toByteArray(), "token");
    }

    void refusesNamesThatParsersLose()
    {
        QVERIFY(http::hasPlainTokens(cookieName));
        QVERIFY(http::hasPlainTokens("__Secure-next-auth.session-token"));
        QVERIFY(!http::hasPlainTokens("__proto__"));
        QVERIFY(!http::hasPlainTokens("constructor"));
        QVERIFY(!http::hasPlainTokens("a-b=c"));
        QVERIFY(!http::hasPlainTokens(""));
    }

    /// Each character at each place of runs of all lengths up to two blocks and a half: who reads many at a time finds
    /// what standsForItself() says.
    void runsEndWhereACharacterIsNoneOfThem()
    {
        const http::PlainRunEnd vector = http::vectorPlainRunEnd();
        constexpr qsizetype before = 21; // characters that are not looked at
        for (const http::PlainRunEnd runEnd : {http::PlainRunEnd(http::plainRunEnd), vector}) {
            if (!runEnd)
                continue; // the processor has no such instructions
            for (qsizetype size = 0; size <= 80; ++size) {
                for (qsizetype at = 0; at < size; ++at) {
                    for (int c = 0; c < 256; ++c) {
                        QByteArray text(before + size, 'x');
                        text[before + at] = static_cast<char>(c);
                        const bool isPlain = http::standsForItself(QByteArrayView(text).sliced(before + at, 1));
                        const char *from = text.constData() + before;
                        if (runEnd(text.constData(), from, text.constEnd()) != (isPlain ? text.constEnd() : from + at))
                            QFAIL(qPrintable(QStringLiteral("character %1 at %2 of %3").arg(c).arg(at).arg(size)));
                    }
                }
                // Nor does it matter what stands before, or that nothing does.
                QByteArray text(before + size, ';');
                std::fill(text.begin() + before, text.end(), 'a');
                const char *from = text.constData() + before;
                QCOMPARE(runEnd(text.constData(), from, text.constEnd()), text.constEnd());
                QCOMPARE(runEnd(from, from, text.constEnd()), text.constEnd());
            }
        }
    }

    /// What is read fast is what the parsers give, on headers that bring out how they differ.
    void agreesWithTheParsers()
    {
        std::mt19937 random(4); // the same headers in each run
        const http::WantedCookies wanted{cookieName, {csrfName}};
        int plainOnes = 0;
        for (int i = 0; i < 50'000; ++i) {
            const QByteArray header = randomHeader(random);
            const QByteArray shown = header.toPercentEncoding();
            const QByteArrayView token = http::plainToken(header, cookieName);
            plainOnes += token.isEmpty() ? 0 : 1;
            for (const CookieDialect dialect : dialects) {
                const auto everything = plain(http::parseCookies(header, dialect));
                auto filtered = everything;
                filtered.removeIf([](const auto &cookie) {
                    return cookie.first != csrfName && !cookie.first.startsWith(cookieName);
                });
                QVERIFY2(plain(http::viewCookies(header, dialect, wanted)) == filtered, shown.constData());
                for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
                    const auto cookies = http::sessionCookies(http::parseCookies(header, dialect), cookieName, version);
                    QVERIFY2(token.isEmpty() || http::assembleChunks(cookies, version).view() == token,
                             shown.constData());
                }
            }
        }
        QVERIFY2(plainOnes > 1'000, QByteArray::number(plainOnes).constData());
    }
};

QTEST_GUILESS_MAIN(PlainTokenTest)
#include "tst_PlainToken.moc"
