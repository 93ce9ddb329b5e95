#include "core/http/HttpClient.h"

#include "core/base/Secret.h"
#include "core/http/StreamSocket.h"

namespace rollcall::http {

using base::Error;

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
    explicit Private(HttpOptions httpOptions) : options(std::move(httpOptions)), socket(options) {}

    /// What one attempt came to. `retryable`: the kept-alive connection was dead before any byte of the answer.
    struct Failure
    {
        Error error;
        bool retryable = false;
    };

    tl::expected<HttpResponse, Failure> exchange(const HttpRequest &request, const Origin &origin,
                                                 const base::Call &call);

    HttpOptions options;
    StreamSocket socket;
};

tl::expected<HttpResponse, HttpClient::Private::Failure>
HttpClient::Private::exchange(const HttpRequest &request, const Origin &origin, const base::Call &call)
{
    const auto sent = base::Call::Clock::now();
    QByteArray bytes = encodeRequest(request, origin);
    base::Status written = socket.write(bytes, QStringLiteral("Sending the request"), call);
    base::wipe(bytes); // it may hold a cookie
    if (!written)
        return tl::unexpected(Failure{std::move(written.error())});
    const MessageLimits limits = limitsOf(options);
    HttpFramer framer = HttpFramer::forResponse(request.method, limits);
    bool surplus = false;
    while (framer.state() == HttpFramer::State::Reading) {
        base::Result<QByteArray> arrived = socket.read(QStringLiteral("The deployment's answer"), call);
        if (!arrived)
            return tl::unexpected(Failure{arrived.error()});
        if (arrived->isEmpty())
            framer.endOfStream();
        else
            surplus = framer.feed(*arrived) < arrived->size();
        base::wipe(*arrived); // it may set a cookie
    }
    if (framer.state() == HttpFramer::State::Failed) {
        const MessageFault fault = framer.fault().value_or(MessageFault::Truncated);
        const bool dead = fault == MessageFault::Truncated && !framer.started();
        return tl::unexpected(Failure{faultError(origin, fault, framer.started(), limits), dead});
    }
    HttpMessage message = framer.take();
    // Bytes after the answer belong to nothing we asked for: such a connection is not trusted with another request.
    if (!message.keepAlive || surplus || socket.hasUnread())
        socket.close();
    return HttpResponse{message.status, std::move(message.headers), std::move(message.body),
                        base::Call::Clock::now() - sent};
}

HttpClient::HttpClient(HttpOptions options) : d(std::make_unique<Private>(std::move(options))) {}

HttpClient::~HttpClient() = default;

base::Result<HttpResponse> HttpClient::send(const HttpRequest &request, const base::Call &outerCall)
{
    d->socket.begin();
    const base::Call call = outerCall.atMost(d->options.timeout);
    const base::Result<Origin> target = originOf(request.url);
    if (!target)
        return base::fail(target.error());
    if (base::Status status = checkRequest(request, *target, d->options); !status)
        return base::fail(std::move(status.error()));
    // What came unasked (a late second answer) would be taken for the answer to this request, and each request from
    // then on would be given the answer of the one before it: another user's session.
    if (d->socket.hasArrived())
        d->socket.close();
    bool reused = d->socket.isConnectedTo(*target);
    while (true) {
        if (!reused) {
            if (base::Status status = d->socket.connectTo(*target, call); !status)
                return base::fail(std::move(status.error()));
        }
        tl::expected<HttpResponse, Private::Failure> answer = d->exchange(request, *target, call);
        if (answer)
            return std::move(*answer);
        d->socket.close();
        // Whether a POST was carried out before the connection died is not known, so the caller decides.
        if (!reused || !answer.error().retryable || request.method == "POST")
            return base::fail(std::move(answer.error().error));
        reused = false;
    }
}

} // namespace rollcall::http
