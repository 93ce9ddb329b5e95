#include <QtTest>

#include <QJsonArray>

#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "core/jose/JsonText.h"
#include "core/jose/TokenCodec.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using session::AuthVersion;
using test::CtlProcess;
using test::CtlResult;
using test::words;

namespace {

constexpr const char *moment = "1781000000";
const QByteArray secret = "the-secret-that-seals-the-cookies";
const QByteArray name4 = "next-auth.session-token";
const QByteArray name5 = "authjs.session-token";
const QByteArray rowToken = "5e551000-0000-4000-8000-000000000001"; // of a live session of the Prisma fixture

QByteArray sealed(AuthVersion version)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(secret);
    const QByteArray salt = version == AuthVersion::V4 ? QByteArray() : name5;
    const base::Instant now(std::chrono::seconds(1'781'000'000));
    const auto token = jose::encodeToken(version, "{\"name\":\"Ada\",\"email\":\"ada@example.com\",\"sub\":\"u1\"}",
                                         secrets, salt, std::chrono::hours(1), now);
    return token ? token->view().toByteArray() : QByteArray();
}

QByteArray lineOf(const QByteArray &cookie)
{
    return jose::printJson(jose::JsonValue(
               jose::JsonValue::Object{{QStringLiteral("id"), jose::JsonValue(1.0)},
                                       {QStringLiteral("cookie"), jose::JsonValue(QString::fromLatin1(cookie))}})) +
           '\n';
}

QJsonObject legOf(const CtlResult &result, const QString &leg)
{
    const QJsonArray legs = result.json().value(QStringLiteral("legs")).toArray();
    for (const QJsonValue &value : legs) {
        if (value.toObject().value(QStringLiteral("leg")) == leg)
            return value.toObject();
    }
    return {};
}

} // namespace

/// `resolve` as somebody uses it who does not know yet what their deployment is: by its env file, by a guess, and with
/// cookies that something on the way has changed.
class CtlResolveTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<CtlProcess> m_ctl;
    QString m_secretFile;

    [[nodiscard]] CtlResult resolve(const QStringList &flags, const QByteArray &cookie)
    {
        return m_ctl->run(words("resolve --cookie-file - --now") << QString::fromLatin1(moment) << flags, cookie);
    }
    static QString reasonOf(const CtlResult &result)
    {
        return result.json().value(QStringLiteral("reason")).toString();
    }
    static QString evidenceOf(const QJsonObject &answer) { return answer.value(QStringLiteral("evidence")).toString(); }

private Q_SLOTS:
    void init()
    {
        m_ctl = std::make_unique<CtlProcess>();
        m_ctl->neverShow(secret);
        m_secretFile = m_ctl->writeFile(QStringLiteral("secret"), secret + '\n');
    }

    void readsTheSecretsOfItsLibrary_data()
    {
        QTest::addColumn<QByteArray>("env");
        QTest::addColumn<QString>("version");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("reason"); // or the error's code
        const QByteArray both = "AUTH_SECRET=another\nNEXTAUTH_SECRET=" + secret + '\n';
        const QString none;
        const QString v4 = QStringLiteral("v4");
        const QString v5 = QStringLiteral("v5");
        QTest::newRow("v4 reads NEXTAUTH_SECRET first") << both << v4 << 0 << none;
        QTest::newRow("v5 reads AUTH_SECRET alone") << both << v5 << 1 << QStringLiteral("wrong-secret");
        QTest::newRow("assumed v5 too") << both << QStringLiteral("auto") << 1 << QStringLiteral("wrong-secret");
        QTest::newRow("v5 reads NEXTAUTH_SECRET where it stands alone")
            << "NEXTAUTH_SECRET=" + secret << v5 << 0 << none;
        QTest::newRow("an empty one hides")
            << "AUTH_SECRET=\nNEXTAUTH_SECRET=" + secret << v5 << 2 << QStringLiteral("SecretMissing");
        QTest::newRow("rotation beside AUTH_SECRET")
            << "AUTH_SECRET=new\nAUTH_SECRET_1=" + secret << v5 << 1 << QStringLiteral("wrong-secret");
        QTest::newRow("rotation alone") << "AUTH_SECRET_2=new\nAUTH_SECRET_1=" + secret << v5 << 0 << none;
    }
    void readsTheSecretsOfItsLibrary()
    {
        QFETCH(QByteArray, env);
        QFETCH(QString, version);
        QFETCH(int, exitCode);
        QFETCH(QString, reason);
        const QString file = m_ctl->writeFile(QStringLiteral(".env"), env);
        const bool isV4 = version == QStringLiteral("v4");
        const QByteArray cookie = isV4 ? name4 + '=' + sealed(AuthVersion::V4) : name5 + '=' + sealed(AuthVersion::V5);
        const QStringList flags{QStringLiteral("--env-file"), file, QStringLiteral("--auth-version"), version};
        const CtlResult result = resolve(flags, cookie);
        QVERIFY2(result.exitCode == exitCode, result.all().constData());
        QCOMPARE(exitCode == 2 ? result.errorCode() : reasonOf(result), reason);
    }

