#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/DurableFile.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/SqliteDatabase.h"

namespace base = rollcall::base;
using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// What every command's --out leaves alone: whatever stands there, unless it is said to be replaced; and a database, a
/// key file, what Rollcall keeps itself and what the command reads even then.
class CtlOutFileTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatStandsThereStays_data() { commands(); }
    void whatStandsThereStays();
    void someThingsAreNeverReplaced_data() { commands(); }
    void someThingsAreNeverReplaced();
    void whatIsReadIsNotReplaced();
    void whatIsNotThereYetIsReadToo();
    void whatAConnectionReadsIsNotReplaced();
    void whatComesMeanwhileStays();
    void whatComesWhileItIsMeasuredStaysToo();
    void whatCannotBeWrittenIsSaid_data();
    void whatCannotBeWrittenIsSaid();

private:
    static void commands();
    [[nodiscard]] QString path(const char *name) const
    {
        return m_ctl->folder() + QLatin1Char('/') + QLatin1StringView(name);
    }
    CtlResult run(QStringList command, const QString &out, const char *more = "")
    {
        // Approved and reported is what stands here already.
        command.replaceInStrings(QStringLiteral("PLAN"), path("plan.json"));
        command.replaceInStrings(QStringLiteral("RUN"), path("run.json"));
        return m_ctl->run(command << QStringLiteral("--out") << out << words(more));
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlOutFileTest::commands()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("replacing"); // the flag for what the command itself wrote; empty where none is needed
    const auto row = [](const char *text, const char *replacing = "--overwrite") {
        QTest::newRow(text) << words(text) << QString::fromLatin1(replacing);
    };
    row("audit export", "");
    row("audit export --as csv", "");
    row("audit evidence --from -1h", "");
    row("plan save --all --state all --database-env DB");
    row("plan approve PLAN");
    row("token mint --database-env DB --auth-version v5 --strategy database --yes", "");
    row("latency run --database-env DB --auth-version v5 --strategy database --modes local --route / --samples 5 "
        "--yes",
        "");
    row("latency report RUN --as markdown", "");
}

void CtlOutFileTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
    for (const CtlResult &made :
         {m_ctl->run(words("plan save --all --state all --database-env DB --out") << path("plan.json")),
          m_ctl->run(
              words("latency run --database-env DB --auth-version v5 --strategy database --modes local --route / "
                    "--samples 5 --yes --out")
              << path("run.json"))})
        QVERIFY2(made.exitCode == 0, made.all().constData());
}

void CtlOutFileTest::whatStandsThereStays()
{
    QFETCH(const QStringList, command);
    QFETCH(const QString, replacing);
    const QString out = path("out");
    const CtlResult first = run(command, out);
    QVERIFY2(first.exitCode == 0, first.all().constData());
    const QByteArray written = contentOf(out);
    QVERIFY(!written.isEmpty());
    const QByteArray log = contentOf(path("data/rollcall/audit.ndjson"));
    if (!replacing.isEmpty()) {
        const CtlResult again = run(command, out);
        QVERIFY2(again.exitCode == 2 && again.errorCode() == QStringLiteral("FileUnwritable"), again.all().constData());
        QVERIFY2(again.err.contains("--overwrite"), again.all().constData());
        QCOMPARE(contentOf(out), written);
        QCOMPARE(contentOf(path("data/rollcall/audit.ndjson")), log); // and nothing was done
    }
    // Where that is said, or it is a measurement, it is replaced by the same kind of file.
    struct stat old = {};
    QCOMPARE(::stat(qPrintable(out), &old), 0);
    const CtlResult replaced = run(command, out, qPrintable(replacing));
    QVERIFY2(replaced.exitCode == 0, replaced.all().constData());
    struct stat now = {};
    QCOMPARE(::stat(qPrintable(out), &now), 0);
    QVERIFY(now.st_ino != old.st_ino || contentOf(out) != written);
    // What others wrote stays, but a measurement takes its place.
    if (!command.startsWith(QStringLiteral("latency"))) {
        for (const char *others : {"mine", "SECRET_TOKEN=authjs.session-token\n", "{\"entries\":[1]}"}) {
            const QString file = m_ctl->writeFile(QStringLiteral("others"), others);
            const CtlResult kept = run(command, file);
            QVERIFY2(kept.exitCode == 2 && contentOf(file) == others, kept.all().constData());
        }
    }
    // What mktemp made is there to be filled.
    const CtlResult filled = run(command, m_ctl->writeFile(QStringLiteral("empty"), {}));
    QVERIFY2(filled.exitCode == 0 && !contentOf(path("empty")).isEmpty(), filled.all().constData());
}

