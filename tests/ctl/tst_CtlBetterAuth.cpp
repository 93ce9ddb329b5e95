#include <QtTest>

#include <QJsonArray>

#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "core/jose/JsonText.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::Reply;
using test::ScriptedServer;

namespace {

const QByteArray secret = "the-secret-of-a-better-auth-deployment";
const QByteArray liveToken = "sess01XyZ0123456789abcdefghijklm"; // of the fixture, as all below
const QByteArray expiredToken = "sess03XyZ0123456789abcdefghijklm";

QByteArray cookieOf(const QByteArray &token, const QByteArray &signedWith = secret)
{
    return "better-auth.session_token=" +
           http::encodeUriComponent(engine::betterauth::signCookie(signedWith, token).view());
}

QString outcomeOf(const QJsonObject &answer, const QString &wanted)
{
    const QJsonArray trace = answer.value(QStringLiteral("trace")).toArray();
    for (const QJsonValue &step : trace) {
        if (step.toObject().value(QStringLiteral("step")) == wanted)
            return step.toObject().value(QStringLiteral("outcome")).toString();
    }
    return {};
}

QString emailIn(const QJsonObject &answer)
{
    const QJsonObject session = answer.value(QStringLiteral("session")).toObject();
    return session.value(QStringLiteral("user")).toObject().value(QStringLiteral("email")).toString();
}

} // namespace

/// Better Auth's sessions on the command line: from its tables, through a cache, and asked of a deployment.
class CtlBetterAuthTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
    QString m_secretFile;

    [[nodiscard]] QStringList asked(const char *more) const
    {
        return QString::fromLatin1(more).split(QLatin1Char(' ')) +
               QStringList{QStringLiteral("--auth-version"), QStringLiteral("better-auth"),
                           QStringLiteral("--secret-file"), m_secretFile};
    }
    [[nodiscard]] QStringList ofDatabase(const char *more) const
    {
        return asked(more) + QStringList{QStringLiteral("--strategy"), QStringLiteral("database"),
                                         QStringLiteral("--database"), m_database->url(),
                                         QStringLiteral("--now"),      QStringLiteral("1781524800")};
    }

