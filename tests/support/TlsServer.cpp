#include "tests/support/TlsServer.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QThread>

#include <atomic>
#include <future>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

QSslConfiguration configurationOf(const QString &certificateName, const QString &keyName)
{
    QFile certificate(dataFile(QStringLiteral("tls/") + certificateName));
    QFile key(dataFile(QStringLiteral("tls/") + keyName));
    if (!certificate.open(QIODevice::ReadOnly) || !key.open(QIODevice::ReadOnly))
        qFatal("no test certificate");
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(QSslCertificate(&certificate));
    configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
    configuration.setAllowedNextProtocols({QByteArray(QSslConfiguration::NextProtocolHttp1_1)});
    return configuration;
}

} // namespace

class TlsServer::Private final : public QThread
{
public:
    explicit Private(Script script) : m_script(std::move(script))
    {
        start();
        port = m_port.get_future().get();
    }
    ~Private() override
    {
        quit();
        wait();
    }

    void changeCertificate()
    {
        QMetaObject::invokeMethod(
            m_server,
            [this] {
                m_server->setSslConfiguration(
                    configurationOf(QStringLiteral("other-cert.pem"), QStringLiteral("other-key.pem")));
                for (QSslSocket *socket : m_server->findChildren<QSslSocket *>())
                    socket->disconnectFromHost(); // once what was answered is sent
            },
            Qt::BlockingQueuedConnection);
    }

    quint16 port = 0;
    std::atomic<int> requests = 0;

protected:
    void run() override
    {
        QSslServer server;
        m_server = &server;
        server.setSslConfiguration(configurationOf(QStringLiteral("cert.pem"), QStringLiteral("key.pem")));
        QObject::connect(&server, &QSslServer::pendingConnectionAvailable, &server, [this, &server] {
            while (QTcpSocket *socket = server.nextPendingConnection())
                serve(socket);
        });
        if (!server.listen(QHostAddress::Any))
            qFatal("cannot listen");
        m_port.set_value(server.serverPort());
        exec();
    }

private:
    void serve(QTcpSocket *socket)
    {
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
            if (socket->readAll().endsWith("\r\n\r\n")) // our client sends a request in one write
                socket->write(m_script(requests++));
        });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }

    Script m_script;
    std::promise<quint16> m_port;
    QSslServer *m_server = nullptr; ///< of run()
};

TlsServer::TlsServer(Script script) : d(std::make_unique<Private>(std::move(script))) {}

TlsServer::~TlsServer() = default;

QUrl TlsServer::url(const QString &host) const
{
    return QUrl(QStringLiteral("https://%1:%2/").arg(host).arg(d->port));
}

void TlsServer::changeCertificate()
{
    d->changeCertificate();
}

int TlsServer::requests() const
{
    return d->requests;
}

} // namespace rollcall::test
