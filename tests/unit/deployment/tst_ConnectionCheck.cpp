#include <QtTest>

#include <mutex>
#include <sqlite3.h>

#include "core/deployment/ConnectionCheck.h"
#include "core/http/HttpDate.h"
#include "tests/support/FakeDeployment.h"

using namespace rollcall;
using namespace rollcall::deployment;
using test::FakeDeployment;
using test::Reply;
using test::ScriptedServer;

class ConnectionCheckTest final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    base::SystemClock m_clock;

    /// A SQLite file made by @p sql; its address.
    QString database(const char *name, const QByteArray &sql) const
    {
        const QString path = m_folder.filePath(QLatin1StringView(name));
        QFile::remove(path);
        sqlite3 *handle = nullptr;
        if (sqlite3_open(QFile::encodeName(path).constData(), &handle) != SQLITE_OK ||
            sqlite3_exec(handle, sql.constData(), nullptr, nullptr, nullptr) != SQLITE_OK)
            qFatal("%s", sqlite3_errmsg(handle));
        sqlite3_close(handle);
        return QStringLiteral("sqlite:") + path;
    }
    QString authDatabase() const
    {
        return database(
            "auth.db",
            "CREATE TABLE user (id text PRIMARY KEY, name text, email text UNIQUE, emailVerified integer, image text);"
            "CREATE TABLE session (sessionToken text PRIMARY KEY, userId text NOT NULL REFERENCES user(id), "
            "expires integer NOT NULL);"
            "CREATE TABLE account (userId text, type text, provider text, providerAccountId text, "
            "PRIMARY KEY (provider, providerAccountId));"
            "INSERT INTO user VALUES ('u1','Ada','ada@example.test',NULL,NULL);"
            "INSERT INTO session VALUES ('7f3c1a52-9d0e-4b8a-8f53-0a1b2c3d4e5f','u1'," +
                QByteArray::number(qint64((m_clock.now() + std::chrono::hours(480)).time_since_epoch().count())) +
                ");");
    }
    static ConnectionConfig config(const QString &database, const QString &origin, const QByteArray &secret = {},
                                   const std::function<void(workspace::ConnectionProfile &)> &change = {})
    {
        workspace::ConnectionProfile profile;
        profile.database = database;
        profile.baseUrl = origin;
        if (change)
            change(profile);
        workspace::ConnectionSecrets secrets;
        if (!secret.isEmpty())
            secrets.authSecrets.emplace_back(secret);
        auto result = ConnectionConfig::from(std::move(profile), std::move(secrets), std::chrono::seconds(30));
        Q_ASSERT(result);
        return std::move(*result);
    }
    CheckResult check(const ConnectionConfig &config, const std::function<void(const Leg &)> &onLeg = {}) const
    {
        return checkConnection(config, m_clock, base::Call::within(std::chrono::minutes(5)), onLeg);
    }
    static QString summary(const CheckResult &result)
    {
        QStringList words;
        for (const Leg &leg : result.legs) {
            words << legName(leg.kind) + u'=' + legStatusName(leg.status);
            if (leg.detail.isEmpty() ||
                (leg.remedy.isEmpty() && (leg.status == LegStatus::Warn || leg.status == LegStatus::Fail)))
                words << QStringLiteral("TEXT-MISSING");
        }
        return words.join(u' ');
    }

