#include <QtTest>

#include <unistd.h>

#include <QProcess>

#include "tests/support/CtlProcess.h"
#include "tests/support/TestPaths.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::words;

/// What holds for every command: help, version, flags, formats of errors.
class CtlUsageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void usageErrors_data()
    {
        QTest::addColumn<QStringList>("arguments");
        const auto row = [](const char *text) { QTest::newRow(text) << words(text); };
        row("nonsense");
        row("sessions");
        row("sessions nonsense");
        row("--format json check");
        row("check --bogus");
        row("check --bogus=1");
        row("check stray");
        row("check --database");
        row("check --database --read-only");
        row("check --read-only=yes");
        row("check --timeout 5 --timeout 6");
        row("check --timeout soon");
        row("check --timeout 0");
        row("check --now tomorrow");
        row("check --format xml");
        row("check --strategy none");
        row("check --auth-version v9");
        row("check --cookie-parser best");
        row("check --max-age 0");
        row("check --update-age -1");
        row("check --database sqlite:/nowhere --database-env DATABASE");
        row("check --cache redis://localhost --cache-env CACHE");
        row("check --secret-file a --secret-env B");
        row("check --connection a --env-file b");
        row("check --database-env ROLLCALL_TEST_NOT_SET");
        row("check --secret-env ROLLCALL_TEST_NOT_SET");
        row("check --secret-file /nowhere/secret");
        row("check --env-file /nowhere/.env");
        row("check --map /nowhere/map.json --database sqlite:/nowhere");
        row("check --connection nobody");
        row("check --database nonsense");
        row("check --database ftp://localhost/x");
        row("check --timezone Mars/Olympus --database sqlite:/nowhere");
        row("connections show");
        row("connections add");
        row("connections add nothing-to-save");
        row("connections show nobody");
        row("connections remove nobody");
        row("schema detect");
        row("sessions list");
        row("sessions list --database sqlite:/nowhere --limit 0");
        row("sessions list --database sqlite:/nowhere --limit 10001");
        row("sessions list --database sqlite:/nowhere --limit many");
        row("sessions list --database sqlite:/nowhere --state dead");
        row("sessions list --database sqlite:/nowhere --sort name");
        row("sessions list --database sqlite:/nowhere --expires-before soon");
        row("sessions list --database sqlite:/nowhere --expires-after 2026-01-01T00:00:00");
        row("sessions stats");
        row("sessions revoke --database sqlite:/nowhere --yes");
        row("sessions revoke --database sqlite:/nowhere --session a --all");
        row("sessions revoke --database sqlite:/nowhere --session a --user b");
        row("sessions revoke --database sqlite:/nowhere --all --user b");
        row("sessions revoke --database sqlite:/nowhere --all --batch-size 0");
        row("sessions revoke --database sqlite:/nowhere --session a --keep-newest 1");
        row("sessions revoke --database sqlite:/nowhere --keep-newest 0");
        row("sessions revoke --database sqlite:/nowhere --users-file /nowhere/users");
        row("sessions revoke --database sqlite:/nowhere --all --plan=");
        row("sessions list --database sqlite:/nowhere --ca-file=");
        row("audit list --key-file=");
        row("sessions revoke --database sqlite:/nowhere --all --max -1");
        row("sessions revoke --database sqlite:/nowhere --all --yes --now 1760000000");
        row("sessions revoke --database sqlite:/nowhere --all --yes --verify");
        row("resolve");
        row("resolve --cookie-file -");
        row("resolve --cookie-file - --strategy database");
        row("resolve --cookie-file - --batch");
        row("resolve --cookie-file - --mode magic");
        row("resolve --cookie-file - --effects maybe");
        row("resolve --cookie-file - --cache-ttl 60");
        row("resolve --cookie-file - --mode proxy");
        row("resolve --cookie-file - --mode cached --cache localhost:6379");
        row("resolve --cookie-file - --effects apply --yes --now 1760000000");
        row("token decode");
        row("latency run");
        row("latency run --route / --routes /nowhere/routes");
        row("latency run --route /");
        row("latency run --route nonsense --modes local --secret-file /dev/null");
        row("latency run --route / --modes magic");
        row("latency run --route / --modes local,local");
        row("latency run --route / --rate 1 --concurrency 1");
        row("latency run --route / --rate often");
        row("latency run --route / --rate 0 --base-url http://127.0.0.1:1");
        row("latency run --route / --concurrency 0");
        row("latency run --route / --arrival never");
        row("latency run --route / --samples 0");
        row("latency run --route / --duration 5");
        row("latency run --route / --warmup some");
        row("latency run --route / --cookie real");
        row("latency run --route / --cookie none --cookie-file -");
        row("latency run --route / --guards maybe");
        row("latency run --route / --budget fast");
        row("latency run --route / --yes --now 1760000000");
        row("audit list --limit 0");
        row("demo serve --sessions 0");
        row("demo serve --port 65536");
        row("audit list --after -1");
        for (const char *later :
             {"sessions watch --interval 1ms", "sessions prune", "sessions restore op-1", "plan save", "users list",
              "cache drift", "rule show", "doctor", "routes list", "findings", "latency compare a b",
              "latency report a", "latency propagation", "token verify", "audit export", "audit evidence"})
            row(later);
    }

    void usageErrors()
    {
        QFETCH(QStringList, arguments);
        CtlProcess ctl;
        if (!arguments.contains(QStringLiteral("xml")))
            arguments << QStringLiteral("--format") << QStringLiteral("json");
        const CtlResult result = ctl.run(arguments);
        QVERIFY2(result.exitCode == 2, result.all().constData());
        const QJsonObject error = result.json().value(QStringLiteral("error")).toObject();
        for (const char *key : {"code", "message", "remedy"})
            QVERIFY2(!error.value(QLatin1StringView(key)).toString().isEmpty(), result.all().constData());
        QVERIFY2(result.err.endsWith('\n') && result.err.count('\n') == 1, result.all().constData());
        QVERIFY2(!QDir(ctl.folder() + QStringLiteral("/data")).exists(), "a usage error wrote something");
    }

    void laterCommandsSaySo()
    {
        CtlProcess ctl;
        const CtlResult result = ctl.run(words("doctor --format json"));
        QCOMPARE(result.errorCode(), QStringLiteral("UsageInvalid"));
        QVERIFY2(result.err.contains("not in this version"), result.all().constData());
        const CtlResult help = ctl.run({QStringLiteral("--help")});
        QVERIFY(!help.out.contains("doctor"));
    }

    void helpAndVersionEndWell_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char *text, const char *part) {
            QTest::newRow(text) << words(text) << QByteArray(part);
        };
        row("--version", "rollcallctl 0.");
        row("--help", "sessions revoke");
        row("sessions --help", "sessions stats");
        row("sessions list --help", "--expires-before TIME");
        row("sessions revoke --yes --help", "--batch-size N");
        row("check --help", "--allow-insecure HOST");
    }

    void helpAndVersionEndWell()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, part);
        CtlProcess ctl;
        const CtlResult result = ctl.run(arguments);
        QVERIFY2(result.exitCode == 0 && result.out.contains(part), result.all().constData());
        QVERIFY2(result.err.isEmpty(), result.all().constData());
    }

    void everyCommandHasHelp()
    {
        CtlProcess ctl;
        const CtlResult help = ctl.run({QStringLiteral("--help")});
        int commands = 0;
        for (const QByteArray &line : help.out.split('\n')) {
            if (!line.startsWith("  "))
                continue;
            const QString form = QString::fromUtf8(line).trimmed().section(QStringLiteral("  "), 0, 0);
            QStringList name = form.split(QLatin1Char(' '));
            name.removeIf([](const QString &word) { return word == word.toUpper(); }); // its argument
            const CtlResult one = ctl.run(name << QStringLiteral("--help"));
            QVERIFY2(one.exitCode == 0 && one.out.contains("--database URL"), one.all().constData());
            ++commands;
        }
        QVERIFY(commands >= 10);
    }

    void errorsFollowTheFormat()
    {
        CtlProcess ctl;
        for (const char *format : {"json", "ndjson"}) {
            const CtlResult result = ctl.run(words("sessions list --format") << QString::fromLatin1(format));
            QCOMPARE(result.exitCode, 2);
            QCOMPARE(result.errorCode(), QStringLiteral("PartNotGiven"));
            QVERIFY2(result.err.contains("--database"), result.all().constData());
        }
        for (const char *format : {"table", "csv"}) {
            const CtlResult result = ctl.run(words("sessions list --format") << QString::fromLatin1(format));
            QCOMPARE(result.exitCode, 2);
            QVERIFY2(result.out.isEmpty() && !result.err.isEmpty(), result.all().constData());
        }
        // Not a terminal: JSON without being asked.
        QCOMPARE(ctl.run(words("sessions list")).errorCode(), QStringLiteral("PartNotGiven"));
    }

    void misplacedSecretsAreNotRepeated()
    {
        CtlProcess ctl;
        ctl.neverShow("hunter2-very-secret");
        const CtlResult stray =
            ctl.run({QStringLiteral("check"), QStringLiteral("postgresql://u:hunter2-very-secret@127.0.0.1/x")});
        QCOMPARE(stray.exitCode, 2);
        const CtlResult unknown = ctl.run({QStringLiteral("check"), QStringLiteral("--password=hunter2-very-secret")});
        QCOMPARE(unknown.exitCode, 2);
        const CtlResult command = ctl.run({QStringLiteral("postgresql://u:hunter2-very-secret@127.0.0.1/x")});
        QCOMPARE(command.exitCode, 2);
    }

    void warnings()
    {
        CtlProcess ctl;
        ctl.neverShow("hunter2-very-secret");
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), "hunter2-very-secret\n");
        QVERIFY(QFile::setPermissions(secretFile, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        const CtlResult open = ctl.run(words("check --secret-file") << secretFile);
        QVERIFY2(open.err.contains("others may read it"), open.all().constData());
        QVERIFY(QFile::setPermissions(secretFile, QFile::ReadOwner | QFile::WriteOwner));
        const CtlResult closed = ctl.run(words("check --secret-file") << secretFile);
        QVERIFY2(!closed.err.contains("others may read it"), closed.all().constData());

        // Port 1 of loopback: nothing listens there.
        const CtlResult password = ctl.run(
            words("check --timeout 30 --database postgresql://u:hunter2-very-secret@127.0.0.1:1/x?pgbouncer=true"));
        QVERIFY2(password.err.contains("--database-env"), password.all().constData());
        QVERIFY2(password.err.contains("pgbouncer"), password.all().constData());
        ctl.setEnvironment(QStringLiteral("MY_DATABASE"),
                           QStringLiteral("postgresql://u:hunter2-very-secret@127.0.0.1:1/x"));
        const CtlResult environment = ctl.run(words("check --timeout 30 --database-env MY_DATABASE"));
        QVERIFY2(!environment.err.contains("--database-env"), environment.all().constData());
    }

    void anUnverifiedLinkStaysInSight()
    {
        CtlProcess ctl;
        const QStringList base = words("check --timeout 1 --base-url http://192.0.2.1 --allow-insecure");
        QVERIFY(ctl.run(base + words("192.0.2.1")).err.contains("not verified"));
        QVERIFY(!ctl.run(base + words("192.0.2.2")).err.contains("not verified"));
    }

    void theEnvironmentIsNotRead()
    {
        CtlProcess ctl;
        ctl.setEnvironment(QStringLiteral("DATABASE_URL"), QStringLiteral("sqlite:/nowhere.db"));
        ctl.setEnvironment(QStringLiteral("AUTH_URL"), QStringLiteral("http://127.0.0.1:1"));
        QCOMPARE(ctl.run(words("sessions list --format json")).errorCode(), QStringLiteral("PartNotGiven"));
    }

    /// Whoever read standard output has gone: `rollcallctl … | head -1`.
    void aBrokenPipeIsSaidOnce_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const char *command :
             {"--help", "sessions revoke --help", "connections list", "connections show nobody",
              "connections list --format table", "connections list --format csv", "token decode --batch",
              "token decode --batch --format table", "token decode --batch --format csv"})
            QTest::newRow(command) << words(command);
    }

    void aBrokenPipeIsSaidOnce()
    {
        QFETCH(const QStringList, command);
        int ends[2] = {};
        QCOMPARE(::pipe(ends), 0);
        ::close(ends[0]);
        const QTemporaryDir folder;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), folder.path());
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setProgram(rollcall::test::buildFile(QStringLiteral("app/ctl/rollcallctl")));
        process.setArguments(command);
        process.setChildProcessModifier([&ends] { ::dup2(ends[1], STDOUT_FILENO); });
        process.start();
        process.write("{\"id\":1,\"token\":\"x\"}\n"); // the batches': each is answered by a line at once
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished());
        ::close(ends[1]);
        const QByteArray said = process.readAllStandardError();
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 5);
        QCOMPARE(said.count("Broken pipe"), 1);
        QVERIFY2(said.contains("Standard output cannot be written: Broken pipe. Let what reads it"), said.constData());
        // What else there was to say is.
        QCOMPARE(said.count('\n'), command.contains(u"nobody") ? 2 : 1);
    }
};

QTEST_GUILESS_MAIN(CtlUsageTest)
#include "tst_CtlUsage.moc"
