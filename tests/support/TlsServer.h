#pragma once

#include <QFile>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpSocket>
#include <QUrl>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

/// A TLS server on all addresses with the certificate of tests/data/tls; lives on the test's own event loop.
class TlsServer final
{
public:
    TlsServer()
    {
        QFile certificate(dataFile(QStringLiteral("tls/cert.pem")));
        QFile key(dataFile(QStringLiteral("tls/key.pem")));
        if (!certificate.open(QIODevice::ReadOnly) || !key.open(QIODevice::ReadOnly))
            qFatal("no test certificate");
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(QSslCertificate(&certificate));
        configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
        m_server.setSslConfiguration(configuration);
        QObject::connect(&m_server, &QSslServer::pendingConnectionAvailable, &m_server, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                if (socket->readAll().contains("\r\n\r\n")) {
                    ++requests;
                    socket->write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull");
                }
            });
        });
        if (!m_server.listen(QHostAddress::Any))
            qFatal("cannot listen");
    }

    [[nodiscard]] QUrl url(const QString &host) const
    {
        return QUrl(QStringLiteral("https://%1:%2/").arg(host).arg(m_server.serverPort()));
    }

    int requests = 0;

private:
    QSslServer m_server;
};

} // namespace rollcall::test
