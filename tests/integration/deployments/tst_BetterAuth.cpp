#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "core/http/HttpClient.h"
#include "core/redis/RedisChannel.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/PostgresServer.h"
#include "tests/support/RedisServer.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::words;

namespace {

constexpr int startLimitMs = 280'000; // a first start installs packages
const QByteArray secret = "a-secret-of-the-better-auth-tests-0001";

/// The real better-auth on a database of its own, with or without a secondary storage in Redis.
class BetterAuthServer final
{
public:
    BetterAuthServer(const QString &databaseUrl, const QString &storageUrl)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("DATABASE_URL"), databaseUrl);
        environment.insert(QStringLiteral("AUTH_SECRET"), QString::fromLatin1(secret));
        environment.insert(QStringLiteral("SESSION_STORE"), storageUrl);
        m_process.setProcessEnvironment(environment);
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("bash"),
                        {test::sourceFile(QStringLiteral("tests/deployments/better-auth/serve.sh"))});
        QElapsedTimer timer;
        timer.start();
        while (!m_process.canReadLine() && m_process.state() != QProcess::NotRunning && timer.elapsed() < startLimitMs)
            m_process.waitForReadyRead(200);
        const QJsonObject said = QJsonDocument::fromJson(m_process.readLine()).object();
        baseUrl = said.value(QStringLiteral("baseUrl")).toString();
        const QJsonArray users = said.value(QStringLiteral("users")).toArray();
        for (const QJsonValue &value : users)
            cookies[value.toObject().value(QStringLiteral("email")).toString()]
                << value.toObject().value(QStringLiteral("cookie")).toString().toLatin1();
    }
    ~BetterAuthServer()
    {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(10'000)) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }
    BetterAuthServer(const BetterAuthServer &) = delete;
    BetterAuthServer &operator=(const BetterAuthServer &) = delete;

    /// What it answers to GET @p path with @p cookie, asked without any code of ours above the HTTP client.
    [[nodiscard]] QJsonDocument get(const char *path, const QByteArray &cookie) const
    {
        http::HttpRequest request;
        request.url = QUrl(baseUrl + QStringLiteral("/api/auth/") + QLatin1StringView(path));
        request.headers.emplace_back("Cookie", cookie);
        const auto response = http::HttpClient({}).send(request, base::Call::within(std::chrono::seconds(20)));
        if (!response || response->status != 200)
            QTest::qFail("the deployment does not answer", __FILE__, __LINE__);
        return response ? QJsonDocument::fromJson(response->body) : QJsonDocument();
    }
    [[nodiscard]] bool accepts(const QByteArray &cookie) const { return get("get-session", cookie).isObject(); }

    QString baseUrl;
    QMap<QString, QByteArrayList> cookies; ///< by e-mail, of each of the user's devices

private:
    QProcess m_process;
};

/// The session token in a signed cookie.
QByteArray tokenIn(const QByteArray &cookie)
{
    const QByteArray value = QByteArray::fromPercentEncoding(cookie.mid(cookie.indexOf('=') + 1));
    return value.first(value.indexOf('.'));
}

QJsonObject verification(const CtlResult &result)
{
    return result.json().value(QStringLiteral("verification")).toObject();
}

} // namespace

