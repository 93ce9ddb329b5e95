#include "tests/support/ThrowawayServer.h"

#include <QJsonDocument>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {
constexpr int startTimeoutMs = 60'000;
} // namespace

ThrowawayServer::ThrowawayServer(const QString &script, Tls tls, int fileLimitKib, const QStringList &more,
                                 const QMap<QString, QString> &environment)
{
    QStringList arguments{sourceFile(QStringLiteral("tests/support/") + script)};
    if (tls == Tls::Required)
        arguments << QStringLiteral("--tls");
    if (fileLimitKib > 0)
        arguments << QStringLiteral("--file-limit") << QString::number(fileLimitKib);
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    for (auto it = environment.cbegin(); it != environment.cend(); ++it)
        all.insert(it.key(), it.value());
    m_script.setProcessEnvironment(all);
    m_script.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_script.start(QStringLiteral("bash"), arguments + more);
    if (!hear()) {
        m_problem = QStringLiteral("the test server did not start: ") + m_script.errorString();
        return;
    }
    m_port = said("port").toInt();
    if (m_port == 0)
        m_problem = QStringLiteral("the test server did not say its port");
}

ThrowawayServer::~ThrowawayServer()
{
    m_script.closeWriteChannel(); // its end stops the server and removes the data
    if (m_script.state() != QProcess::NotRunning && !m_script.waitForFinished(startTimeoutMs))
        m_script.kill();
}

bool ThrowawayServer::hear()
{
    while (!m_script.canReadLine()) {
        if (!m_script.waitForReadyRead(startTimeoutMs))
            return false;
    }
    const QJsonObject line = QJsonDocument::fromJson(m_script.readLine()).object();
    if (!line.isEmpty())
        m_said = line;
    return true;
}

store::DatabaseUrl ThrowawayServer::urlOf(store::DatabaseKind kind, const QString &database, const QString &user,
                                          const QString &password) const
{
    store::DatabaseUrl url;
    url.kind = kind;
    url.host = QStringLiteral("127.0.0.1");
    url.port = m_port;
    url.database = database;
    url.user = user.isEmpty() ? said("user").toString() : user;
    url.password = base::SecretBytes((user.isEmpty() ? said("password").toString() : password).toUtf8());
    url.hadPassword = true;
    if (!caFile().isEmpty()) {
        url.sslMode = QStringLiteral("verify-full");
        url.sslRootCert = caFile();
    }
    return url;
}

bool ThrowawayServer::kill()
{
    m_script.write("kill\n");
    return hear();
}

bool ThrowawayServer::start()
{
    m_script.write("start\n");
    return hear() && said("port").toInt() == m_port;
}

} // namespace rollcall::test
