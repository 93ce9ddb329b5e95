#include "tests/support/PostgresServer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <csignal>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {
constexpr int startTimeoutMs = 60'000;
constexpr int commandTimeoutMs = 60'000;
} // namespace

PostgresServer::PostgresServer(Tls tls)
{
    QStringList arguments{sourceFile(QStringLiteral("tests/support/postgres-server.sh"))};
    if (tls == Tls::Required)
        arguments << QStringLiteral("--tls");
    m_script.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_script.start(QStringLiteral("bash"), arguments);
    while (!m_script.canReadLine()) {
        if (!m_script.waitForReadyRead(startTimeoutMs)) {
            m_problem = QStringLiteral("the test server did not start: ") + m_script.errorString();
            return;
        }
    }
    const QJsonObject said = QJsonDocument::fromJson(m_script.readLine()).object();
    m_port = said.value(QStringLiteral("port")).toInt();
    m_password = said.value(QStringLiteral("password")).toString();
    m_caFile = said.value(QStringLiteral("caFile")).toString();
    m_dataDir = said.value(QStringLiteral("dataDir")).toString();
    if (m_port == 0)
        m_problem = QStringLiteral("the test server did not say its port");
}

PostgresServer::~PostgresServer()
{
    m_script.closeWriteChannel(); // its end stops the server and removes the data
    if (m_script.state() != QProcess::NotRunning && !m_script.waitForFinished(startTimeoutMs))
        m_script.kill();
}

QString PostgresServer::psql(const QString &database, const QStringList &arguments)
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
    if (!process.waitForFinished(commandTimeoutMs))
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

void PostgresServer::kill()
{
    QFile file(m_dataDir + QStringLiteral("/postmaster.pid"));
    if (!file.open(QIODevice::ReadOnly))
        return;
    if (const int pid = file.readLine().trimmed().toInt(); pid > 1)
        ::kill(pid, SIGQUIT);
}

bool PostgresServer::start()
{
    m_script.write("start\n");
    while (!m_script.canReadLine()) {
        if (!m_script.waitForReadyRead(startTimeoutMs))
            return false;
    }
    return m_script.readLine() == "{}\n";
}

} // namespace rollcall::test