/// Revocations against the real better-auth: its cookies are signed, and its secondary storage keeps a second copy of
/// each session and a list of each user's.
class BetterAuthTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_postgres.problem().isEmpty(), qPrintable(m_postgres.problem()));
        QVERIFY2(m_redis.problem().isEmpty(), qPrintable(m_redis.problem()));
        for (const char *name : {"plain", "stored"})
            QCOMPARE(m_postgres.createDatabase(QString::fromLatin1(name)), QString());
        m_ctl.setEnvironment(QStringLiteral("SECRET"), QString::fromLatin1(secret));
        m_ctl.setEnvironment(QStringLiteral("OTHER"), QStringLiteral("a-secret-of-some-other-deployment-0002"));
        m_ctl.setEnvironment(QStringLiteral("STORAGE"), storageUrl());
        m_ctl.neverShow(secret);
    }

    void withTheSecretRefusalsAreProven()
    {
        BetterAuthServer server(start(QStringLiteral("plain")), {});
        QVERIFY(!server.baseUrl.isEmpty());
        const QByteArrayList adas = server.cookies.value(QStringLiteral("ada@example.com"));
        QCOMPARE(adas.size(), 2);
        for (const QByteArray &cookie : adas) {
            m_ctl.neverShow(tokenIn(cookie));
            QVERIFY(server.accepts(cookie));
        }
        const CtlResult proven = revoke(server, "ada@example.com --secret-env SECRET");
        QVERIFY2(proven.exitCode == 0, proven.all().constData());
        QCOMPARE(proven.json().value(QStringLiteral("revoked")).toInt(), 2);
        QCOMPARE(verification(proven).value(QStringLiteral("refused")).toInt(), 2);
        QVERIFY(!verification(proven).value(QStringLiteral("timeToEffectMs")).isNull());
        for (const QByteArray &cookie : adas)
            QVERIFY(!server.accepts(cookie));

        // Without it none can be formed, and that is said; by another deployment's nobody looks at the token.
        const CtlResult unsigned_ = revoke(server, "ben@example.com");
        QVERIFY2(unsigned_.exitCode == 1, unsigned_.all().constData());
        QCOMPARE(unsigned_.json().value(QStringLiteral("revoked")).toInt(), 2);
        QCOMPARE(verification(unsigned_).value(QStringLiteral("unchecked")).toInt(), 2);
        QVERIFY2(unsigned_.err.contains("signs its cookies"), unsigned_.all().constData());
        const CtlResult other = revoke(server, "cleo@example.com --secret-env OTHER --timeout 5");
        QVERIFY2(other.exitCode == 1, other.all().constData());
        QCOMPARE(verification(other).value(QStringLiteral("unchecked")).toInt(), 2);
        QCOMPARE(verification(other).value(QStringLiteral("refused")).toInt(-1), 0);
    }

    void theListOfAUsersSessionsIsMended()
    {
        BetterAuthServer server(start(QStringLiteral("stored")), storageUrl());
        QVERIFY(!server.baseUrl.isEmpty());
        const QByteArrayList adas = server.cookies.value(QStringLiteral("ada@example.com"));
        const QString id = userId(server, adas.first());
        QCOMPARE(listed(id).size(), 2);

        // One of two, by its fingerprint: the other stays in the list.
        const QByteArray first = tokenIn(adas.first());
        const QByteArray second = tokenIn(adas.last());
        const QString named = base::Fingerprint::of(first).text();
        const CtlResult dry = run(server, QStringLiteral("--dry-run --session ") + named, true);
        QVERIFY2(dry.out.contains(QByteArray("active-sessions-" + id.toUtf8())), dry.all().constData());
        const CtlResult one = run(server, QStringLiteral("--verify --yes --session ") + named, true);
        QVERIFY2(one.exitCode == 0, one.all().constData());
        QCOMPARE(one.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        QCOMPARE(verification(one).value(QStringLiteral("refused")).toInt(), 1);
        QCOMPARE(listed(id), QByteArrayList{second});
        QVERIFY(!server.accepts(adas.first()) && server.accepts(adas.last()));
        QCOMPARE(server.get("list-sessions", adas.last()).array().size(), 1);

        // The last one takes the list along.
        const CtlResult all = run(server, QStringLiteral("--verify --yes --user ada@example.com"), true);
        QVERIFY2(all.exitCode == 0, all.all().constData());
        QCOMPARE(command({"EXISTS", "active-sessions-" + id.toUtf8()}).number, 0);
        QVERIFY(!server.accepts(adas.last()));

        // A copy that the storage has lost leaves the token in the list: it goes by whom the row names.
        const QByteArrayList bens = server.cookies.value(QStringLiteral("ben@example.com"));
        const QString ben = userId(server, bens.first());
        QCOMPARE(command({"DEL", tokenIn(bens.first())}).number, 1);
        const CtlResult lost =
            run(server, QStringLiteral("--yes --session ") + base::Fingerprint::of(tokenIn(bens.first())).text(), true);
        QVERIFY2(lost.exitCode == 0, lost.all().constData());
        QCOMPARE(listed(ben), QByteArrayList{tokenIn(bens.last())});
        // A purge of what is left in the storage mends the list as well.
        const CtlResult purged =
            m_ctl.run(words("cache purge --yes --cache-env STORAGE --cache-keys better-auth --fingerprint")
                      << base::Fingerprint::of(tokenIn(bens.last())).text());
        QVERIFY2(purged.exitCode == 0 && purged.json().value(QStringLiteral("purged")).toInt() == 1,
                 purged.all().constData());
        QCOMPARE(command({"EXISTS", "active-sessions-" + ben.toUtf8()}).number, 0);

        // Nobody named the storage: the row is gone and the copy is not, and it is the deployment that says so.
        const QByteArray cleos = server.cookies.value(QStringLiteral("cleo@example.com")).first();
        const QString until = server.get("get-session", cleos)
                                  .object()
                                  .value(QStringLiteral("session"))
                                  .toObject()
                                  .value(QStringLiteral("expiresAt"))
                                  .toString();
        const CtlResult left =
            run(server,
                QStringLiteral("--verify --yes --timeout 5 --session ") + base::Fingerprint::of(tokenIn(cleos)).text(),
                false);
        QVERIFY2(left.exitCode == 1, left.all().constData());
        QCOMPARE(verification(left).value(QStringLiteral("stillAccepted")).toInt(), 1);
        QCOMPARE(verification(left).value(QStringLiteral("acceptedUntil")).toString(), until);
        QVERIFY(server.accepts(cleos));
    }

private:
    /// The address of database @p name, for the deployment and as DB for Rollcall.
    QString start(const QString &name)
    {
        const auto parts = m_postgres.url(name);
        const QString url = QStringLiteral("postgresql://%1:%2@127.0.0.1:%3/%4")
                                .arg(parts.user, QString::fromLatin1(parts.password.view().toByteArray()))
                                .arg(m_postgres.port())
                                .arg(name);
        m_ctl.setEnvironment(QStringLiteral("DB"), url);
        return url;
    }
    [[nodiscard]] QString storageUrl() const { return QStringLiteral("redis://localhost:%1/0").arg(m_redis.port()); }
    CtlResult run(const BetterAuthServer &server, const QString &flags, bool knowsStorage)
    {
        QStringList all =
            words("sessions revoke --auth-version better-auth --database-env DB --secret-env SECRET --base-url")
            << server.baseUrl;
        if (knowsStorage)
            all += words("--cache-env STORAGE --cache-keys better-auth");
        return m_ctl.run(all + words(flags.toLatin1().constData()));
    }
    CtlResult revoke(const BetterAuthServer &server, const char *userAndFlags)
    {
        return m_ctl.run(
            (words("sessions revoke --auth-version better-auth --database-env DB --verify --yes --base-url")
             << server.baseUrl << QStringLiteral("--user")) +
            words(userAndFlags));
    }
    redis::RedisReply command(const redis::RedisCommand &words) const
    {
        const auto reply =
            redis::makeChannel(m_redis.url(), {})->send(words, base::Call::within(std::chrono::seconds(10)));
        return reply ? *reply : redis::RedisReply::ofError("no answer");
    }
    static QString userId(const BetterAuthServer &server, const QByteArray &cookie)
    {
        return server.get("get-session", cookie)
            .object()
            .value(QStringLiteral("user"))
            .toObject()
            .value(QStringLiteral("id"))
            .toString();
    }
    /// The tokens in the storage's list of a user's sessions.
    QByteArrayList listed(const QString &id) const
    {
        QByteArrayList tokens;
        const QJsonArray entries =
            QJsonDocument::fromJson(command({"GET", "active-sessions-" + id.toUtf8()}).text).array();
        for (const QJsonValue &entry : entries)
            tokens << entry.toObject().value(QStringLiteral("token")).toString().toLatin1();
        return tokens;
    }

    test::PostgresServer m_postgres;
    test::RedisServer m_redis;
    CtlProcess m_ctl;
};

QTEST_GUILESS_MAIN(BetterAuthTest)
#include "tst_BetterAuth.moc"