private Q_SLOTS:
    void everyLegIsAlwaysListed()
    {
        const CheckResult result = check(config({}, {}));
        QCOMPARE(summary(result), QStringLiteral("database=skipped schema=skipped secret=skipped deployment=skipped "
                                                 "cache=skipped clock=skipped"));
    }

    void aHealthyConnection()
    {
        FakeDeployment::Options options;
        options.date = http::httpDate(m_clock.now());
        const FakeDeployment deployment(options);
        QStringList seen;
        std::mutex mutex;
        const CheckResult result = check(config(authDatabase(), deployment.origin(), "s3cret"), [&](const Leg &leg) {
            const std::lock_guard lock(mutex);
            seen << legName(leg.kind);
        });
        QVERIFY2(summary(result).contains(u"database=ok") && summary(result).contains(u"secret=ok deployment=ok"),
                 qPrintable(summary(result)));
        QVERIFY(result.leg(LegKind::Clock).status == LegStatus::Ok);
        QVERIFY(result.schema && result.schema->best);
        QCOMPARE(result.schema->best->sessions.table, QStringLiteral("session"));
        QCOMPARE(seen.size(), 6);
        QCOMPARE(seen.last(), QStringLiteral("clock"));
        // Nothing leads with userId or expires in Drizzle's tables: that is said, with the statement that mends it.
        QCOMPARE(result.leg(LegKind::Schema).status, LegStatus::Warn);
        QVERIFY(result.leg(LegKind::Schema).remedy.contains(u"CREATE INDEX"));
    }

    void aWrongSecretFailsAlone()
    {
        const FakeDeployment deployment({});
        const CheckResult result = check(config(authDatabase(), deployment.origin(), "wr0ng"));
        QCOMPARE(result.leg(LegKind::Secret).status, LegStatus::Fail);
        QCOMPARE(result.leg(LegKind::Deployment).status, LegStatus::Ok);
        QVERIFY(!result.leg(LegKind::Secret).detail.contains(u"wr0ng"));
    }

    void aFarClockIsWarnedOf()
    {
        FakeDeployment::Options options;
        options.date = http::httpDate(m_clock.now() - std::chrono::minutes(2));
        const FakeDeployment deployment(options);
        const CheckResult result = check(config({}, deployment.origin()));
        QCOMPARE(result.leg(LegKind::Clock).status, LegStatus::Warn);
        QVERIFY(result.leg(LegKind::Clock).detail.contains(u"behind"));
        const base::FixedClock fixed(m_clock.now());
        QCOMPARE(checkConnection(config({}, deployment.origin()), fixed, base::Call::within(std::chrono::minutes(5)))
                     .leg(LegKind::Clock)
                     .status,
                 LegStatus::Skipped);
    }

    void aDatabaseOfSomethingElse()
    {
        const QString other = database("other.db", "CREATE TABLE invoices (id integer PRIMARY KEY, total integer);");
        const CheckResult result = check(config(other, {}));
        QCOMPARE(result.leg(LegKind::Database).status, LegStatus::Ok);
        QCOMPARE(result.leg(LegKind::Schema).status, LegStatus::Fail);
        QCOMPARE(result.leg(LegKind::Schema).error, std::optional(base::ErrorCode::SchemaNotFound));
        QCOMPARE(summary(check(config(other, {}, {}, [](auto &p) { p.strategy = session::Strategy::Jwt; })))
                     .section(u' ', 0, 1),
                 QStringLiteral("database=ok schema=skipped"));
    }

    void unreachableParts()
    {
        const CheckResult result = check(
            config(QStringLiteral("postgresql://ada@127.0.0.1:1/shop"), QStringLiteral("http://127.0.0.1:1"), "x"));
        QCOMPARE(summary(result),
                 QStringLiteral("database=fail schema=skipped secret=skipped deployment=fail cache=skipped "
                                "clock=skipped"));
        QCOMPARE(result.leg(LegKind::Database).error, std::optional(base::ErrorCode::ConnectRefused));
        QCOMPARE(result.leg(LegKind::Deployment).error, std::optional(base::ErrorCode::ConnectRefused));
        QVERIFY(result.databaseError && result.deploymentError);
    }

    void aFileThatIsNoDatabase()
    {
        QFile file(m_folder.filePath(QStringLiteral("text.db")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(4096, 'x'));
        file.close();
        const CheckResult result = check(config(QStringLiteral("sqlite:") + file.fileName(), {}));
        QCOMPARE(result.leg(LegKind::Database).error, std::optional(base::ErrorCode::NotADatabase));
    }

    void aMapIsTriedByReading()
    {
        const CheckResult detected = check(config(authDatabase(), {}));
        QJsonObject map = detected.schema->best->toJson();
        const auto withMap = [&] {
            return check(config(authDatabase(), {}, {},
                                [&](auto &p) { p.schemaMap = QString::fromUtf8(QJsonDocument(map).toJson()); }));
        };
        QCOMPARE(withMap().leg(LegKind::Schema).status, LegStatus::Ok);
        QJsonObject sessions = map.value(u"sessions").toObject();
        sessions.insert(QStringLiteral("table"), QStringLiteral("sesion"));
        map.insert(QStringLiteral("sessions"), sessions);
        QCOMPARE(withMap().leg(LegKind::Schema).status, LegStatus::Fail);
    }

    void prefixMismatchAndOtherVersionAreWarnedOf()
    {
        FakeDeployment::Options options;
        options.secure = true;
        const FakeDeployment secure(options);
        QCOMPARE(check(config({}, secure.origin())).leg(LegKind::Deployment).status, LegStatus::Warn);
        const FakeDeployment plain({});
        const CheckResult other =
            check(config({}, plain.origin(), {}, [](auto &p) { p.version = session::AuthVersion::V4; }));
        QCOMPARE(other.leg(LegKind::Deployment).status, LegStatus::Warn);
        QVERIFY(other.leg(LegKind::Deployment).remedy.contains(u"v5"));
    }

    void aCacheThatCannotBeUsedFails_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<base::ErrorCode>("code");
        QTest::newRow("nobody there") << QStringLiteral("redis://127.0.0.1:1") << base::ErrorCode::ConnectRefused;
        QTest::newRow("clear text") << QStringLiteral("redis://cache.test:6379") << base::ErrorCode::InsecureTransport;
        QTest::newRow("no token") << QStringLiteral("upstash:https://cache.test") << base::ErrorCode::UrlInvalid;
    }
    void aCacheThatCannotBeUsedFails()
    {
        QFETCH(QString, address);
        const CheckResult result = check(config({}, {}, {}, [&address](auto &p) { p.cache = address; }));
        const Leg &leg = result.leg(LegKind::Cache);
        QCOMPARE(leg.status, LegStatus::Fail);
        QVERIFY(leg.error.has_value() && !leg.remedy.isEmpty());
        QTEST(*leg.error, "code");
    }
};

QTEST_GUILESS_MAIN(ConnectionCheckTest)
#include "tst_ConnectionCheck.moc"
