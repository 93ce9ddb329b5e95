#include "core/http/HttpConnection.h"

#include <QNetworkProxy>
#include <QSslCipher>
#include <QSslSocket>
#include <QTcpSocket>

#include <chrono>

#include "core/base/Secret.h"
#include "core/http/HostLookup.h"
#include "core/http/HttpTransport.h"

namespace rollcall::http {

namespace {

qint64 nsOf(std::chrono::milliseconds time)
{
    return std::chrono::nanoseconds(time).count();
}

MessageLimits limitsFor(const ConnectionOptions &options)
{
    MessageLimits limits = limitsOf(options.http);
    limits.keepBody = options.keepBody;
    return limits;
}

} // namespace

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

qint64 steadyNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

HttpConnection::HttpConnection(const QUrl &origin, ConnectionOptions options, QObject *parent)
    : QObject(parent),
      m_options(std::move(options)),
      m_limits(limitsFor(m_options)),
      m_ownPoller(m_options.poller ? nullptr : std::make_unique<SocketPoller>()),
      m_poller(m_options.poller ? m_options.poller : m_ownPoller.get()),
      m_timeout(this),
      m_framer(HttpFramer::forResponse({}, m_limits))
{
    base::Result<Origin> parsed = originOf(origin);
    if (!parsed) {
        m_originError = std::move(parsed.error());
    } else {
        m_origin = std::make_unique<Origin>(std::move(*parsed));
        // Here and not at the first connection, whose phases would show it.
        base::Result<QSslConfiguration> tls =
            m_origin->tls ? tlsConfiguration(*m_origin, m_options.http) : QSslConfiguration();
        if (tls) {
            m_tls = std::move(*tls);
            m_tls.setAllowedNextProtocols({QByteArray(QSslConfiguration::NextProtocolHttp1_1)}); // all we speak
        } else {
            m_originError = std::move(tls.error());
        }
    }
    m_timeout.setSingleShot(true);
    m_timeout.setTimerType(Qt::PreciseTimer);
    connect(&m_timeout, &QTimer::timeout, this, &HttpConnection::onTimeout);
}

HttpConnection::~HttpConnection()
{
    closeSocket();
    for (Exchange &exchange : m_exchanges)
        wipe(exchange.message);
}

base::Result<PreparedRequest> HttpConnection::prepare(const HttpRequest &request) const
{
    if (m_originError)
        return base::fail(*m_originError);
    const base::Result<Origin> target = originOf(request.url);
    if (!target)
        return base::fail(target.error());
    if (*target != *m_origin) {
        return base::fail(Error(ErrorCode::UrlInvalid)
                              .with(ErrorParam::Part, QStringLiteral("request"))
                              .with(ErrorParam::Detail, QStringLiteral("it belongs to another server")));
    }
    if (base::Status status = checkRequest(request, *m_origin, m_options.http); !status)
        return base::fail(std::move(status.error()));
    QByteArray bytes = encodeRequest(request, *m_origin);
    return PreparedRequest{request.method, base::SecretBytes::fromAndWipe(bytes)};
}

void HttpConnection::send(const HttpRequest &request, Handler handler)
{
    startClock(std::move(handler));
    base::Result<PreparedRequest> prepared = prepare(request);
    if (!prepared)
        return failLater(std::move(prepared.error()));
    m_own = std::move(*prepared);
    begin(m_own);
}

void HttpConnection::send(const PreparedRequest &request, Handler handler)
{
    startClock(std::move(handler));
    begin(request);
}

void HttpConnection::open(Handler handler)
{
    startClock(std::move(handler));
    if (m_originError)
        return failLater(*m_originError);
    m_addresses.clear();
    connectNext();
}

void HttpConnection::startClock(Handler handler)
{
    Q_ASSERT(!isBusy());
    m_handler = std::move(handler);
    Exchange &exchange = current(); // still as it was when it was told of
    exchange.error.reset();
    m_framer.recycle(std::exchange(exchange.message, {}));
    exchange.times = {};
    exchange.reused = exchange.first = exchange.retried = exchange.otherCertificate = false;
    exchange.times.queuedNs = steadyNs();
    m_deadlineNs = exchange.times.queuedNs + nsOf(m_options.http.timeout);
    if (!m_timeout.isActive())
        m_timeout.start(m_options.http.timeout);
}

void HttpConnection::begin(const PreparedRequest &request)
{
    m_request = &request;
    if (isKept()) {
        current().reused = true;
        return writeRequest(m_drained ? current().times.queuedNs : steadyNs());
    }
    m_addresses.clear();
    connectNext();
}

bool HttpConnection::isKept()
{
    // Within the handler of the exchange before, asking the system again would double what reading costs.
    if (m_plain)
        return m_plain->hasSentAll() && (m_drained || m_plain->isIdle());
    if (!m_socket)
        return false;
    // What came since the loop's last turn lies with the system yet. In the phase Idle its signals do nothing.
    m_socket->waitForReadyRead(0);
    // Bytes that came without being asked for would be taken for the answer.
    return m_socket->state() == QAbstractSocket::ConnectedState && m_socket->bytesAvailable() == 0;
}

void HttpConnection::connectNext()
{
    closeSocket();
    m_detour.emplace(*m_poller);
    m_phase = Phase::Connecting;
    if (m_addresses.isEmpty()) {
        for (const QHostAddress &address : knownAddresses(m_origin->host))
            m_addresses << address.toString();
        if (m_addresses.isEmpty())
            m_addresses << m_origin->host; // the socket looks it up and tries all that is found
    }
    if (m_origin->tls) {
        auto secure = std::make_unique<QSslSocket>();
        secure->setSslConfiguration(m_tls);
        secure->setPeerVerifyName(m_origin->host);
        connect(secure.get(), &QSslSocket::encrypted, this, &HttpConnection::onEncrypted);
        m_socket = std::move(secure);
    } else {
        m_socket = std::make_unique<QTcpSocket>();
    }
    m_socket->setProxy(QNetworkProxy::NoProxy);
    connect(m_socket.get(), &QTcpSocket::hostFound, this, [this] { current().times.resolvedNs = steadyNs(); });
    connect(m_socket.get(), &QTcpSocket::connected, this, &HttpConnection::onConnected);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, [this] { onReadyRead(); });
    connect(m_socket.get(), &QTcpSocket::errorOccurred, this, &HttpConnection::onSocketError);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &HttpConnection::onClosed);
    m_socket->connectToHost(m_addresses.takeFirst(), m_origin->port);
}

