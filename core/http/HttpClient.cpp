#include "core/http/HttpClient.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <algorithm>
#include <optional>

#include "core/base/Secret.h"
#include "core/http/HttpTransport.h"
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

QByteArray HttpResponse::header(QByteArrayView name) const
{
    return headerValue(headers, name);
}

std::vector<QByteArray> HttpResponse::headerValues(QByteArrayView name) const
{
    return http::headerValues(headers, name);
}

class HttpClient::Private
{
public:
    explicit Private(HttpOptions httpOptions) : options(std::move(httpOptions)) {}

    /// What one attempt came to. `retryable`: the kept-alive connection was dead before any byte of the answer.
    struct Failure
    {
        Error error;
        bool retryable = false;
    };

    base::Status connectTo(const Origin &target, const base::Call &call);
    base::Status startTls(const base::Call &call);
    tl::expected<HttpResponse, Failure> exchange(const HttpRequest &request, const base::Call &call);
    base::Status write(const QByteArray &bytes, const base::Call &call);
    base::Status check(const base::Call &call, const QString &part) const;
    void drop() { socket.reset(); }

    HttpOptions options;
    Origin origin;
    std::unique_ptr<QTcpSocket> socket; ///< set while a connection to `origin` may be reused
    std::optional<QSslConfiguration> tls;
    base::Call::Clock::time_point begun;
};

base::Status HttpClient::Private::check(const base::Call &call, const QString &part) const
{
    if (call.cancelled())
        return base::fail(Error(ErrorCode::Cancelled));
    if (!call.expired())
        return {};
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(base::Call::Clock::now() - begun);
    return base::fail(
        errorAt(ErrorCode::Timeout, origin).with(ErrorParam::Part, part).with(ErrorParam::Duration, waited));
}

base::Status HttpClient::Private::connectTo(const Origin &target, const base::Call &call)
{
    drop();
    if (target != origin)
        tls.reset();
    origin = target;
    base::Result<Descriptor> descriptor = connectTcp(origin, call);
    if (!descriptor)
        return base::fail(std::move(descriptor.error()));
    if (origin.tls)
        socket = std::make_unique<QSslSocket>();
    else
        socket = std::make_unique<QTcpSocket>();
    socket->setReadBufferSize(readBuffer);
    if (!socket->setSocketDescriptor(descriptor->get()))
        return base::fail(socketError(origin, socket->error(), socket->errorString()));
    // The socket owns the descriptor from here on.
    static_cast<void>(descriptor->release());
    return origin.tls ? startTls(call) : base::Status();
}

base::Status HttpClient::Private::startTls(const base::Call &call)
{
    if (!tls) {
        base::Result<QSslConfiguration> configuration = tlsConfiguration(origin, options);
        if (!configuration)
            return base::fail(std::move(configuration.error()));
        tls = std::move(*configuration);
    }
    auto *secure = static_cast<QSslSocket *>(socket.get());
    secure->setSslConfiguration(*tls);
    secure->setPeerVerifyName(origin.host);
    secure->startClientEncryption();
    while (!secure->isEncrypted()) {
        if (base::Status status = check(call, QStringLiteral("The TLS handshake")); !status)
            return status;
        secure->waitForEncrypted(waitTime(call));
        if (!secure->isEncrypted() && secure->state() != QAbstractSocket::ConnectedState) {
            // Whatever breaks the link here, a peer without TLS included, is a failed handshake to the user.
            return base::fail(errorAt(ErrorCode::TlsFailed, origin).with(ErrorParam::Detail, secure->errorString()));
        }
    }
    return {};
}

base::Status HttpClient::Private::write(const QByteArray &bytes, const base::Call &call)
{
    socket->write(bytes);
    const auto pending = [this] {
        const auto *secure = qobject_cast<QSslSocket *>(socket.get());
        return socket->bytesToWrite() > 0 || (secure && secure->encryptedBytesToWrite() > 0);
    };
    while (pending()) {
        if (base::Status status = check(call, QStringLiteral("Sending the request")); !status)
            return status;
        socket->waitForBytesWritten(waitTime(call));
        if (socket->state() != QAbstractSocket::ConnectedState)
            break; // Reading tells whether an answer was sent before the peer closed.
    }
    return {};
}

tl::expected<HttpResponse, HttpClient::Private::Failure> HttpClient::Private::exchange(const HttpRequest &request,
                                                                                       const base::Call &call)
{
    const auto sent = base::Call::Clock::now();
    QByteArray bytes = encodeRequest(request, origin);
    base::Status written = write(bytes, call);
    base::wipe(bytes); // it may hold a cookie
    if (!written)
        return tl::unexpected(Failure{std::move(written.error())});
    const MessageLimits limits = limitsOf(options);
    HttpFramer framer = HttpFramer::forResponse(request.method, limits);
    bool surplus = false;
    while (framer.state() == HttpFramer::State::Reading) {
        if (base::Status status = check(call, QStringLiteral("The deployment's answer")); !status)
            return tl::unexpected(Failure{std::move(status.error())});
        if (socket->bytesAvailable() == 0)
            socket->waitForReadyRead(waitTime(call));
        const QByteArray arrived = socket->read(readBuffer);
        if (!arrived.isEmpty())
            surplus = framer.feed(arrived) < arrived.size();
        else if (socket->state() != QAbstractSocket::ConnectedState)
            framer.endOfStream();
    }
    if (framer.state() == HttpFramer::State::Failed) {
        const MessageFault fault = framer.fault().value_or(MessageFault::Truncated);
        const bool dead = fault == MessageFault::Truncated && !framer.started();
        return tl::unexpected(Failure{faultError(origin, fault, framer.started(), limits), dead});
    }
    HttpMessage message = framer.take();
    // Bytes after the answer belong to nothing we asked for: such a connection is not trusted with another request.
    if (!message.keepAlive || surplus || socket->bytesAvailable() > 0)
        drop();
    return HttpResponse{message.status, std::move(message.headers), std::move(message.body),
                        base::Call::Clock::now() - sent};
}

HttpClient::HttpClient(HttpOptions options) : d(std::make_unique<Private>(std::move(options))) {}

HttpClient::~HttpClient() = default;

base::Result<HttpResponse> HttpClient::send(const HttpRequest &request, const base::Call &outerCall)
{
    d->begun = base::Call::Clock::now();
    const base::Call call = outerCall.atMost(d->options.timeout);
    const base::Result<Origin> target = originOf(request.url);
    if (!target)
        return base::fail(target.error());
    if (base::Status status = checkRequest(request, *target, d->options); !status)
        return base::fail(std::move(status.error()));
    bool reused = d->socket && d->origin == *target && d->socket->state() == QAbstractSocket::ConnectedState;
    while (true) {
        if (!reused) {
            if (base::Status status = d->connectTo(*target, call); !status) {
                d->drop();
                return base::fail(std::move(status.error()));
            }
        }
        tl::expected<HttpResponse, Private::Failure> answer = d->exchange(request, call);
        if (answer)
            return std::move(*answer);
        d->drop();
        if (!reused || !answer.error().retryable)
            return base::fail(std::move(answer.error().error));
        reused = false;
    }
}

} // namespace rollcall::http
