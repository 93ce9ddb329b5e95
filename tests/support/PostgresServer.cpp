#include "tests/support/PostgresServer.h"

#include <QFile>

namespace rollcall::test {

QByteArray PostgresServer::log() const
{
    QFile file(said("dataDir").toString() + QStringLiteral("/../server.log"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString PostgresServer::psql(const QString &database, const QStringList &arguments, int timeoutMs, QByteArray *printed)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PGPASSWORD"), said("password").toString());
    if (!caFile().isEmpty())
        environment.insert(QStringLiteral("PGSSLMODE"), QStringLiteral("require"));
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral("psql"),
                  QStringList{QStringLiteral("-X"), QStringLiteral("-q"), QStringLiteral("-h"),
                              QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(port()),
                              QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("-d"), database,
                              QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1")} +
                      arguments);
    if (!process.waitForFinished(timeoutMs))
        return QStringLiteral("psql did not end: ") + process.errorString();
    if (printed)
        *printed = process.readAllStandardOutput();
    return process.exitCode() == 0 ? QString() : QString::fromUtf8(process.readAllStandardError());
}

QString PostgresServer::createDatabase(const QString &name)
{
    return psql(QStringLiteral("postgres"), {QStringLiteral("-c"), QStringLiteral("CREATE DATABASE \"%1\"").arg(name)});
}

QString PostgresServer::runSqlFile(const QString &database, const QString &path)
{
    return psql(database, {QStringLiteral("-f"), path});
}

QString PostgresServer::runSqlFile(const QString &database, const QString &path, const QStringList &variables,
                                   int timeoutMs)
{
    QStringList arguments;
    for (const QString &variable : variables)
        arguments << QStringLiteral("-v") << variable;
    return psql(database, arguments + QStringList{QStringLiteral("-f"), path}, timeoutMs);
}

std::optional<QString> PostgresServer::value(const QString &database, const QString &sql)
{
    QByteArray printed;
    const QString problem = psql(database, {QStringLiteral("-At"), QStringLiteral("-c"), sql}, 60'000, &printed);
    return problem.isEmpty() ? std::optional(QString::fromUtf8(printed.trimmed())) : std::nullopt;
}

QString PostgresServer::runSql(const QString &database, const QString &sql)
{
    return psql(database, {QStringLiteral("-c"), sql});
}

} // namespace rollcall::test