void CtlOutFileTest::someThingsAreNeverReplaced()
{
    QFETCH(const QStringList, command);
    QFETCH(const QString, replacing);
    const QString link = path("link");
    QVERIFY(QFile::link(m_database->path(), link));
    const QString config = path("config/rollcall/connections.json");
    QVERIFY2(m_ctl->run(words("connections add shop --database-env DB")).exitCode == 0, "a file of our own");
    QVERIFY(QFile::exists(config));
    for (const QString &kept :
         {m_database->path(), link, path("keys"), config, path("data/rollcall/new"), QStringLiteral("/dev/null")}) {
        const QByteArray before = contentOf(kept);
        const CtlResult refused = run(command, kept, qPrintable(replacing));
        QVERIFY2(refused.exitCode == 2 && refused.errorCode() == QStringLiteral("FileUnwritable"),
                 qPrintable(kept + QString::fromUtf8(refused.all())));
        QVERIFY2(refused.err.contains("never written to"), refused.all().constData());
        QCOMPARE(contentOf(kept), before);
    }
    QVERIFY(!QFile::exists(path("data/rollcall/new")));
}

void CtlOutFileTest::whatIsReadIsNotReplaced()
{
    const QString env =
        m_ctl->writeFile(QStringLiteral("shop.env"), "DATABASE_URL=" + m_database->url().toUtf8() + "\n");
    const QByteArray before = contentOf(env);
    for (const char *command : {"plan save --all", "token mint --auth-version v5 --strategy database --yes"}) {
        const CtlResult refused = run(words(command) << QStringLiteral("--env-file") << env, env, "--overwrite");
        QVERIFY2(refused.exitCode == 2 && refused.err.contains("reads it"), refused.all().constData());
        QCOMPARE(contentOf(env), before);
    }
    const QByteArray document = contentOf(path("run.json"));
    const CtlResult refused = run(words("latency report RUN"), path("run.json"));
    QVERIFY2(refused.exitCode == 2 && refused.err.contains("reads it"), refused.all().constData());
    QCOMPARE(contentOf(path("run.json")), document);
}

void CtlOutFileTest::whatIsNotThereYetIsReadToo()
{
    const QStringList mint = words("token mint --database-env DB --auth-version v5 --strategy database --yes");
    // The key file of this process, that the act itself would make; named by the environment, by a flag and by a link.
    m_ctl->setEnvironment(QStringLiteral("ROLLCALL_KEY_FILE"), path("new-keys"));
    QVERIFY(QFile::link(path("new-keys"), path("to-keys")));
    for (const QString &out : {path("new-keys"), path("to-keys")}) {
        const CtlResult refused = run(mint, out, "--overwrite");
        QVERIFY2(refused.exitCode == 2 && refused.err.contains("reads it"), refused.all().constData());
    }
    const CtlResult flag = run(mint + QStringList{QStringLiteral("--key-file"), path("other")}, path("other"));
    QVERIFY2(flag.exitCode == 2 && flag.err.contains("reads it"), flag.all().constData());
    QVERIFY(!QFile::exists(path("new-keys")) && !QFile::exists(path("other")));
    // Every flag that names a file, and a second name of it.
    const QString approval = m_ctl->writeFile(QStringLiteral("users"), "ada@example.com\n");
    QCOMPARE(::link(qPrintable(approval), qPrintable(path("users2"))), 0);
    const CtlResult users =
        run(words("plan save --database-env DB --users-file") << approval, path("users2"), "--overwrite");
    QVERIFY2(users.exitCode == 2 && users.err.contains("reads it"), users.all().constData());
    for (const char *suffix : {"-wal", "-shm", "-journal"}) {
        const CtlResult beside = run(mint, m_database->path() + QLatin1StringView(suffix), "--overwrite");
        QVERIFY2(beside.exitCode == 2 && beside.err.contains("database beside it"), beside.all().constData());
        QVERIFY(!QFile::exists(m_database->path() + QLatin1StringView(suffix)));
    }
    // More links than are followed: what is written would take the place of one of them.
    QString end = path("end");
    for (int i = 0; i < 45; ++i) {
        const QString link = path("chain") + QString::number(i);
        QVERIFY(QFile::link(end, link));
        end = link;
    }
    const CtlResult links = run(mint, end, "--overwrite");
    QVERIFY2(links.exitCode == 2 && links.err.contains("link"), links.all().constData());
    QVERIFY(QFileInfo(end).isSymLink() && !QFile::exists(path("end")));
}

void CtlOutFileTest::whatAConnectionReadsIsNotReplaced()
{
    const QString ca = m_ctl->writeFile(QStringLiteral("ca.pem"), "a certificate authority");
    const QString cert = m_ctl->writeFile(QStringLiteral("cert.pem"), "a certificate");
    const QString key = m_ctl->writeFile(QStringLiteral("key.pem"), "a key");
    const QString cacheKey = m_ctl->writeFile(QStringLiteral("cache-key.pem"), "a key");
    const QByteArray address =
        QStringLiteral("postgresql://localhost:1/shop?sslcert=%1&sslkey=%2").arg(cert, key).toUtf8();
    m_ctl->setEnvironment(QStringLiteral("PG"), QString::fromUtf8(address));
    m_ctl->setEnvironment(QStringLiteral("CACHE"),
                          QStringLiteral("rediss://localhost:1/0?sslcert=%1&sslkey=%2").arg(cert, cacheKey));
    const CtlResult added = m_ctl->run(words("connections add pg --database-env PG --cache-env CACHE --ca-file") << ca);
    QVERIFY2(added.exitCode == 0, added.all().constData());
    const QString env = m_ctl->writeFile(QStringLiteral("pg.env"), "DATABASE_URL=" + address + '\n');
    const auto isKept = [&](const QStringList &by, const QString &file) {
        const QByteArray before = contentOf(file);
        const CtlResult refused = run(words("plan save --all") + by, file, "--overwrite");
        QVERIFY2(refused.exitCode == 2 && refused.err.contains("reads it"), refused.all().constData());
        QCOMPARE(contentOf(file), before);
    };
    for (const QString &file : {ca, cert, key, cacheKey})
        isKept(words("--connection pg"), file);
    for (const char *by : {"--database-env PG", "--env-file pg.env"})
        isKept(words(by), key);
    QVERIFY(QFile::exists(env));
}

