#include <QtTest>

#include <semaphore>
#include <sqlite3.h>

#include "core/deployment/Deployment.h"
#include "core/deployment/StoreWorker.h"
#include "core/deployment/WatchedStore.h"
#include "tests/support/FakeDeployment.h"
#include "tests/support/FaultyStore.h"

using namespace rollcall;
using namespace rollcall::deployment;
using session::AuthVersion;
using session::Strategy;
using test::FakeDeployment;

class DeploymentTest final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    base::SystemClock m_clock;
    base::Call m_call;

    QString path(const char *name) const { return m_folder.filePath(QLatin1StringView(name)); }
    static void run(const QString &path, const QByteArray &sql)
    {
        sqlite3 *handle = nullptr;
        if (sqlite3_open(QFile::encodeName(path).constData(), &handle) != SQLITE_OK ||
            sqlite3_exec(handle, sql.constData(), nullptr, nullptr, nullptr) != SQLITE_OK)
            qFatal("%s", sqlite3_errmsg(handle));
        sqlite3_close(handle);
    }
    QByteArray authTables() const
    {
        return "CREATE TABLE user (id text PRIMARY KEY, name text, email text UNIQUE, emailVerified integer, image "
               "text);"
               "CREATE TABLE session (sessionToken text PRIMARY KEY, userId text NOT NULL, expires integer NOT NULL);"
               "CREATE TABLE account (userId text, type text, provider text, providerAccountId text);"
               "INSERT INTO user VALUES ('u1','Ada','ada@example.test',NULL,NULL);"
               "INSERT INTO session VALUES ('7f3c1a52-9d0e-4b8a-8f53-0a1b2c3d4e5f','u1'," +
               QByteArray::number(qint64((m_clock.now() + std::chrono::hours(480)).time_since_epoch().count())) + ");";
    }
    base::Result<std::shared_ptr<Deployment>> open(const std::function<void(workspace::ConnectionProfile &)> &change,
                                                   const QList<QByteArray> &secrets, Needs needs) const
    {
        workspace::ConnectionProfile profile;
        change(profile);
        workspace::ConnectionSecrets kept;
        for (const QByteArray &secret : secrets)
            kept.authSecrets.emplace_back(secret);
        auto config = ConnectionConfig::from(std::move(profile), std::move(kept), std::chrono::seconds(30));
        if (!config)
            return base::fail(config.error());
        return Deployment::open(std::move(*config), needs, m_clock, m_call);
    }