void HttpConnection::onConnected()
{
    current().times.connectedNs = steadyNs();
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    if (!m_origin->tls) {
        SocketPoller::Client &self = *this;
        m_plain = std::make_unique<PlainSocket>(static_cast<int>(m_socket->socketDescriptor()), *m_poller, self);
        closeQtSocket(); // its descriptor; ours is another of the same connection
        return m_plain->isOpen() ? onReady() : failLater(errorAt(ErrorCode::ConnectionLost, *m_origin));
    }
    m_phase = Phase::Handshake;
    static_cast<QSslSocket *>(m_socket.get())->startClientEncryption();
}

void HttpConnection::onEncrypted()
{
    current().times.encryptedNs = steadyNs();
    const auto &secure = static_cast<const QSslSocket &>(*m_socket);
    const QSslCipher cipher = secure.sessionCipher();
    const QSslCertificate certificate = secure.peerCertificate();
    m_tlsFacts = TlsFacts{cipher.protocolString(), cipher.name(), secure.sslConfiguration().nextNegotiatedProtocol(),
                          certificate.isNull() ? QByteArray() : certificate.digest(QCryptographicHash::Sha256)};
    if (m_options.pin && m_options.pin->digest.isEmpty())
        m_options.pin->digest = m_tlsFacts->certificate;
    if (m_options.pin && m_options.pin->digest != m_tlsFacts->certificate) {
        current().otherCertificate = true;
        return failLater(errorAt(ErrorCode::TlsFailed, *m_origin)
                             .with(ErrorParam::Detail, QStringLiteral("the server shows another certificate than "
                                                                      "before")));
    }
    onReady();
}

void HttpConnection::onReady()
{
    m_detour.reset();
    if (m_request)
        return writeRequest(steadyNs());
    current().times.endNs = steadyNs();
    finish();
}

void HttpConnection::writeRequest(qint64 nowNs)
{
    m_phase = Phase::Answer;
    current().first = std::exchange(m_fresh, false);
    m_framer.restart(m_request->method);
    const QByteArrayView bytes = m_request->bytes.view();
    current().times.writtenNs = nowNs;
    if (m_plain)
        return m_plain->write(bytes);
    m_detour.emplace(*m_poller);
    m_socket->write(bytes.data(), bytes.size());
    m_socket->flush();
}

void HttpConnection::onSocketReady(bool ending)
{
    m_arrivedNs = steadyNs();
    if (m_phase != Phase::Answer) {
        closeSocket(); // the kept connection ended, or something came unasked: the next request opens a new one
        return;
    }
    m_plain->resume();
    m_ending = ending;
    // To the end: nobody tells of it again. What the handler begins meanwhile goes on here as well.
    for (bool again = false; m_plain && m_phase == Phase::Answer; again = true) {
        if (again)
            m_arrivedNs = steadyNs(); // what is read now may have come since
        const std::span<char> room = m_poller->room();
        const std::optional<qsizetype> count = m_plain->read(room);
        if (!count)
            return;
        if (*count == 0)
            return onEnded();
        m_drained = *count < static_cast<qsizetype>(room.size());
        const bool more = ending || !m_drained;
        onArrived(QByteArrayView(room.data(), *count));
        m_drained = false;
        if (!more)
            return;
    }
}