void CtlOutFileTest::whatComesMeanwhileStays()
{
    const QString out = path("out");
    QVERIFY(base::replaceFile(out, "first", base::ErrorCode::FileUnwritable, base::Onto::Nothing).has_value());
    QCOMPARE(contentOf(out), QByteArray("first"));
    const auto second = base::replaceFile(out, "second", base::ErrorCode::FileUnwritable, base::Onto::Nothing);
    QVERIFY(!second && second.error().param(base::ErrorParam::Part) == QStringLiteral("existing"));
    QCOMPARE(contentOf(out), QByteArray("first"));
    QCOMPARE(QDir(m_ctl->folder()).entryList({QStringLiteral("out*")}, QDir::Files),
             QStringList{QStringLiteral("out")});
}

void CtlOutFileTest::whatComesWhileItIsMeasuredStaysToo()
{
    const QString out = path("run-of-today.json");
    std::function<void()> meanwhile;
    const ScriptedServer server([&](const ScriptedServer::Request &) {
        if (const auto happens = std::exchange(meanwhile, nullptr))
            happens();
        return Reply::http(200, "{}");
    });
    const auto measured = [&](const char *name, const QByteArray &comes) {
        if (!comes.isEmpty())
            meanwhile = [this, comes] { m_ctl->writeFile(QStringLiteral("run-of-today.json"), comes); };
        const CtlResult result = m_ctl->run(words("latency run --modes route --cookie none --route / --samples 5 "
                                                  "--concurrency 1 --guards off --base-url")
                                            << server.url().toString() << QStringLiteral("--out") << out);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QVERIFY2(contentOf(path(name)) == result.out, name); // the whole measurement
        QCOMPARE(result.err.contains(name), !comes.isEmpty());
    };
    // Nothing stood there before, then what came meanwhile, then that is changed once more.
    measured("run-of-today-2.json", "theirs");
    QCOMPARE(contentOf(out), QByteArray("theirs"));
    QFile plain(path("plain"));
    QVERIFY(plain.open(QIODevice::WriteOnly));
    QCOMPARE(QFile::permissions(path("run-of-today-2.json")), plain.permissions()); // as anybody writes files
    measured("run-of-today-3.json", "changed");
    QCOMPARE(contentOf(out), QByteArray("changed"));
    // What has lain there all the time is replaced as before.
    measured("run-of-today.json", {});
    // And so is what went away.
    bool isGone = false;
    meanwhile = [&] { isGone = QFile::remove(out); };
    measured("run-of-today.json", {});
    QVERIFY(isGone);
    QCOMPARE(
        QDir(m_ctl->folder()).entryList({QStringLiteral("run-of*")}, QDir::Files | QDir::Hidden, QDir::Name).size(), 3);
}

void CtlOutFileTest::whatCannotBeWrittenIsSaid_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::newRow("as JSON") << QByteArray("json");
    QTest::newRow("as a table") << QByteArray("table");
    QTest::newRow("as values") << QByteArray("csv");
}

/// Its folder was there when the run began: what was measured is not lost with it.
void CtlOutFileTest::whatCannotBeWrittenIsSaid()
{
    QFETCH(const QByteArray, format);
    QVERIFY(QDir(m_ctl->folder()).mkdir(QStringLiteral("gone")));
    const ScriptedServer server([this](const ScriptedServer::Request &) {
        QDir(m_ctl->folder()).rmdir(QStringLiteral("gone"));
        return Reply::http(200, "{}");
    });
    const CtlResult result = m_ctl->run(words("latency run --modes route --cookie none --route / --samples 5 "
                                              "--concurrency 1 --guards off --format")
                                        << QString::fromLatin1(format) << QStringLiteral("--base-url")
                                        << server.url().toString() << QStringLiteral("--out") << path("gone/run.json"));
    QVERIFY2(result.exitCode == 2, result.err.constData()); // as where it cannot be written from the begin
    QVERIFY2(result.err.contains("gone/run.json") && result.err.contains("standard output"), result.err.constData());
    const QString said = m_ctl->writeFile(QStringLiteral("said.json"), result.out);
    const CtlResult report = m_ctl->run(words("latency report --as csv") << said);
    QVERIFY2(report.exitCode == 0 && report.out.count('\n') > 1, report.all().constData());
}

QTEST_GUILESS_MAIN(CtlOutFileTest)
#include "tst_CtlOutFile.moc"
