#include "tests/support/MariaDbServer.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <csignal>

namespace rollcall::test {

namespace {
constexpr int commandTimeoutMs = 900'000; // a million rows take minutes to make

/// Whether all threads of a process are stopped.
bool standsStill(qint64 pid)
{
    const QDir tasks(QStringLiteral("/proc/%1/task").arg(pid));
    const QStringList threads = tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    return !threads.isEmpty() && std::ranges::all_of(threads, [&tasks](const QString &thread) {
        QFile file(tasks.filePath(thread + QStringLiteral("/stat")));
        // "pid (name) state …"; the name may hold anything.
        return file.open(QIODevice::ReadOnly) &&
               QString::fromLatin1(file.readAll()).section(QLatin1Char(')'), -1).startsWith(QStringLiteral(" T"));
    });
}

} // namespace

QString MariaDbServer::client(const QString &database, const QByteArray &sql, const QString &file)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("MYSQL_PWD"), said("password").toString());
    process.setProcessEnvironment(environment);
    QStringList arguments{QStringLiteral("--no-defaults"),         QStringLiteral("--protocol=tcp"),
                          QStringLiteral("--host=127.0.0.1"),      QStringLiteral("--port=%1").arg(port()),
                          QStringLiteral("--user=admin"),          QStringLiteral("--default-character-set=utf8mb4"),
                          QStringLiteral("--database=") + database};
    if (!caFile().isEmpty())
        arguments << QStringLiteral("--ssl");
    if (!file.isEmpty())
        process.setStandardInputFile(file);
    process.start(QStringLiteral("mariadb"), arguments);
    if (file.isEmpty()) {
        process.write(sql);
        process.closeWriteChannel();
    }
    if (!process.waitForFinished(commandTimeoutMs))
        return QStringLiteral("mariadb did not end: ") + process.errorString();
    return process.exitCode() == 0 ? QString() : QString::fromUtf8(process.readAllStandardError());
}

QString MariaDbServer::createDatabase(const QString &name)
{
    QString quoted = name;
    quoted.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return runSql(QStringLiteral("mysql"), QStringLiteral("CREATE DATABASE \"%1\"").arg(quoted));
}

QString MariaDbServer::runSqlFile(const QString &database, const QString &path)
{
    return client(database, {}, path);
}

QString MariaDbServer::runSql(const QString &database, const QString &sql)
{
    static const QByteArray modes =
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+00:00';\n";
    return client(database, modes + sql.toUtf8() + ";\n", {});
}

bool MariaDbServer::freeze(bool still)
{
    const qint64 pid = said("pid").toInteger();
    if (pid <= 1 || ::kill(static_cast<pid_t>(pid), still ? SIGSTOP : SIGCONT) != 0)
        return false;
    // The signal returns before the last of its threads has stopped, which may still answer.
    return !still || QTest::qWaitFor([pid] { return standsStill(pid); });
}

} // namespace rollcall::test
