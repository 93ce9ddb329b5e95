#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "core/base/Fingerprint.h"
#include "core/http/HttpClient.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/NextDeployment.h"
#include "tests/support/RedisServer.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::NextDeployment;

namespace {

constexpr auto cacheSeconds = "600"; ///< longer than the test: what goes before was removed

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

/// A real deployment with database sessions, named by ROLLCALL_TEST_APP, that keeps sessions in a cache in Redis and
/// does not ask its database about those: what a revocation is worth there, with and without a purge.
class CachedDeploymentTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_redis = std::make_unique<test::RedisServer>();
        QVERIFY2(m_redis->problem().isEmpty(), qPrintable(m_redis->problem()));
        const QString cache = QStringLiteral("redis://127.0.0.1:%1").arg(m_redis->port());
        QString why;
        m_app = NextDeployment::start(qEnvironmentVariable("ROLLCALL_TEST_APP", QStringLiteral("v5-database")), why,
                                      {QStringLiteral("--env"), QStringLiteral("SESSION_CACHE_URL=") + cache,
                                       QStringLiteral("--env"),
                                       QStringLiteral("SESSION_CACHE_SECONDS=") + QString::fromLatin1(cacheSeconds)});
        QVERIFY2(m_app, qPrintable(why));
        m_ctl.setEnvironment(QStringLiteral("SHOP_CACHE"), cache);
        m_ctl.neverShow(m_app->secret());
        m_ctl.neverShow(m_app->databasePassword());
        for (const NextDeployment::SignIn &signIn : m_app->signIns())
            m_ctl.neverShow(signIn.token);
    }

    void aDryRunNamesTheKeys()
    {
        const auto &ben = signIn("ben");
        const CtlResult dry = revoke(ben, {QStringLiteral("--dry-run")}, true);
        QVERIFY2(dry.exitCode == 0, dry.all().constData());
        const QString mask = base::Fingerprint::of(ben.token).grouped().left(9);
        QCOMPARE(dry.json().value(QStringLiteral("cacheKeys")).toArray(),
                 QJsonArray{QStringLiteral("shop:session:‹%1›").arg(mask)});
        QVERIFY2(isAccepted(ben), "a dry run ended the session");
    }

    void withAPurgeItIsRefused()
    {
        const auto &ben = signIn("ben");
        QVERIFY(isAccepted(ben)); // and now it is in the cache
        const int before = copies();
        QVERIFY(before > 0);
        const CtlResult revoked = revoke(ben, words("--verify --yes"), true);
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("revoked")).toInt(), 1);
        QCOMPARE(revoked.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        const QJsonObject proof = verification(revoked);
        QCOMPARE(proof.value(QStringLiteral("refused")).toInt(), 1);
        QCOMPARE(proof.value(QStringLiteral("stillAccepted")).toInt(-1), 0);
        QVERIFY(proof.value(QStringLiteral("acceptedUntil")).isNull());
        QVERIFY(!isAccepted(ben));
        QCOMPARE(copies(), before - 1);
    }

    void withoutOneItIsStillAcceptedAndThatIsSaid()
    {
        const auto &zoe = signIn("zoe");
        const QDateTime ends = acceptedUntil(zoe);
        QVERIFY(ends.isValid());
        const CtlResult revoked = revoke(zoe, words("--verify --yes --timeout 5"), false);
        QVERIFY2(revoked.exitCode == 1, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("revoked")).toInt(), 1);
        const QJsonObject proof = verification(revoked);
        QCOMPARE(proof.value(QStringLiteral("refused")).toInt(-1), 0);
        QCOMPARE(proof.value(QStringLiteral("stillAccepted")).toInt(), 1);
        const QString until = proof.value(QStringLiteral("acceptedUntil")).toString();
        QCOMPARE(QDateTime::fromString(until, Qt::ISODateWithMs), ends);
        const QByteArray wanted = "1 still accepted (by the deployment's own word until " + until.toUtf8();
        QVERIFY2(revoked.err.contains(wanted), revoked.err.constData());
        QVERIFY2(isAccepted(zoe), "it was said to be still accepted, and is not");
        // It stands on record like this.
        const QJsonArray entries = m_ctl.run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
        const QJsonObject outcome = entries.last().toObject();
        QCOMPARE(outcome.value(QStringLiteral("operation")), revoked.json().value(QStringLiteral("auditId")));
        QCOMPARE(outcome.value(QStringLiteral("verification")).toObject().value(QStringLiteral("acceptedUntil")),
                 until);
    }

    void whatIsLeftInTheCacheIsFoundAndRemoved()
    {
        const auto &zoe = signIn("zoe");
        const CtlResult drift = run("cache drift", true);
        const QJsonArray keys = drift.json().value(QStringLiteral("keys")).toArray();
        QVERIFY2(keys.size() == 1, drift.all().constData());
        QCOMPARE(keys.first().toObject().value(QStringLiteral("fingerprint")).toString(),
                 base::Fingerprint::of(zoe.token).text());
        QCOMPARE(keys.first().toObject().value(QStringLiteral("drift")).toString(), QStringLiteral("gone"));
        const CtlResult purged = run("cache purge --drifted --yes", true);
        QVERIFY2(purged.exitCode == 0 && purged.json().value(QStringLiteral("purged")).toInt() == 1,
                 purged.all().constData());
        QVERIFY(!isAccepted(zoe));
        QVERIFY2(isAccepted(signIn("taro")), "somebody else was signed out");
    }

