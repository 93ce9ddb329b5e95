#include <QtTest>

#include <QJsonArray>
#include <QUrl>

#include "tests/support/CtlProcess.h"
#include "tests/support/NextDeployment.h"
#include "tests/support/RedisServer.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::NextDeployment;
using test::words;

namespace {

constexpr int ruleIsKnownWithinMs = 20'000; ///< the callback holds on to what it read for five seconds

} // namespace

/// The not-before rule on a real deployment with JWT sessions, named by ROLLCALL_TEST_APP: a session is refused once
/// the callback of `rule snippet` is deployed, and not before.
class NotBeforeTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
        // The deployment runs as another user.
        QVERIFY(QFile::setPermissions(m_public.path(), QFileDevice::Permissions(0x7755)));
        m_module = m_public.filePath(QStringLiteral("not-before.mjs"));
        const QUrl rest(QString::fromLatin1(m_upstash->address().sliced(QByteArray("upstash:").size())));
        QString why;
        const QStringList more{
            QStringLiteral("--users"), QStringLiteral("ada,ben"),
            QStringLiteral("--env"),   QStringLiteral("NOT_BEFORE_FILE=") + m_module,
            QStringLiteral("--env"),   QStringLiteral("UPSTASH_REDIS_REST_URL=http://127.0.0.1:%1").arg(rest.port()),
            QStringLiteral("--env"),   QStringLiteral("UPSTASH_REDIS_REST_TOKEN=") + rest.password()};
        m_deployment = NextDeployment::start(qEnvironmentVariable("ROLLCALL_TEST_APP"), why, more);
        QVERIFY2(m_deployment, qPrintable(why));
        m_ctl.setEnvironment(QStringLiteral("RULES"), QString::fromLatin1(m_upstash->address()));
        m_ctl.neverShow(m_deployment->secret());
        m_ctl.neverShow("rest-token-of-tests");
        for (const NextDeployment::SignIn &signIn : m_deployment->signIns())
            m_ctl.neverShow(signIn.token);
    }

    void withoutARuleAllAreAccepted()
    {
        const CtlResult none = run("rule show");
        QVERIFY2(none.exitCode == 0 && none.json().value(QStringLiteral("rules")).toArray().isEmpty(),
                 none.all().constData());
        QVERIFY(isAccepted(0));
        // Without a rule for all a rule of the canary's own is needed, and that is a write.
        const CtlResult refused = run("rule verify");
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        const CtlResult proof = run("rule verify --yes --timeout 5");
        QVERIFY2(proof.exitCode == 1 &&
                     proof.json().value(QStringLiteral("reason")) == QStringLiteral("still-accepted"),
                 proof.all().constData());
        QVERIFY(run("rule show").json().value(QStringLiteral("rules")).toArray().isEmpty());
    }

    void aRuleAloneEndsNothing()
    {
        const CtlResult refused = run("rule set --all");
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        const CtlResult dry = run("rule set --all --dry-run");
        QVERIFY2(dry.exitCode == 0 && !dry.json().value(QStringLiteral("statements")).toArray().isEmpty(),
                 dry.all().constData());
        QVERIFY(run("rule show").json().value(QStringLiteral("rules")).toArray().isEmpty());
        const CtlResult future = run("rule set --all --before +1h --yes");
        QVERIFY2(future.exitCode == 2, future.all().constData());

        const CtlResult set = run("rule set --all --yes --reason drill");
        QVERIFY2(set.exitCode == 0 && !set.json().value(QStringLiteral("auditId")).toString().isEmpty(),
                 set.all().constData());
        const QJsonArray rules = run("rule show").json().value(QStringLiteral("rules")).toArray();
        QCOMPARE(rules.size(), 1);
        QCOMPARE(rules.first().toObject().value(QStringLiteral("scope")).toString(), QStringLiteral("all"));
        const CtlResult proof = run("rule verify --timeout 5");
        QVERIFY2(proof.exitCode == 1 && !proof.json().value(QStringLiteral("honoured")).toBool(true),
                 proof.all().constData());
        QVERIFY2(isAccepted(0), "refused although the callback is not deployed");
        // Our own engine honours it at once.
        const CtlResult local = resolveLocally();
        QVERIFY2(local.exitCode == 1 &&
                     local.json().value(QStringLiteral("reason")).toString().startsWith(QStringLiteral("jwt-cb-")),
                 local.all().constData());
    }

    void withTheCallbackOlderSessionsEnd()
    {
        const CtlResult snippet = run("rule snippet");
        QVERIFY2(snippet.exitCode == 0 && snippet.out.contains("endSessions"), snippet.all().constData());
        QFile module(m_module);
        QVERIFY(module.open(QIODevice::WriteOnly));
        QCOMPARE(module.write(snippet.out), snippet.out.size());
        module.close();
        QVERIFY(module.setPermissions(QFileDevice::Permissions(0x6644)));

        const CtlResult proof = run("rule verify");
        QVERIFY2(proof.exitCode == 0 && proof.json().value(QStringLiteral("honoured")).toBool(),
                 proof.all().constData());
        QVERIFY2(!isAccepted(0), "an older session is accepted although the callback is deployed");
        QVERIFY(!isAccepted(1));
        // Who makes canaries with another secret sees them refused, and nothing is proven by that.
        QStringList elsewhere = site();
        elsewhere.replace(elsewhere.indexOf(QStringLiteral("--secret-file")) + 1,
                          m_ctl.writeFile(QStringLiteral("other-secret"), "a-secret-of-quite-another-deployment\n"));
        const CtlResult nothing = m_ctl.run(words("rule verify --timeout 5") + elsewhere);
        QVERIFY2(nothing.exitCode == 1 && !nothing.json().value(QStringLiteral("honoured")).toBool(true) &&
                     nothing.json().value(QStringLiteral("reason")).toString().startsWith(u"control-refused"),
                 nothing.all().constData());
        // Who signs in now is let in.
        const QString file = m_elsewhere.filePath(QStringLiteral("cookie"));
        const CtlResult minted = m_ctl.run(words("token mint --out") << file << site());
        QVERIFY2(minted.exitCode == 0, minted.all().constData());
        const CtlResult fresh = m_ctl.run(words("token verify --cookie-file") << file << site());
        QVERIFY2(fresh.exitCode == 0, fresh.all().constData());
    }

    /// How long a session outlives a rule of its own: at the deployment with the callback, and in caches of ours.
    void theRulePropagates_data()
    {
        QTest::addColumn<QString>("rules");
        QTest::addColumn<QString>("cache");
        const QString rest = QString::fromLatin1(m_upstash->address());
        QTest::newRow("Upstash") << rest << QStringLiteral("cached-upstash");
        // The same server, spoken to by its own protocol.
        QTest::newRow("Redis") << QStringLiteral("redis://127.0.0.1:%1").arg(m_server->port())
                               << QStringLiteral("cached-redis");
    }
    void theRulePropagates()
    {
        QFETCH(QString, rules);
        QFETCH(QString, cache);
        m_ctl.setEnvironment(QStringLiteral("RULES"), rules);
        const CtlResult lifted = run("rule set --all --before 2020-01-01T00:00:00.000Z --yes");
        QVERIFY2(lifted.exitCode == 0, lifted.all().constData());
        QTRY_VERIFY_WITH_TIMEOUT(isAccepted(0), ruleIsKnownWithinMs);
        const CtlResult measured = m_ctl.run(
            words("latency propagation --yes --trials 3 --age 1s --settle 1s --cache-ttl 2s --horizon 20s --modes") +
                QStringList{QStringLiteral("proxy,") + cache} + site(),
            {}, std::chrono::seconds(180));
        m_ctl.setEnvironment(QStringLiteral("RULES"), QString::fromLatin1(m_upstash->address()));
        QVERIFY2(measured.exitCode == 0, measured.all().constData());
        const QJsonArray cells = measured.json().value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 4);
        for (const QJsonValue &value : cells) {
            const QJsonObject cell = value.toObject();
            const bool byRule = cell.value(QStringLiteral("strategy")) == QStringLiteral("jwt-not-before");
            QCOMPARE(cell.value(QStringLiteral("trials")).toInt(), 3);
            QVERIFY2(cell.value(QStringLiteral("refused")).toInt() == (byRule ? 3 : 0), measured.all().constData());
            if (!byRule)
                continue;
            // The callback keeps rules for five seconds, our cache sessions for two.
            const double longest = cell.value(QStringLiteral("maxMs")).toDouble();
            const double bound = cell.value(QStringLiteral("mode")) == QStringLiteral("proxy") ? 5'000 : 2'000;
            QVERIFY2(longest > 0 && longest < bound + 3'000, qPrintable(QString::number(longest)));
        }
        QVERIFY(run("rule show").json().value(QStringLiteral("rules")).toArray().size() == 1);
    }

    void aUsersRuleEndsThatUsersSessions()
    {
        const CtlResult lifted = run("rule set --all --before 2020-01-01T00:00:00.000Z --yes");
        QVERIFY2(lifted.exitCode == 0, lifted.all().constData());
        QTRY_VERIFY_WITH_TIMEOUT(isAccepted(0), ruleIsKnownWithinMs);
        QVERIFY(isAccepted(1));
        const CtlResult set =
            m_ctl.run(words("rule set --yes --user") << m_deployment->signIns().at(1).email << site());
        QVERIFY2(set.exitCode == 0, set.all().constData());
        QTRY_VERIFY_WITH_TIMEOUT(!isAccepted(1), ruleIsKnownWithinMs);
        QVERIFY2(isAccepted(0), "another user's session was ended");
    }

    void allIsOnRecord()
    {
        const CtlResult verified = m_ctl.run(words("audit verify"));
        QVERIFY2(verified.exitCode == 0, verified.all().constData());
        QStringList acts;
        const QJsonArray entries = m_ctl.run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
        for (const QJsonValue &entry : entries)
            acts << entry.toObject().value(QStringLiteral("action")).toString();
        QCOMPARE(acts.count(QStringLiteral("rule.set")), 10);
        QCOMPARE(acts.count(QStringLiteral("latency.propagation")), 4);
        QCOMPARE(acts.count(QStringLiteral("rule.verify")), 2);
    }

