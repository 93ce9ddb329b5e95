#include "tests/support/MariaDbServer.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>
#include <csignal>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {
constexpr int startTimeoutMs = 60'000;
constexpr int commandTimeoutMs = 60'000;

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

MariaDbServer::MariaDbServer(Tls tls, int fileLimitKib)
{
    QStringList arguments{sourceFile(QStringLiteral("tests/support/mariadb-server.sh"))};
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
    m_pid = said->value(QStringLiteral("pid")).toInteger();
    m_password = said->value(QStringLiteral("password")).toString();
    m_caFile = said->value(QStringLiteral("caFile")).toString();
    if (m_port == 0)
        m_problem = QStringLiteral("the test server did not say its port");
}

MariaDbServer::~MariaDbServer()
{
    m_script.closeWriteChannel(); // its end stops the server and removes the data
    if (m_script.state() != QProcess::NotRunning && !m_script.waitForFinished(startTimeoutMs))
        m_script.kill();
}

std::optional<QJsonObject> MariaDbServer::answer()
{
    while (!m_script.canReadLine()) {
        if (!m_script.waitForReadyRead(startTimeoutMs))
            return std::nullopt;
    }
    return QJsonDocument::fromJson(m_script.readLine()).object();
}

QString MariaDbServer::client(const QString &database, const QByteArray &sql, const QString &file)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("MYSQL_PWD"), m_password);
    process.setProcessEnvironment(environment);
    QStringList arguments{QStringLiteral("--no-defaults"),         QStringLiteral("--protocol=tcp"),
                          QStringLiteral("--host=127.0.0.1"),      QStringLiteral("--port=%1").arg(m_port),
                          QStringLiteral("--user=admin"),          QStringLiteral("--default-character-set=utf8mb4"),
                          QStringLiteral("--database=") + database};
    if (!m_caFile.isEmpty())
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

store::DatabaseUrl MariaDbServer::url(const QString &database, const QString &user, const QString &password) const
{
    store::DatabaseUrl url;
    url.kind = store::DatabaseKind::MySql;
    url.host = QStringLiteral("127.0.0.1");
    url.port = m_port;
    url.database = database;
    url.user = user.isEmpty() ? QStringLiteral("admin") : user;
    url.password = base::SecretBytes((user.isEmpty() ? m_password : password).toUtf8());
    url.hadPassword = true;
    if (!m_caFile.isEmpty()) {
        url.sslMode = QStringLiteral("verify-full");
        url.sslRootCert = m_caFile;
    }
    return url;
}

bool MariaDbServer::kill()
{
    m_script.write("kill\n");
    return answer().has_value();
}

bool MariaDbServer::start()
{
    m_script.write("start\n");
    const auto said = answer();
    if (said)
        m_pid = said->value(QStringLiteral("pid")).toInteger();
    return said && said->value(QStringLiteral("port")).toInt() == m_port;
}

bool MariaDbServer::freeze(bool still)
{
    if (m_pid <= 1 || ::kill(static_cast<pid_t>(m_pid), still ? SIGSTOP : SIGCONT) != 0)
        return false;
    // The signal returns before the last of its threads has stopped, which may still answer.
    return !still || QTest::qWaitFor([this] { return standsStill(m_pid); });
}

} // namespace rollcall::test