void HttpConnection::onReadyRead()
{
    m_arrivedNs = steadyNs();
    if (m_phase != Phase::Answer)
        return; // left unread: send() sees it and opens a new connection
    QByteArray bytes = m_socket->readAll();
    onArrived(bytes);
    base::wipe(bytes); // they may set a cookie
}

void HttpConnection::onArrived(QByteArrayView bytes)
{
    if (!current().times.firstByteNs)
        current().times.firstByteNs = m_arrivedNs;
    const bool surplus = m_framer.feed(bytes) < bytes.size();
    judge(surplus);
}

void HttpConnection::onClosed()
{
    m_arrivedNs = steadyNs();
    if (m_phase != Phase::Answer)
        return;
    QByteArray bytes = m_socket->readAll();
    m_framer.feed(bytes);
    base::wipe(bytes);
    onEnded();
}

void HttpConnection::onEnded()
{
    m_framer.endOfStream();
    judge(false);
}

void HttpConnection::judge(bool surplus)
{
    if (m_framer.state() == HttpFramer::State::Reading)
        return;
    if (m_framer.state() == HttpFramer::State::Complete) {
        current().times.endNs = m_arrivedNs;
        current().message = m_framer.take();
        if (!current().message.keepAlive || surplus || m_ending)
            closeSocket();
        return finish();
    }
    const MessageFault fault = m_framer.fault().value_or(MessageFault::Truncated);
    if (fault == MessageFault::Truncated && !m_framer.started() && current().reused && !current().retried) {
        current().retried = true;
        current().reused = false;
        current().times.firstByteNs.reset();
        m_addresses.clear();
        // Later, as this runs inside a signal of the socket that goes.
        m_phase = Phase::Connecting;
        m_detour.emplace(*m_poller);
        QMetaObject::invokeMethod(this, &HttpConnection::connectNext, Qt::QueuedConnection);
        return;
    }
    failLater(faultError(*m_origin, fault, m_framer.started(), m_limits));
}

void HttpConnection::onSocketError()
{
    const QAbstractSocket::SocketError error = m_socket->error();
    if (m_phase == Phase::Idle)
        return; // the kept connection ended; the next request opens a new one
    if (m_phase == Phase::Answer && error == QAbstractSocket::RemoteHostClosedError)
        return; // onClosed() judges what came before
    if (m_phase == Phase::Connecting && !m_addresses.isEmpty()) {
        QMetaObject::invokeMethod(this, &HttpConnection::connectNext, Qt::QueuedConnection);
        return;
    }
    if (m_phase == Phase::Handshake)
        return failLater(errorAt(ErrorCode::TlsFailed, *m_origin).with(ErrorParam::Detail, m_socket->errorString()));
    failLater(socketError(*m_origin, error, m_socket->errorString()));
}

void HttpConnection::onTimeout()
{
    if (!isBusy() || current().error)
        return;
    const qint64 left = m_deadlineNs - steadyNs();
    if (left > 0) { // set for an earlier exchange
        m_timeout.start(std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(left)));
        return;
    }
    const ErrorCode code = m_phase == Phase::Connecting ? ErrorCode::ConnectTimeout : ErrorCode::Timeout;
    const QString part =
        m_phase == Phase::Handshake ? QStringLiteral("The TLS handshake") : QStringLiteral("The deployment's answer");
    failLater(errorAt(code, *m_origin).with(ErrorParam::Part, part).with(ErrorParam::Duration, m_options.http.timeout));
}

void HttpConnection::disconnectIdle()
{
    if (!isBusy())
        closeSocket();
}

void HttpConnection::abort()
{
    if (isBusy())
        failLater(Error(ErrorCode::Cancelled));
}

void HttpConnection::failLater(Error error)
{
    if (current().error)
        return; // the first failure is on its way
    current().times.endNs = steadyNs();
    current().error = std::move(error);
    m_detour.emplace(*m_poller);
    m_phase = Phase::Idle;
    QMetaObject::invokeMethod(
        this,
        [this] {
            closeSocket();
            finish();
        },
        Qt::QueuedConnection);
}

void HttpConnection::finish()
{
    m_phase = Phase::Idle;
    if (m_request == &m_own)
        m_own = {};
    m_request = nullptr;
    const Exchange &done = current();
    m_current = 1 - m_current;
    m_detour.reset();
    const Handler handler = std::exchange(m_handler, {});
    handler(done);
}

void HttpConnection::closeSocket()
{
    m_plain.reset();
    m_ending = false;
    m_fresh = true;
    closeQtSocket();
}

void HttpConnection::closeQtSocket()
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    // Not deleted at once: this may run inside one of its signals.
    m_socket.release()->deleteLater();
}

} // namespace rollcall::http