private:
    [[nodiscard]] QStringList site() const
    {
        return {QStringLiteral("--base-url"),     m_deployment->text("baseUrl"), QStringLiteral("--secret-file"),
                m_deployment->text("secretFile"), QStringLiteral("--strategy"),  QStringLiteral("jwt"),
                QStringLiteral("--cache-env"),    QStringLiteral("RULES")};
    }
    CtlResult run(const char *command) { return m_ctl.run(words(command) + site()); }
    bool isAccepted(std::size_t signIn)
    {
        const CtlResult result =
            m_ctl.run(words("token verify --cookie-file -") + site(), m_deployment->signIns().at(signIn).cookieHeader);
        return result.exitCode == 0 && result.json().value(QStringLiteral("accepted")).toBool();
    }
    CtlResult resolveLocally()
    {
        return m_ctl.run(words("resolve --mode local --cookie-file -") + site(),
                         m_deployment->signIns().front().cookieHeader);
    }

    std::unique_ptr<test::RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;
    std::unique_ptr<NextDeployment> m_deployment;
    QTemporaryDir m_public{QStringLiteral("/var/tmp/rollcall-rule.XXXXXX")};
    QString m_module;
    QTemporaryDir m_elsewhere; ///< where a cookie file may hold a token
    CtlProcess m_ctl;
};

QTEST_GUILESS_MAIN(NotBeforeTest)
#include "tst_NotBefore.moc"
