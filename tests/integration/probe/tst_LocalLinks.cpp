#include <QtTest>

#include <future>

#include "core/deployment/Deployment.h"
#include "core/probe/LocalRunner.h"
#include "tests/support/PostgresServer.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::SecretBytes;
using probe::CachePath;
using probe::CellId;
using probe::Outcome;
using probe::ProbeMode;

namespace {

constexpr QByteArrayView token("9f1c2f04-1c5e-4b6e-9d37-2b7f3c1a9e10");

} // namespace

class LocalLinksTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QString problem = m_server.problem();
        if (problem.isEmpty())
            problem = m_server.createDatabase(QStringLiteral("shop"));
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        run(QStringLiteral("CREATE TABLE users (id serial PRIMARY KEY, name text, email text UNIQUE, \"emailVerified\" "
                           "timestamptz, image text);"
                           "CREATE TABLE sessions (id serial PRIMARY KEY, \"sessionToken\" text NOT NULL UNIQUE,"
                           " \"userId\" integer NOT NULL, expires timestamptz NOT NULL);"
                           "INSERT INTO users (name, email) VALUES ('Ada', 'ada@example.test');"
                           "INSERT INTO sessions (\"sessionToken\", \"userId\", expires)"
                           " VALUES ('%1', 1, now() + interval '1 day')")
                .arg(QLatin1String(token)));
    }

    /// A server ends links that are idle in a pause of the run: without a new one every later look-up fails.
    void linksLostInAPauseAreMadeAnew()
    {
        const auto url = m_server.url(QStringLiteral("shop"));
        workspace::ConnectionProfile profile;
        workspace::ConnectionSecrets secrets;
        profile.name = QStringLiteral("shop");
        profile.version = session::AuthVersion::V5;
        profile.strategy = session::Strategy::Database;
        profile.database = QStringLiteral("postgresql://%1:%2@localhost:%3/shop")
                               .arg(url.user, QString::fromLatin1(url.password.view().toByteArray()))
                               .arg(m_server.port());
        secrets.authSecrets.emplace_back(QByteArrayView("secret"));
        auto config = deployment::ConnectionConfig::from(std::move(profile), std::move(secrets), 5s);
        QVERIFY(config.has_value());
        const auto opened = deployment::Deployment::open(std::move(*config), {true, false}, m_clock, Call::within(20s));
        QVERIFY(opened.has_value());
        const QByteArray header = QByteArray("authjs.session-token=").append(token);
        const auto cookie = std::make_shared<const SecretBytes>(QByteArrayView(header));
        probe::LocalRunner runner(*opened, cookie, 60s, 5s);
        const std::vector<CellId> cells{{QStringLiteral("/"), ProbeMode::Local, {}},
                                        {QStringLiteral("/"), ProbeMode::CachedMemory, CachePath::Hit},
                                        {QStringLiteral("/"), ProbeMode::CachedMemory, CachePath::Miss}};
        QVERIFY(runner.prepare(cells, Call::within(20s)).has_value());
        const auto connectNs = runner.connectNs();
        for (const CellId &cell : cells)
            QCOMPARE(measure(runner, cell), Outcome::Ok);
        freshen(runner); // with nothing lost
        QCOMPARE(measure(runner, cells.front()), Outcome::Ok);

        endLinks();
        QVERIFY(measure(runner, cells.front()) != Outcome::Ok);
        QVERIFY(measure(runner, cells.front()) != Outcome::Ok); // it does not mend itself
        freshen(runner);
        for (const CellId &cell : cells)
            QCOMPARE(measure(runner, cell), Outcome::Ok);

        endLinks();
        freshen(runner); // finds out by itself
        for (const CellId &cell : cells)
            QCOMPARE(measure(runner, cell), Outcome::Ok);
        QCOMPARE(runner.connectNs(), connectNs); // what is told of the run is how long it took before it
    }

private:
    void run(const QString &sql)
    {
        const QString problem = m_server.runSql(QStringLiteral("shop"), sql);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    void endLinks()
    {
        run(QStringLiteral("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                           " WHERE datname = 'shop' AND pid <> pg_backend_pid()"));
    }
    static Outcome measure(probe::LocalRunner &runner, const CellId &cell)
    {
        std::promise<Outcome> outcome;
        runner.measure(cell, [&outcome](const probe::Sample &sample) { outcome.set_value(sample.outcome); });
        return outcome.get_future().get();
    }
    static void freshen(probe::LocalRunner &runner)
    {
        std::promise<void> done;
        runner.freshen([&done] { done.set_value(); });
        done.get_future().wait();
    }

    test::PostgresServer m_server;
    base::SystemClock m_clock;
};

QTEST_GUILESS_MAIN(LocalLinksTest)
#include "tst_LocalLinks.moc"
