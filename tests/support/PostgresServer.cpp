#include "tests/support/PostgresServer.h"

#include <QFile>
#include <QJsonDocument>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {
constexpr int startTimeoutMs = 60'000;
} // namespace

PostgresServer::PostgresServer(Tls tls, int fileLimitKib)
{
    QStringList arguments{sourceFile(QStringLiteral("tests/support/postgres-server.sh"))};
    if (tls == Tls::Required)
        arguments << QStringLiteral("--tls");
    if (fileLimitKib > 0)
        arguments << QStringLiteral("--file-limit") << QString::number(fileLimitKib);
    m_script.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_script.start(QStringLiteral("bash"), arguments);
    const auto said = answer();
    if (!said) {
        m_problem = QStringLiteral("the test server did not start: ") + m_script.errorString();
        return;
    }
    m_port = said->value(QStringLiteral("port")).toInt();
    m_password = said->value(QStringLiteral("password")).toString();
    m_caFile = said->value(QStringLiteral("caFile")).toString();
    m_logFile = said->value(QStringLiteral("dataDir")).toString() + QStringLiteral("/../server.log");
    if (m_port == 0)
        m_problem = QStringLiteral("the test server did not say its port");
}

PostgresServer::~PostgresServer()
{
    m_script.closeWriteChannel(); // its end stops the server and removes the data
    if (m_script.state() != QProcess::NotRunning && !m_script.waitForFinished(startTimeoutMs))
        m_script.kill();
}

std::optional<QJsonObject> PostgresServer::answer()
{
    while (!m_script.canReadLine()) {
        if (!m_script.waitForReadyRead(startTimeoutMs))
            return std::nullopt;
    }
    return QJsonDocument::fromJson(m_script.readLine()).object();
}

QByteArray PostgresServer::log() const
{
    QFile file(m_logFile);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString PostgresServer::psql(const QString &database, const QStringList &arguments, int timeoutMs)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PGPASSWORD"), m_password);
    if (!m_caFile.isEmpty())
        environment.insert(QStringLiteral("PGSSLMODE"), QStringLiteral("require"));
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral("psql"),
                  QStringList{QStringLiteral("-X"), QStringLiteral("-q"), QStringLiteral("-h"),
                              QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(m_port),
                              QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("-d"), database,
                              QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1")} +
                      arguments);
    if (!process.waitForFinished(timeoutMs))
        return QStringLiteral("psql did not end: ") + process.errorString();
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

QString PostgresServer::runSql(const QString &database, const QString &sql)
{
    return psql(database, {QStringLiteral("-c"), sql});
}

store::DatabaseUrl PostgresServer::url(const QString &database, const QString &user, const QString &password) const
{
    store::DatabaseUrl url;
    url.host = QStringLiteral("127.0.0.1");
    url.port = m_port;
    url.database = database;
    url.user = user.isEmpty() ? QStringLiteral("postgres") : user;
    url.password = base::SecretBytes((user.isEmpty() ? m_password : password).toUtf8());
    url.hadPassword = true;
    if (!m_caFile.isEmpty()) {
        url.sslMode = QStringLiteral("verify-full");
        url.sslRootCert = m_caFile;
    }
    return url;
}

bool PostgresServer::kill()
{
    m_script.write("kill\n");
    return answer().has_value();
}

bool PostgresServer::start()
{
    m_script.write("start\n");
    const auto said = answer();
    return said && said->value(QStringLiteral("port")).toInt() == m_port;
}

} // namespace rollcall::test