private Q_SLOTS:
    void init()
    {
        m_database = std::make_unique<test::SqliteDatabase>(QStringLiteral("better-auth-sqlite"));
        m_ctl = std::make_unique<CtlProcess>();
        m_ctl->neverShow(secret);
        m_ctl->neverShow(liveToken);
        m_secretFile = m_ctl->writeFile(QStringLiteral("secret"), secret + '\n');
    }

    void resolvesItsRows_data()
    {
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<QString>("reason"); // empty: the session of Ada
        QTest::newRow("live") << cookieOf(liveToken) << QString();
        QTest::newRow("expired") << cookieOf(expiredToken) << QStringLiteral("row-expired");
        QTest::newRow("no row") << cookieOf("sess99XyZ0123456789abcdefghijklm") << QStringLiteral("row-missing");
        QTest::newRow("another's signature")
            << cookieOf(liveToken, "another secret") << QStringLiteral("ba-bad-signature");
        QTest::newRow("not signed") << "better-auth.session_token=" + liveToken << QStringLiteral("ba-unsigned");
        QTest::newRow("another library's cookie")
            << QByteArray("authjs.session-token=x") << QStringLiteral("other-major-name");
        QTest::newRow("no cookie") << QByteArray("theme=dark") << QStringLiteral("no-cookie");
    }
    void resolvesItsRows()
    {
        QFETCH(QByteArray, cookie);
        QFETCH(QString, reason);
        const int rows = m_database->count(QStringLiteral("session"));
        const CtlResult result = m_ctl->run(ofDatabase("resolve --cookie-file -"), cookie);
        QVERIFY2(result.exitCode == (reason.isEmpty() ? 0 : 1), result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("reason")).toString(), reason);
        QCOMPARE(emailIn(result.json()), reason.isEmpty() ? QStringLiteral("ada@example.com") : QString());
        // The library's body holds the token; shown is what it can be named by.
        if (reason.isEmpty()) {
            QCOMPARE(result.json()
                         .value(QStringLiteral("session"))
                         .toObject()
                         .value(QStringLiteral("session"))
                         .toObject()
                         .value(QStringLiteral("token"))
                         .toString(),
                     base::Fingerprint::of(liveToken).text());
        }
        QVERIFY2(reason.isEmpty() || !result.err.isEmpty(), "no word for people");
        // Better Auth would have deleted the expired row; observing deletes nothing.
        QCOMPARE(m_database->count(QStringLiteral("session")), rows);
    }

    void withoutTheSecretItSaysSo()
    {
        QStringList arguments = ofDatabase("resolve --cookie-file -");
        const qsizetype at = arguments.indexOf(QStringLiteral("--secret-file"));
        arguments.remove(at, 2);
        const CtlResult result = m_ctl->run(arguments, cookieOf(liveToken));
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("reason")).toString(), QStringLiteral("missing-secret"));
    }

    void cachesByTheSignedToken()
    {
        QByteArray lines;
        int id = 0;
        for (const QByteArray &cookie : {cookieOf(liveToken), cookieOf(liveToken), cookieOf(expiredToken),
                                         cookieOf(expiredToken), cookieOf(liveToken, "another secret")}) {
            jose::JsonValue::Object line{{QStringLiteral("id"), jose::JsonValue(double(++id))},
                                         {QStringLiteral("cookie"), jose::JsonValue(QString::fromLatin1(cookie))}};
            lines += jose::printJson(jose::JsonValue(std::move(line))) + '\n';
        }
        const CtlResult result = m_ctl->run(ofDatabase("resolve --batch --mode cached"), lines);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QStringList cached;
        QStringList emails;
        for (const QJsonObject &answer : result.lines()) {
            cached << outcomeOf(answer, QStringLiteral("cache"));
            emails << emailIn(answer);
        }
        // A cookie that the deployment did not sign is not answered from the cache.
        QCOMPARE(cached, (QStringList{QStringLiteral("miss"), QStringLiteral("hit"), QStringLiteral("miss"),
                                      QStringLiteral("hit"), QStringLiteral("skipped")}));
        const QString ada = QStringLiteral("ada@example.com");
        QCOMPARE(emails, (QStringList{ada, ada, QString(), QString(), QString()}));
    }

    void asksADeployment()
    {
        const QByteArray good = cookieOf(liveToken);
        // As better-auth answers at its get-session, observed on 1.7.7.
        ScriptedServer server([good](const ScriptedServer::Request &request) {
            if (!request.requestLine().startsWith("GET /api/auth/get-session "))
                return Reply::http(404, {});
            return Reply::http(200, request.header("cookie") == good
                                        ? QByteArray("{\"session\":{\"id\":\"s1\",\"userId\":\"u1\",\"token\":\"" +
                                                     liveToken +
                                                     "\"},\"user\":{\"id\":\"u1\",\"email\":\"ada@example.com\"},"
                                                     "\"link\":\"/leave?of=" +
                                                     liveToken + "\"}")
                                        : QByteArray("null"));
        });
        QStringList arguments = asked("resolve --mode proxy --cookie-file -");
        arguments << QStringLiteral("--base-url") << server.url(QString()).toString();
        const CtlResult live = m_ctl->run(arguments, "theme=dark; " + good);
        QVERIFY2(live.exitCode == 0, live.all().constData());
        QCOMPARE(emailIn(live.json()), QStringLiteral("ada@example.com"));
        const CtlResult gone = m_ctl->run(arguments, cookieOf(expiredToken));
        QVERIFY2(gone.exitCode == 1, gone.all().constData());
        QCOMPARE(gone.json().value(QStringLiteral("reason")).toString(), QStringLiteral("proxy-null"));
    }
};

QTEST_GUILESS_MAIN(CtlBetterAuthTest)
#include "tst_CtlBetterAuth.moc"