private:
    const NextDeployment::SignIn &signIn(const char *user) const
    {
        const auto found = std::ranges::find(m_app->signIns(), QLatin1StringView(user), &NextDeployment::SignIn::user);
        return *found;
    }
    CtlResult run(const char *command, bool knowsCache, const QStringList &more = {})
    {
        QStringList all = words(command) + more + QStringList{QStringLiteral("--env-file"), m_app->text("envFile")};
        if (knowsCache)
            all += words("--cache-env SHOP_CACHE --cache-keys shop:session:{token}");
        return m_ctl.run(all);
    }
    CtlResult revoke(const NextDeployment::SignIn &who, const QStringList &flags, bool knowsCache)
    {
        return run("sessions revoke --user", knowsCache, QStringList{who.email} + flags);
    }
    static QJsonObject verification(const CtlResult &result)
    {
        return result.json().value(QStringLiteral("verification")).toObject();
    }
    /// How many of the deployment's copies are in the cache.
    int copies()
    {
        return static_cast<int>(run("cache list", true).json().value(QStringLiteral("keys")).toArray().size());
    }
    /// What the deployment itself says, asked without any code of ours above the HTTP client; an invalid time: no
    /// session.
    QDateTime acceptedUntil(const NextDeployment::SignIn &who) const
    {
        http::HttpRequest request;
        request.url = QUrl(m_app->text("baseUrl") + m_app->text("basePath") + QStringLiteral("/session"));
        request.headers.emplace_back("Cookie", who.cookieHeader);
        const auto response = http::HttpClient({}).send(request, base::Call::within(std::chrono::seconds(20)));
        if (!response || response->status != 200) {
            QTest::qFail("the deployment does not answer", __FILE__, __LINE__);
            return {};
        }
        const QJsonObject session = QJsonDocument::fromJson(response->body).object();
        return QDateTime::fromString(session.value(QStringLiteral("expires")).toString(), Qt::ISODateWithMs);
    }
    bool isAccepted(const NextDeployment::SignIn &who) const { return acceptedUntil(who).isValid(); }

    std::unique_ptr<test::RedisServer> m_redis;
    std::unique_ptr<NextDeployment> m_app;
    CtlProcess m_ctl;
};

QTEST_GUILESS_MAIN(CachedDeploymentTest)
#include "tst_CachedDeployment.moc"
