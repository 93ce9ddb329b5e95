#include "tests/support/PgBouncer.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>

#include <unistd.h>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

constexpr int startTimeoutMs = 10'000;

int freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

PgBouncer::PgBouncer(const PostgresServer &server, const QString &database, const QByteArray &settings)
    : m_database(database), m_port(freePort())
{
    const auto behind = server.url(database);
    QFile file(m_directory.filePath(QStringLiteral("pgbouncer.ini")));
    if (!file.open(QIODevice::WriteOnly)) {
        m_problem = file.errorString();
        return;
    }
    file.write("[databases]\n" + database.toUtf8() + " = host=127.0.0.1 port=" + QByteArray::number(behind.port) +
               " user=postgres password=" + behind.password.view().toByteArray() +
               "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + QByteArray::number(m_port) +
               "\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nunix_socket_dir =\n" + settings +
               '\n');
    file.close();
    // It refuses root, and runs as a user who must be able to read its configuration.
    const QFile::Permissions readable = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther;
    if (geteuid() == 0 && (!file.setPermissions(readable) ||
                           !QFile::setPermissions(m_directory.path(), readable | QFile::ExeOwner | QFile::ExeOther))) {
        m_problem = QStringLiteral("the configuration cannot be made readable");
        return;
    }
    // To a file: a pipe that nobody empties would stop it when full.
    const QString log = m_directory.filePath(QStringLiteral("log"));
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(log);
    m_process.start(QStringLiteral("bash"),
                    {QStringLiteral("-c"),
                     QStringLiteral("source \"$0\"; exec_unprivileged KILL /usr/sbin/pgbouncer \"$1\""),
                     sourceFile(QStringLiteral("tests/support/unprivileged.sh")), file.fileName()});
    const QDeadlineTimer deadline(startTimeoutMs);
    QTcpSocket probe;
    while (!deadline.hasExpired()) {
        probe.connectToHost(QHostAddress::LocalHost, static_cast<quint16>(m_port));
        if (probe.waitForConnected(500))
            return;
        if (m_process.waitForFinished(100))
            break;
    }
    QFile said(log);
    const bool isRead = said.open(QIODevice::ReadOnly);
    m_problem =
        QStringLiteral("pgbouncer does not come up: ") + QString::fromUtf8(isRead ? said.readAll() : QByteArray());
}

PgBouncer::~PgBouncer()
{
    m_process.terminate();
    if (!m_process.waitForFinished(startTimeoutMs))
        m_process.kill();
}

store::DatabaseUrl PgBouncer::url() const
{
    store::DatabaseUrl url;
    url.host = QStringLiteral("127.0.0.1");
    url.port = m_port;
    url.database = m_database;
    url.user = QStringLiteral("postgres");
    return url;
}

} // namespace rollcall::test
