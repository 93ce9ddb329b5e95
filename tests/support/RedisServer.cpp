#include "tests/support/RedisServer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>

#include <csignal>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

constexpr int startTimeoutMs = 30'000;

int freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

} // namespace

RedisServer::RedisServer(const QStringList &configuration, Tls tls, const QString &clientAuthority) : m_tls(tls)
{
    m_port = freePort();
    const QString directory = m_folder.path();
    QStringList arguments{sourceFile(QStringLiteral("tests/support/redis-server.sh")), directory,
                          tls == Tls::Only ? QStringLiteral("0") : QString::number(m_port)};
    if (tls == Tls::Only) {
        // The server's user may not be allowed into the source tree.
        const QString certificate = dataFile(QStringLiteral("tls/cert.pem"));
        const bool wantsClients = !clientAuthority.isEmpty();
        for (const auto &[name, file] : {std::pair{QStringLiteral("cert.pem"), certificate},
                                         {QStringLiteral("key.pem"), dataFile(QStringLiteral("tls/key.pem"))},
                                         {QStringLiteral("ca.pem"), wantsClients ? clientAuthority : certificate}}) {
            const QString copy = directory + QLatin1Char('/') + name;
            if (!QFile::copy(file, copy))
                m_problem = copy + QStringLiteral(" cannot be written");
        }
        arguments << QStringLiteral("--tls-port") << QString::number(m_port) << QStringLiteral("--tls-cert-file")
                  << directory + QStringLiteral("/cert.pem") << QStringLiteral("--tls-key-file")
                  << directory + QStringLiteral("/key.pem") << QStringLiteral("--tls-ca-cert-file")
                  << directory + QStringLiteral("/ca.pem") << QStringLiteral("--tls-auth-clients")
                  << (wantsClients ? QStringLiteral("yes") : QStringLiteral("no"));
    }
    m_script.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_script.start(QStringLiteral("bash"), arguments + configuration);
    while (!m_script.canReadLine()) {
        if (!m_script.waitForReadyRead(startTimeoutMs)) {
            m_problem = QStringLiteral("the test server did not start: ") + m_script.errorString();
            return;
        }
    }
    m_pid = QJsonDocument::fromJson(m_script.readLine()).object().value(QStringLiteral("pid")).toInteger();
    if (m_pid <= 1)
        m_problem = QStringLiteral("the test server did not say its process id");
}

RedisServer::~RedisServer()
{
    m_script.closeWriteChannel(); // its end stops the server
    if (m_script.state() != QProcess::NotRunning && !m_script.waitForFinished(startTimeoutMs))
        m_script.kill();
}

redis::RedisUrl RedisServer::url(const QByteArray &userInfo, const QByteArray &database) const
{
    QByteArray text = m_tls == Tls::Only ? "rediss://" : "redis://";
    if (!userInfo.isEmpty())
        text += userInfo + '@';
    text += "localhost:" + QByteArray::number(m_port) + '/' + database;
    auto url = redis::RedisUrl::parse(text);
    return url ? std::move(*url) : redis::RedisUrl();
}

void RedisServer::kill()
{
    if (m_pid > 1)
        ::kill(static_cast<pid_t>(m_pid), SIGKILL);
    m_script.waitForFinished(startTimeoutMs);
}

} // namespace rollcall::test