    void savedSecretsKeepTheirReaders()
    {
        const QString file =
            m_ctl->writeFile(QStringLiteral(".env"), "DATABASE_URL=sqlite:/nowhere/x.db\nAUTH_SECRET=another\n"
                                                     "NEXTAUTH_SECRET=" +
                                                         secret + '\n');
        const CtlResult added = m_ctl->run(words("connections add shop --strategy jwt --env-file") << file);
        QVERIFY2(added.exitCode == 0, added.all().constData());
        const CtlResult v4 =
            resolve(words("--connection shop --auth-version v4"), name4 + '=' + sealed(AuthVersion::V4));
        QVERIFY2(v4.exitCode == 0, v4.all().constData());
        const CtlResult v5 =
            resolve(words("--connection shop --auth-version v5"), name5 + '=' + sealed(AuthVersion::V5));
        QVERIFY2(v5.exitCode == 1 && reasonOf(v5) == QStringLiteral("wrong-secret"), v5.all().constData());
    }

    void saysWhatOfAnEnvFileIsPassedOver_data()
    {
        QTest::addColumn<QByteArray>("env");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("rotation") << QByteArray("AUTH_SECRET=a\nAUTH_SECRET_1=b\n")
                                  << QByteArray("AUTH_SECRET_1 is not read");
        QTest::newRow("two secrets") << QByteArray("AUTH_SECRET=a\nNEXTAUTH_SECRET=b\n")
                                     << QByteArray("NEXTAUTH_SECRET differs from AUTH_SECRET");
        QTest::newRow("twice") << QByteArray("AUTH_SECRET=a\nAUTH_SECRET=b\n") << QByteArray("AUTH_SECRET");
        QTest::newRow("hidden") << QByteArray("AUTH_SECRET=\nNEXTAUTH_SECRET=b\n")
                                << QByteArray("AUTH_SECRET is empty");
        QTest::newRow("no address") << QByteArray("AUTH_SECRET=a\nAUTH_URL=not a url\n")
                                    << QByteArray("AUTH_URL was not used");
        QTest::newRow("no scheme") << QByteArray("AUTH_SECRET=a\nAUTH_URL=localhost:3000\n")
                                   << QByteArray("https:// or http://");
    }
    void saysWhatOfAnEnvFileIsPassedOver()
    {
        QFETCH(QByteArray, env);
        QFETCH(QByteArray, says);
        const QString file = m_ctl->writeFile(QStringLiteral(".env"), env);
        const CtlResult result = resolve({QStringLiteral("--env-file"), file}, "theme=dark");
        QVERIFY2(result.err.contains("warning") && result.err.contains(says), result.all().constData());
    }

