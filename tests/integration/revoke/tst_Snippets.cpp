#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>

#include "tests/support/CtlProcess.h"
#include "tests/support/MariaDbServer.h"
#include "tests/support/PostgresServer.h"
#include "tests/support/RedisServer.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestPaths.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;

namespace {

constexpr int keptMs = 6'000;      // a module reads a rule again after five seconds
constexpr qint64 lookUpMs = 2'000; // what a request waits for a rule
constexpr qint64 boundMs = 4'000;  // of a look-up that nobody answers
constexpr qint64 signedInAt = 1'700'000'000;
constexpr qint64 ruleAt = 1'700'000'500;
constexpr char ruleTime[] = "2023-11-14T22:21:40.000Z"; // ruleAt

QStringList words(const QString &text)
{
    return text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// A module in a Node.js process, with the environment of a deployment.
class Asker final
{
public:
    Asker(const QString &module, const QMap<QString, QString> &environment)
    {
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (auto it = environment.cbegin(); it != environment.cend(); ++it)
            all.insert(it.key(), it.value());
        m_process.setProcessEnvironment(all);
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("bash"), {test::sourceFile(QStringLiteral("tests/snippets/ask.sh")), module});
    }
    ~Asker()
    {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(10'000)) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }
    Asker(const Asker &) = delete;
    Asker &operator=(const Asker &) = delete;

    /// What the callback does with a token of @p claims; @p aheadMs later. Empty where the process does not answer.
    QJsonObject ask(const QJsonObject &claims, int aheadMs = 0, const QJsonObject &account = {})
    {
        QJsonObject request{{QStringLiteral("token"), claims}, {QStringLiteral("aheadMs"), aheadMs}};
        if (!account.isEmpty())
            request.insert(QStringLiteral("account"), account);
        m_process.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(30'000))
                return {};
        }
        return QJsonDocument::fromJson(m_process.readLine()).object();
    }

private:
    QProcess m_process;
};

QJsonObject claims(qint64 issuedAt, const char *user = "u1")
{
    return {{QStringLiteral("sub"), QString::fromLatin1(user)},
            {QStringLiteral("email"), QStringLiteral("%1@example.com").arg(QLatin1StringView(user))},
            {QStringLiteral("iat"), issuedAt}};
}

bool isAccepted(const QJsonObject &answer)
{
    return answer.value(QStringLiteral("accepted")).toBool();
}

/// A refusal, as the library of that version wants it.
bool isRefused(const QJsonObject &answer, const QString &version)
{
    const bool threw = answer.value(QStringLiteral("threw")).toString() == QStringLiteral("this session was ended");
    return answer.value(QStringLiteral("accepted")) == QJsonValue(false) && threw == (version == QStringLiteral("v4"));
}

bool hasSaid(const QJsonObject &answer)
{
    const QJsonArray said = answer.value(QStringLiteral("said")).toArray();
    return !said.isEmpty() && said.first().toString().startsWith(QStringLiteral("not-before rules:"));
}

QByteArray text(const QJsonObject &answer)
{
    return QJsonDocument(answer).toJson(QJsonDocument::Compact);
}

/// Where the rules are kept, and how it is taken away.
struct Place
{
    QString address;                    ///< for Rollcall
    QMap<QString, QString> environment; ///< for the deployment
    std::function<bool()> takeAway;
    bool hasTable = true; ///< that is missing before the first rule, and is then an error to the callback
};

} // namespace

/// The callback of `rule snippet` with the real clients on real servers, for both libraries.
class SnippetsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rulesAreHonoured_data();
    void rulesAreHonoured();
    void whoDoesNotAnswerHoldsNobodyUp_data();
    void whoDoesNotAnswerHoldsNobodyUp();

private:
    [[nodiscard]] Place placeFor(const QString &client);
    /// The module for that client and library. Empty where the command fails.
    [[nodiscard]] QString moduleFor(const QString &client, const QString &version);

    CtlProcess m_ctl;
    std::unique_ptr<test::PostgresServer> m_postgres;
    std::unique_ptr<test::MariaDbServer> m_mariadb;
    std::unique_ptr<test::RedisServer> m_redis;
    std::unique_ptr<test::UpstashServer> m_upstash;
    std::unique_ptr<test::SqliteDatabase> m_sqlite;
};

void SnippetsTest::initTestCase()
{
    QProcess installing;
    installing.setProcessChannelMode(QProcess::ForwardedChannels);
    installing.start(QStringLiteral("bash"),
                     {test::sourceFile(QStringLiteral("tests/snippets/ask.sh")), QStringLiteral("--packages")});
    QVERIFY(installing.waitForFinished(300'000) && installing.exitCode() == 0);
}

Place SnippetsTest::placeFor(const QString &client)
{
    const QString name = QStringLiteral("shop");
    if (client == QStringLiteral("pg")) {
        m_postgres = std::make_unique<test::PostgresServer>();
        if (!m_postgres->problem().isEmpty() || !m_postgres->createDatabase(name).isEmpty())
            return {};
        const auto url = m_postgres->url(name);
        const QString address = QStringLiteral("postgresql://%1:%2@127.0.0.1:%3/shop")
                                    .arg(url.user, QString::fromUtf8(url.password.view().toByteArray()))
                                    .arg(m_postgres->port());
        return {address, {{QStringLiteral("DATABASE_URL"), address}}, [this] { return m_postgres->kill(); }};
    }
    if (client == QStringLiteral("mysql2")) {
        m_mariadb = std::make_unique<test::MariaDbServer>();
        if (!m_mariadb->problem().isEmpty() || !m_mariadb->createDatabase(name).isEmpty())
            return {};
        const auto url = m_mariadb->url(name);
        const QString address = QStringLiteral("mysql://%1:%2@127.0.0.1:%3/shop")
                                    .arg(url.user, QString::fromUtf8(url.password.view().toByteArray()))
                                    .arg(m_mariadb->port());
        return {address, {{QStringLiteral("DATABASE_URL"), address}}, [this] { return m_mariadb->kill(); }};
    }
    if (client == QStringLiteral("better-sqlite3")) {
        m_sqlite = std::make_unique<test::SqliteDatabase>();
        m_sqlite->exec(QStringLiteral("CREATE TABLE shop (id INTEGER)"));
        return {m_sqlite->url(), {{QStringLiteral("DATABASE_URL"), m_sqlite->url()}}, [this] {
                    m_sqlite->exec(QStringLiteral("ALTER TABLE rollcall_not_before RENAME TO elsewhere"));
                    return true;
                }};
    }
    m_redis = std::make_unique<test::RedisServer>();
    if (!m_redis->problem().isEmpty())
        return {};
    const auto takeAway = [this] {
        m_redis->kill();
        return true;
    };
    if (client == QStringLiteral("redis")) {
        const QString address = QStringLiteral("redis://127.0.0.1:%1").arg(m_redis->port());
        return {address, {{QStringLiteral("REDIS_URL"), address}}, takeAway, false};
    }
    m_upstash = std::make_unique<test::UpstashServer>(m_redis->url());
    const QString address = QString::fromLatin1(m_upstash->address());
    const QUrl rest(address.sliced(QStringLiteral("upstash:").size()));
    return {address,
            {{QStringLiteral("UPSTASH_REDIS_REST_URL"), QStringLiteral("http://127.0.0.1:%1").arg(rest.port())},
             {QStringLiteral("UPSTASH_REDIS_REST_TOKEN"), rest.password()}},
            takeAway,
            false};
}

QString SnippetsTest::moduleFor(const QString &client, const QString &version)
{
    const CtlResult snippet =
        m_ctl.run(words(QStringLiteral("rule snippet --client %1 --auth-version %2").arg(client, version)));
    return snippet.exitCode == 0 ? m_ctl.writeFile(client + version + QStringLiteral(".mjs"), snippet.out) : QString();
}

void SnippetsTest::rulesAreHonoured_data()
{
    QTest::addColumn<QString>("client");
    for (const char *client : {"pg", "mysql2", "better-sqlite3", "redis", "upstash"})
        QTest::newRow(client) << QString::fromLatin1(client);
}

void SnippetsTest::rulesAreHonoured()
{
    QFETCH(QString, client);
    const Place place = placeFor(client);
    QVERIFY(!place.address.isEmpty());
    m_ctl.setEnvironment(QStringLiteral("RULES"), place.address);
    const QStringList at = words(client == QStringLiteral("redis") || client == QStringLiteral("upstash")
                                     ? QStringLiteral("--strategy jwt --cache-env RULES")
                                     : QStringLiteral("--strategy jwt --database-env RULES"));
    const QStringList versions{QStringLiteral("v4"), QStringLiteral("v5")};
    std::map<QString, std::unique_ptr<Asker>> askers;
    for (const QString &version : versions) {
        const QString module = moduleFor(client, version);
        QVERIFY(!module.isEmpty());
        askers[version] = std::make_unique<Asker>(module, place.environment);
    }

    // Before the first rule there is no table: everybody is let in, and it is said why.
    for (const auto &[version, asker] : askers) {
        const QJsonObject answer = asker->ask(claims(signedInAt));
        QVERIFY2(isAccepted(answer), text(answer).constData());
        QCOMPARE(hasSaid(answer), place.hasTable);
        QCOMPARE(answer.value(QStringLiteral("token")).toObject().value(QStringLiteral("rollcallSince")).toInteger(),
                 signedInAt);
    }

    const CtlResult everybody =
        m_ctl.run(words(QStringLiteral("rule set --all --yes --before ") + QLatin1StringView(ruleTime)) + at);
    QVERIFY2(everybody.exitCode == 0, everybody.all().constData());
    for (const auto &[version, asker] : askers) {
        const QJsonObject old = asker->ask(claims(signedInAt), keptMs);
        QVERIFY2(isRefused(old, version) && !hasSaid(old), text(old).constData());
        const QJsonObject younger = asker->ask(claims(ruleAt));
        QVERIFY2(isAccepted(younger), text(younger).constData());
        // Issued anew since, as each session request does: it began before the rule all the same.
        QJsonObject renewed = claims(ruleAt + 100);
        renewed.insert(QStringLiteral("rollcallSince"), signedInAt);
        QVERIFY(isRefused(asker->ask(renewed), version));
        // Who signs in is asked for nothing, and begins now.
        const QJsonObject signedIn =
            asker->ask(claims(signedInAt), 0, {{QStringLiteral("provider"), QStringLiteral("corp")}});
        QVERIFY(isAccepted(signedIn));
        QVERIFY(signedIn.value(QStringLiteral("token")).toObject().value(QStringLiteral("rollcallSince")).toInteger() >
                ruleAt);
    }

    // A rule for one user, by id and by e-mail.
    for (const char *user : {"u2", "u3@example.com"}) {
        const CtlResult set = m_ctl.run(words(QStringLiteral("rule set --yes --user ") + QLatin1StringView(user)) + at);
        QVERIFY2(set.exitCode == 0, set.all().constData());
    }
    for (const auto &[version, asker] : askers) {
        QVERIFY(isAccepted(asker->ask(claims(ruleAt, "u1"), keptMs)));
        for (const char *user : {"u2", "u3"}) {
            const QJsonObject answer = asker->ask(claims(ruleAt, user));
            QVERIFY2(isRefused(answer, version), text(answer).constData());
        }
    }

    // Nobody to ask any more: what was read last holds. Who begins without it lets everybody in, soon, and says so.
    QVERIFY(place.takeAway());
    for (const auto &[version, asker] : askers) {
        const QJsonObject old = asker->ask(claims(signedInAt), keptMs);
        QVERIFY2(isRefused(old, version) && hasSaid(old), text(old).constData());
        QVERIFY2(old.value(QStringLiteral("tookMs")).toInteger() < boundMs, text(old).constData());
        QVERIFY(isAccepted(asker->ask(claims(ruleAt))));
        Asker begun(moduleFor(client, version), place.environment);
        const QJsonObject first = begun.ask(claims(signedInAt));
        QVERIFY2(isAccepted(first) && hasSaid(first), text(first).constData());
        QVERIFY2(first.value(QStringLiteral("tookMs")).toInteger() < boundMs, text(first).constData());
        // Nor does each request wait for it.
        const QJsonObject second = begun.ask(claims(signedInAt));
        QVERIFY2(isAccepted(second) && second.value(QStringLiteral("tookMs")).toInteger() < lookUpMs,
                 text(second).constData());
    }
}

void SnippetsTest::whoDoesNotAnswerHoldsNobodyUp_data()
{
    QTest::addColumn<QString>("client");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("address");
    const auto row = [](const char *client, const char *variable, const char *address) {
        QTest::newRow(client) << QString::fromLatin1(client) << QString::fromLatin1(variable)
                              << QString::fromLatin1(address);
    };
    row("pg", "DATABASE_URL", "postgresql://shop:shop@127.0.0.1:%1/shop");
    row("mysql2", "DATABASE_URL", "mysql://shop:shop@127.0.0.1:%1/shop");
    row("redis", "REDIS_URL", "redis://127.0.0.1:%1");
    row("upstash", "UPSTASH_REDIS_REST_URL", "http://127.0.0.1:%1");
}

void SnippetsTest::whoDoesNotAnswerHoldsNobodyUp()
{
    QFETCH(QString, client);
    QFETCH(QString, variable);
    QFETCH(QString, address);
    QTcpServer silent; // its links are made by the system, and nobody reads them
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    Asker asker(moduleFor(client, QStringLiteral("v5")), {{variable, address.arg(silent.serverPort())}});
    const QJsonObject answer = asker.ask(claims(signedInAt));
    QVERIFY2(isAccepted(answer) && hasSaid(answer), text(answer).constData());
    QVERIFY2(answer.value(QStringLiteral("tookMs")).toInteger() < boundMs, text(answer).constData());
}

QTEST_GUILESS_MAIN(SnippetsTest)
#include "tst_Snippets.moc"