private Q_SLOTS:
    void init()
    {
        m_call = base::Call::within(std::chrono::minutes(5));
        QFile::remove(path("auth.db"));
        run(path("auth.db"), authTables());
        QFile::remove(path("other.db"));
        run(path("other.db"), "CREATE TABLE invoices (id integer PRIMARY KEY);");
    }

    void findsOutWhatIsNotConfigured()
    {
        FakeDeployment::Options options;
        options.version = AuthVersion::V4;
        options.secure = true;
        options.secret = "second";
        const FakeDeployment fake(options);
        const auto deployment = open(
            [&](auto &p) {
                p.database = QStringLiteral("sqlite:") + path("auth.db");
                p.baseUrl = fake.origin();
            },
            {"first", "second"}, {true, true});
        QVERIFY(deployment);
        QCOMPARE((*deployment)->auth()->version, AuthVersion::V4);
        QCOMPARE((*deployment)->auth()->strategy, Strategy::Database);
        QVERIFY((*deployment)->auth()->secureCookies);
        QCOMPARE((*deployment)->auth()->secrets.size(), size_t(1));
        QCOMPARE((*deployment)->auth()->secrets.front().view().toByteArray(), QByteArray("second"));
        QVERIFY((*deployment)->hasRows());
        QVERIFY2((*deployment)->notes().isEmpty(), qPrintable((*deployment)->notes().join(u' ')));
        const auto store = (*deployment)->openStore(store::Access::ReadOnly, m_call);
        QVERIFY(store);
        QCOMPARE((*store)->count({}, m_clock.now(), m_call).value_or(-1), 1);
    }

    void whatIsAssumedIsSaid()
    {
        const auto hinted = open([](auto &p) { p.versionHint = AuthVersion::V4; }, {"s"}, {});
        QVERIFY(hinted);
        QCOMPARE((*hinted)->auth()->version, AuthVersion::V4);
        QCOMPARE((*hinted)->auth()->strategy, Strategy::Jwt);
        QVERIFY((*hinted)->notes().join(u' ').contains(u"v4 is assumed"));
        const auto silent = open([](auto &p) { p.baseUrl = QStringLiteral("http://127.0.0.1:1"); }, {"s"}, {});
        QVERIFY(silent);
        QCOMPARE((*silent)->auth()->version, AuthVersion::V5);
        QVERIFY((*silent)->notes().join(u' ').contains(u"refused the connection"));
    }

    void configurationGoesBeforeFindings()
    {
        const FakeDeployment fake({});
        const auto deployment = open(
            [&](auto &p) {
                p.baseUrl = fake.origin();
                p.version = AuthVersion::V4;
                p.strategy = Strategy::Jwt;
                p.database = QStringLiteral("sqlite:") + path("auth.db");
                p.cookieName = QStringLiteral("__Secure-sid");
            },
            {}, {});
        QVERIFY(deployment);
        QCOMPARE((*deployment)->auth()->version, AuthVersion::V4);
        QCOMPARE((*deployment)->auth()->strategy, Strategy::Jwt);
        QCOMPARE((*deployment)->auth()->cookieName, QByteArray("__Secure-sid"));
        QVERIFY((*deployment)->auth()->secureCookies);
        QVERIFY((*deployment)->notes().join(u' ').contains(u"answers as v5"));
        QCOMPARE((*deployment)->openStore(store::Access::ReadOnly, m_call).error().code,
                 base::ErrorCode::NoSessionRows);
    }

    void whatIsMissingIsNamed_data()
    {
        QTest::addColumn<QString>("database");
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<bool>("secret");
        QTest::addColumn<QString>("code");
        const QString none;
        const QString auto_;
        QTest::newRow("nothing given") << none << auto_ << false << QStringLiteral("PartNotGiven");
        QTest::newRow("secret alone: JWT") << none << auto_ << true << QStringLiteral("NoSessionRows");
        QTest::newRow("said to be JWT") << none << QStringLiteral("jwt") << false << QStringLiteral("NoSessionRows");
        QTest::newRow("said to be rows") << none << QStringLiteral("database") << true
                                         << QStringLiteral("PartNotGiven");
        QTest::newRow("another database")
            << QStringLiteral("other.db") << auto_ << true << QStringLiteral("SchemaNotFound");
        QTest::newRow("no such file") << QStringLiteral("absent.db") << auto_ << true
                                      << QStringLiteral("FileUnreadable");
        QTest::newRow("right") << QStringLiteral("auth.db") << auto_ << true << none;
    }
    void whatIsMissingIsNamed()
    {
        QFETCH(QString, database);
        QFETCH(QString, strategy);
        QFETCH(bool, secret);
        const auto deployment = open(
            [&](auto &p) {
                if (!database.isEmpty())
                    p.database = QStringLiteral("sqlite:") + m_folder.filePath(database);
                if (!strategy.isEmpty())
                    p.strategy = strategy == u"jwt" ? Strategy::Jwt : Strategy::Database;
            },
            secret ? QList<QByteArray>{"s"} : QList<QByteArray>{}, {true, false});
        QTEST(deployment ? QString() : base::errorName(deployment.error().code), "code");
    }

    void aDeploymentThatIsNeededMustBeNamed()
    {
        QCOMPARE(open([](auto &) {}, {}, {false, true}).error().code, base::ErrorCode::PartNotGiven);
    }

    void anUnreadableDatabaseEndsAsAdapterError()
    {
        const auto deployment =
            open([](auto &p) { p.database = QStringLiteral("postgresql://ada@127.0.0.1:1/shop"); }, {}, {});
        QVERIFY(deployment);
        QCOMPARE((*deployment)->auth()->strategy, Strategy::Database);
        QCOMPARE((*deployment)->openStore(store::Access::ReadOnly, m_call).error().code,
                 base::ErrorCode::ConnectRefused);
        const auto resolver =
            (*deployment)
                ->makeResolver(engine::Mode::Local, nullptr, engine::Effects::Observe, std::chrono::seconds(1));
        QVERIFY(resolver);
        const auto resolution =
            (*resolver)->resolve("authjs.session-token=7f3c1a52-9d0e-4b8a-8f53-0a1b2c3d4e5f", m_call);
        QCOMPARE(resolution.reason, std::optional(session::NullReason::AdapterError));
        QCOMPARE((*deployment)
                     ->makeResolver(engine::Mode::Proxy, nullptr, engine::Effects::Observe, std::chrono::seconds(1))
                     .error()
                     .code,
                 base::ErrorCode::PartNotGiven);
    }

    void aWorkerKeepsItsConnection()
    {
        const auto deployment =
            open([&](auto &p) { p.database = QStringLiteral("sqlite:") + path("auth.db"); }, {}, {true, false});
        QVERIFY(deployment);
        std::vector<store::SessionStore *> seen;
        std::vector<qint64> counts;
        std::binary_semaphore done(0);
        StoreWorker worker(*deployment, store::Access::ReadOnly, "list");
        for (int i = 0; i < 2; ++i) {
            QVERIFY(worker.submit(
                [&](base::Result<store::SessionStore *> store, const base::Call &call) {
                    seen.push_back(store.value_or(nullptr));
                    counts.push_back(store ? (*store)->count({}, m_clock.now(), call).value_or(-1) : -2);
                    done.release();
                },
                {}, std::chrono::minutes(5)));
            done.acquire();
        }
        QCOMPARE(counts, (std::vector<qint64>{1, 1}));
        QCOMPARE(seen.at(0), seen.at(1));
    }

    void aBrokenLinkIsNoticedAndARefusalIsNone_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("broken");
        QTest::newRow("lost") << int(base::ErrorCode::ConnectionLost) << true;
        QTest::newRow("shut down") << int(base::ErrorCode::DatabaseUnavailable) << true;
        QTest::newRow("refused") << int(base::ErrorCode::StatementFailed) << false;
    }
    void aBrokenLinkIsNoticedAndARefusalIsNone()
    {
        QFETCH(int, code);
        const auto deployment =
            open([&](auto &p) { p.database = QStringLiteral("sqlite:") + path("auth.db"); }, {}, {true, false});
        QVERIFY(deployment);
        auto real = (*deployment)->openStore(store::Access::Write, m_call);
        QVERIFY(real);
        auto faulty = std::make_unique<test::FaultyStore>(std::move(*real));
        faulty->beforeDelete = [code](int) { return std::optional(base::Error(base::ErrorCode(code))); };
        WatchedStore watched(std::move(faulty));
        QVERIFY(watched.count({}, m_clock.now(), m_call));
        QVERIFY(!watched.isBroken());
        QVERIFY(!watched.deleteRows({}, m_call));
        QTEST(watched.isBroken(), "broken");
    }

    void aCancelledJobSeesIt()
    {
        const auto deployment =
            open([&](auto &p) { p.database = QStringLiteral("sqlite:") + path("auth.db"); }, {}, {true, false});
        QVERIFY(deployment);
        std::stop_source source;
        source.request_stop();
        std::optional<base::ErrorCode> code;
        std::binary_semaphore done(0);
        StoreWorker worker(*deployment, store::Access::ReadOnly, "list");
        QVERIFY(worker.submit(
            [&](base::Result<store::SessionStore *> store, const base::Call &) {
                if (!store)
                    code = store.error().code;
                done.release();
            },
            source.get_token(), std::chrono::minutes(5)));
        done.acquire();
        QCOMPARE(code, std::optional(base::ErrorCode::Cancelled));
    }
};

QTEST_GUILESS_MAIN(DeploymentTest)
#include "tst_Deployment.moc"