    void anAddressThatIsNoneFails_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::newRow("text") << QByteArray("not a url");
        QTest::newRow("no scheme") << QByteArray("localhost:3000");
        QTest::newRow("another scheme") << QByteArray("ftp://shop.test");
    }
    void anAddressThatIsNoneFails()
    {
        QFETCH(QByteArray, address);
        const QString file = m_ctl->writeFile(QStringLiteral(".env"), "AUTH_SECRET=a\nAUTH_URL=" + address + '\n');
        const CtlResult check = m_ctl->run(words("check --env-file") << file);
        QVERIFY2(check.exitCode == 1, check.all().constData());
        const QJsonObject leg = legOf(check, QStringLiteral("deployment"));
        QCOMPARE(leg.value(QStringLiteral("status")).toString(), QStringLiteral("fail"));
        QVERIFY2(leg.value(QStringLiteral("detail")).toString().contains(u"AUTH_URL"), check.all().constData());
        const CtlResult proxy = resolve({QStringLiteral("--mode=proxy"), QStringLiteral("--env-file"), file}, {});
        QVERIFY2(proxy.exitCode == 2 && proxy.errorCode() == QStringLiteral("UrlInvalid"), proxy.all().constData());
        // A flag takes its place.
        const CtlResult given =
            resolve(words("--mode proxy --timeout 30 --base-url http://127.0.0.1:1 --env-file") << file, name5 + "=x");
        QVERIFY2(given.exitCode == 1 && reasonOf(given) == QStringLiteral("proxy-network-error"),
                 given.all().constData());
    }

    void guessesTheLibraryByTheCookie_data()
    {
        QTest::addColumn<QByteArray>("cookie");
        QTest::newRow("v4") << name4 + '=' + sealed(AuthVersion::V4);
        QTest::newRow("v5") << name5 + '=' + sealed(AuthVersion::V5);
    }
    void guessesTheLibraryByTheCookie()
    {
        QFETCH(QByteArray, cookie);
        const CtlResult result = resolve({QStringLiteral("--secret-file"), m_secretFile}, "theme=dark; " + cookie);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QVERIFY2(result.err.contains("assumed"), result.all().constData());
    }

    void guessesBetterAuthByItsTables()
    {
        const test::SqliteDatabase database(QStringLiteral("better-auth-sqlite"));
        const QByteArray token = "sess01XyZ0123456789abcdefghijklm"; // of the fixture
        m_ctl->neverShow(token);
        const QByteArray cookie = "better-auth.session_token=" +
                                  http::encodeUriComponent(engine::betterauth::signCookie(secret, token).view());
        const QStringList flags{QStringLiteral("--database"), database.url(), QStringLiteral("--secret-file"),
                                m_secretFile};
        const CtlResult result = resolve(flags, cookie);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        // Nothing but the tables says so here: the request carries another library's cookie.
        const CtlResult other = resolve(flags, name5 + "=x");
        QVERIFY2(other.exitCode == 1 && reasonOf(other) == QStringLiteral("other-major-name"), other.all().constData());
        QVERIFY2(evidenceOf(other.json()).contains(u"better-auth.session_token"), other.all().constData());
    }

    void aGuessIsSaidToBeOne()
    {
        // A batch is not looked at beforehand.
        const QByteArray line = lineOf(name4 + '=' + sealed(AuthVersion::V4));
        const CtlResult result = m_ctl->run(words("resolve --batch --secret-file") << m_secretFile, line);
        QVERIFY2(result.exitCode == 0 && result.lines().size() == 1, result.all().constData());
        const QString evidence = evidenceOf(result.lines().front());
        QVERIFY2(evidence.contains(u"Rollcall assumed v5") && evidence.contains(u"--auth-version v4"),
                 result.all().constData());
        // What was said is no guess.
        const CtlResult said =
            m_ctl->run(words("resolve --batch --auth-version v5 --secret-file") << m_secretFile, line);
        QVERIFY2(!evidenceOf(said.lines().front()).contains(u"assumed"), said.all().constData());
    }

    void betterAuthWantsADatabase()
    {
        const CtlResult result =
            resolve(words("--auth-version better-auth --secret-file") << m_secretFile, "better-auth.session_token=x.y");
        QVERIFY2(result.exitCode == 2 && result.errorCode() == QStringLiteral("PartNotGiven"),
                 result.all().constData());
        QVERIFY2(result.err.contains("--database"), result.all().constData());
    }

    void tellsOfRewrittenCookies_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("behind");
        QTest::addColumn<QString>("says");
        QTest::newRow("double quotes") << QByteArray("\"") << QByteArray("\"") << QStringLiteral("in quotes");
        QTest::newRow("single quotes") << QByteArray("'") << QByteArray("'") << QStringLiteral("in quotes");
        QTest::newRow("percent signs") << QByteArray("%zz") << QByteArray() << QStringLiteral("percent signs");
    }
    void tellsOfRewrittenCookies()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, behind);
        QFETCH(QString, says);
        const QByteArray cookie = name5 + '=' + before;
        const CtlResult jwt = resolve(words("--auth-version v5 --secret-file") << m_secretFile,
                                      cookie + sealed(AuthVersion::V5) + behind);
        QVERIFY2(jwt.exitCode == 1 && reasonOf(jwt) == QStringLiteral("malformed-token"), jwt.all().constData());
        QVERIFY2(evidenceOf(jwt.json()).contains(says) && jwt.err.contains(says.toUtf8()), jwt.all().constData());
        const test::SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        const CtlResult row =
            resolve(words("--auth-version v5 --database") << database.url(), cookie + rowToken + behind);
        QVERIFY2(row.exitCode == 1 && reasonOf(row) == QStringLiteral("row-missing"), row.all().constData());
        QVERIFY2(evidenceOf(row.json()).contains(says), row.all().constData());
        QVERIFY2(!row.err.contains("revoked"), row.all().constData());
    }

    void aBadLineOfABatchEndsNothing()
    {
        const QByteArray good = lineOf(name5 + '=' + sealed(AuthVersion::V5));
        const CtlResult result =
            m_ctl->run(words("resolve --batch --auth-version v5 --now")
                           << QString::fromLatin1(moment) << QStringLiteral("--secret-file") << m_secretFile,
                       good + "not json\n{\"id\":7}\n" + good);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const auto lines = result.lines();
        QCOMPARE(lines.size(), size_t(4));
        QVERIFY(lines.front().value(QStringLiteral("session")).isObject());
        QVERIFY(lines.back().value(QStringLiteral("session")).isObject());
        QCOMPARE(lines.at(2).value(QStringLiteral("id")), QJsonValue(7));
        for (const std::size_t bad : {std::size_t(1), std::size_t(2)}) {
            QVERIFY(lines.at(bad).value(QStringLiteral("session")).isNull());
            const QJsonObject error = lines.at(bad).value(QStringLiteral("error")).toObject();
            QCOMPARE(error.value(QStringLiteral("code")).toString(), QStringLiteral("FileFormatInvalid"));
            QVERIFY2(!error.value(QStringLiteral("message")).toString().isEmpty(), result.all().constData());
            QVERIFY2(!error.value(QStringLiteral("remedy")).toString().isEmpty(), result.all().constData());
        }
    }

    void checkSaysWhatItCannotProve_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("cookie name") << QStringList{QStringLiteral("--cookie-name=foo")} << QByteArray("called foo");
        QTest::newRow("strategy") << QStringList{QStringLiteral("--strategy=database")} << QByteArray("--database");
    }
    void checkSaysWhatItCannotProve()
    {
        QFETCH(QStringList, flags);
        QFETCH(QByteArray, says);
        const CtlResult result = m_ctl->run(QStringList{QStringLiteral("check")} + flags);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QVERIFY2(result.err.contains("warning") && result.err.contains(says), result.all().constData());
    }

    void aFailingDatabaseIsDescribed()
    {
        const CtlResult result =
            resolve(words("--strategy database --timeout 30 --database postgresql://u@127.0.0.1:1/x"), name5 + "=x");
        QVERIFY2(result.exitCode == 1 && reasonOf(result) == QStringLiteral("adapter-error"), result.all().constData());
        QVERIFY2(evidenceOf(result.json()).contains(u"127.0.0.1"), result.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlResolveTest)
#include "tst_CtlResolve.moc"
