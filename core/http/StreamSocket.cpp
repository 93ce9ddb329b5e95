#include "core/http/StreamSocket.h"

#include <QScopeGuard>
#include <QSslSocket>

#include <algorithm>

#include "core/http/TcpConnect.h"

namespace rollcall::http {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::chrono::milliseconds slice{50};
constexpr qint64 readBuffer = 256 * 1024;

int waitTime(const base::Call &call)
{
    return static_cast<int>(std::min(slice, call.remaining()).count()) + 1;
}

} // namespace

StreamSocket::StreamSocket(HttpOptions options) : m_options(std::move(options)), m_begun(base::Call::Clock::now()) {}

StreamSocket::~StreamSocket() = default;

bool StreamSocket::isConnectedTo(const Origin &origin) const
{
    return m_socket && m_origin == origin && m_socket->state() == QAbstractSocket::ConnectedState;
}

bool StreamSocket::hasUnread() const
{
    return m_socket && m_socket->bytesAvailable() > 0;
}

bool StreamSocket::hasArrived()
{
    return m_socket && (m_socket->bytesAvailable() > 0 || m_socket->waitForReadyRead(0));
}

void StreamSocket::present(ClientIdentity identity)
{
    m_identity = std::move(identity);
    m_tls.reset();
}

void StreamSocket::close()
{
    m_socket.reset();
}

base::Status StreamSocket::check(const QString &part, const base::Call &call) const
{
    if (call.cancelled())
        return base::fail(Error(ErrorCode::Cancelled));
    if (!call.expired())
        return {};
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(base::Call::Clock::now() - m_begun);
    return base::fail(
        errorAt(ErrorCode::Timeout, m_origin).with(ErrorParam::Part, part).with(ErrorParam::Duration, waited));
}

base::Status StreamSocket::connectTo(const Origin &origin, const base::Call &call)
{
    close();
    if (origin != m_origin)
        m_tls.reset();
    m_origin = origin;
    base::Result<Descriptor> descriptor = connectTcp(origin, call);
    if (!descriptor)
        return base::fail(std::move(descriptor.error()));
    if (origin.tls)
        m_socket = std::make_unique<QSslSocket>();
    else
        m_socket = std::make_unique<QTcpSocket>();
    // Bound to no thread, no event of its is ever processed and none is needed: it may be waited for in any.
    m_socket->moveToThread(nullptr);
    m_socket->setReadBufferSize(readBuffer);
    if (!m_socket->setSocketDescriptor(descriptor->get())) {
        const Error error = socketError(origin, m_socket->error(), m_socket->errorString());
        close();
        return base::fail(error);
    }
    // The socket owns the descriptor from here on.
    static_cast<void>(descriptor->release());
    if (!origin.tls)
        return {};
    base::Status secured = startTls(call);
    if (!secured)
        close();
    return secured;
}

base::Status StreamSocket::startTls(const base::Call &call)
{
    if (!m_tls) {
        base::Result<QSslConfiguration> configuration = tlsConfiguration(m_origin, m_options);
        if (!configuration)
            return base::fail(std::move(configuration.error()));
        m_tls = std::move(*configuration);
        if (m_identity) {
            m_tls->setLocalCertificateChain(m_identity->chain);
            m_tls->setPrivateKey(m_identity->key);
        }
    }
    auto *secure = static_cast<QSslSocket *>(m_socket.get());
    secure->setSslConfiguration(*m_tls);
    secure->setPeerVerifyName(m_origin.host);
    // Of the errors themselves the socket remembers nothing once it is closed for them.
    bool isUntrusted = false;
    const auto told = QObject::connect(
        secure, &QSslSocket::sslErrors, secure, [&isUntrusted] { isUntrusted = true; }, Qt::DirectConnection);
    const auto untold = qScopeGuard([&told] { QObject::disconnect(told); });
    secure->startClientEncryption();
    while (!secure->isEncrypted()) {
        if (base::Status status = check(QStringLiteral("The TLS handshake"), call); !status)
            return status;
        secure->waitForEncrypted(waitTime(call));
        if (!secure->isEncrypted() && secure->state() != QAbstractSocket::ConnectedState) {
            // Whatever breaks the link here, a peer without TLS included, is a failed handshake to the user.
            Error failed = errorAt(ErrorCode::TlsFailed, m_origin).with(ErrorParam::Detail, secure->errorString());
            if (!isUntrusted)
                return base::fail(std::move(failed));
            return base::fail(std::move(failed).with(ErrorParam::Part, QStringLiteral("certificate")));
        }
    }
    return {};
}

base::Status StreamSocket::write(const QByteArray &bytes, const QString &part, const base::Call &call)
{
    if (!m_socket)
        return {};
    m_socket->write(bytes);
    const auto pending = [this] {
        const auto *secure = qobject_cast<QSslSocket *>(m_socket.get());
        return m_socket->bytesToWrite() > 0 || (secure && secure->encryptedBytesToWrite() > 0);
    };
    while (pending()) {
        if (base::Status status = check(part, call); !status)
            return status;
        m_socket->waitForBytesWritten(waitTime(call));
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            break;
    }
    return {};
}

base::Result<QByteArray> StreamSocket::read(const QString &part, const base::Call &call)
{
    while (m_socket) {
        if (base::Status status = check(part, call); !status)
            return base::fail(std::move(status.error()));
        if (m_socket->bytesAvailable() == 0)
            m_socket->waitForReadyRead(waitTime(call));
        QByteArray arrived = m_socket->read(readBuffer);
        if (!arrived.isEmpty())
            return arrived;
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            break;
    }
    return QByteArray();
}

} // namespace rollcall::http
