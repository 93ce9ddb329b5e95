#include "core/demo/DemoServer.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <system_error>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/base/Clock.h"
#include "core/base/Log.h"
#include "core/http/HttpDate.h"
#include "core/http/TcpConnect.h"

namespace rollcall::demo {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using http::Descriptor;
using http::HttpFramer;
using http::HttpMessage;
using http::MessageFault;

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds slice{50};
constexpr std::chrono::milliseconds idleTime = 30s;
constexpr std::chrono::milliseconds arrivalTime = 10s;
constexpr std::chrono::milliseconds answerTime = 30s;
constexpr std::size_t maxConnections = 64;

/// Waits for @p events on @p descriptor; false where the call ended first.
bool waitFor(int descriptor, short events, const Call &call)
{
    while (!call.cancelled() && !call.expired()) {
        pollfd waiting{descriptor, events, 0};
        if (::poll(&waiting, 1, static_cast<int>(std::min(slice, call.remaining()).count()) + 1) > 0)
            return true;
    }
    return false;
}

bool sendAll(int descriptor, const QByteArray &bytes, const Call &call)
{
    for (qsizetype sent = 0; sent < bytes.size();) {
        const ssize_t count = ::send(descriptor, bytes.constData() + sent,
                                     static_cast<std::size_t>(bytes.size() - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0)
            sent += count;
        else if (errno != EAGAIN || !waitFor(descriptor, POLLOUT, call))
            return false;
    }
    return true;
}

QByteArray reasonPhrase(int status)
{
    switch (status) {
    case 200:
        return QByteArrayLiteral("OK");
    case 307:
        return QByteArrayLiteral("Temporary Redirect");
    case 400:
        return QByteArrayLiteral("Bad Request");
    case 401:
        return QByteArrayLiteral("Unauthorized");
    case 404:
        return QByteArrayLiteral("Not Found");
    case 405:
        return QByteArrayLiteral("Method Not Allowed");
    case 413:
        return QByteArrayLiteral("Content Too Large");
    case 431:
        return QByteArrayLiteral("Request Header Fields Too Large");
    case 503:
        return QByteArrayLiteral("Service Unavailable");
    default:
        return QByteArrayLiteral("Internal Server Error");
    }
}

QByteArray encode(const DemoAnswer &answer, const HttpMessage &request, bool keepAlive)
{
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + reasonPhrase(answer.status) +
                       "\r\nDate: " + http::httpDate(base::SystemClock().now()) +
                       "\r\nConnection: " + (keepAlive ? "keep-alive\r\nKeep-Alive: timeout=30\r\n" : "close\r\n");
    for (const auto &[name, value] : answer.headers)
        bytes += name + ": " + value + "\r\n";
    const bool chunked = request.minorVersion == 1 && !answer.body.isEmpty();
    if (chunked)
        bytes += "Transfer-Encoding: chunked\r\n\r\n";
    else
        bytes += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n\r\n";
    if (request.method == "HEAD")
        return bytes;
    if (chunked)
        return bytes + QByteArray::number(answer.body.size(), 16) + "\r\n" + answer.body + "\r\n0\r\n\r\n";
    return bytes + answer.body;
}

DemoAnswer refusal(int status, const QByteArray &text)
{
    return {status, {{QByteArrayLiteral("Content-Type"), QByteArrayLiteral("text/plain; charset=utf-8")}}, text};
}

DemoAnswer faultAnswer(MessageFault fault)
{
    const int status = fault == MessageFault::BodyTooLarge ? 413 : http::isSizeFault(fault) ? 431 : 400;
    return refusal(status, http::faultText(fault).toUtf8());
}

http::MessageLimits requestLimits()
{
    http::MessageLimits limits;
    limits.maxHead = 32 * 1024;
    limits.maxBody = 64 * 1024;
    limits.keepBody = limits.maxBody;
    return limits;
}

} // namespace

class DemoServer::Private
{
public:
    /// One client and the thread that serves it.
    struct Connection
    {
        std::atomic<bool> done{false};
        std::jthread thread;
    };

    void acceptAll(const std::stop_token &stop);
    void admit(Descriptor client);
    void serve(int client, const std::stop_token &stop) const;

    Descriptor listener;
    quint16 port = 0;
    DemoHandler handler;
    std::list<Connection> connections; ///< touched by the accepting thread only, until it has ended
    std::jthread acceptor;
};

void DemoServer::Private::acceptAll(const std::stop_token &stop)
{
    const Call forever{Call::Clock::time_point::max(), stop};
    while (waitFor(listener.get(), POLLIN, forever)) {
        Descriptor client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        connections.remove_if([](const Connection &connection) { return connection.done.load(); });
        if (client.get() >= 0)
            admit(std::move(client));
    }
}

void DemoServer::Private::admit(Descriptor client)
{
    const int on = 1;
    // Failing to set it costs speed only.
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connections.size() < maxConnections) {
        Connection &connection = connections.emplace_back();
        try {
            connection.thread =
                std::jthread([this, &connection, socket = std::move(client)](const std::stop_token &stop) {
                    serve(socket.get(), stop);
                    connection.done = true;
                });
            return;
        } catch (const std::system_error &error) {
            qCWarning(base::log, "the demo cannot serve another connection: %s", error.what());
            connections.pop_back();
            return;
        }
    }
    const DemoAnswer busy = refusal(503, "The demo serves 64 connections at a time.");
    static_cast<void>(sendAll(client.get(), encode(busy, {}, false), Call::within(slice)));
}

void DemoServer::Private::serve(int client, const std::stop_token &stop) const
{
    QByteArray pending;
    bool open = true;
    while (open) {
        HttpFramer framer = HttpFramer::forRequest(requestLimits());
        Call arrival = Call::within(idleTime, stop);
        while (framer.state() == HttpFramer::State::Reading) {
            if (pending.isEmpty()) {
                char buffer[16 * 1024];
                if (!waitFor(client, POLLIN, arrival))
                    return;
                const ssize_t count = ::recv(client, buffer, sizeof buffer, 0);
                if (count <= 0)
                    return;
                if (!framer.started())
                    arrival = Call::within(arrivalTime, stop);
                pending.append(buffer, count);
            }
            pending.remove(0, framer.feed(pending));
        }
        const Call call = Call::within(answerTime, stop);
        if (framer.state() == HttpFramer::State::Failed) {
            const MessageFault fault = framer.fault().value_or(MessageFault::Truncated);
            HttpMessage unread;
            unread.method = QByteArrayLiteral("GET");
            static_cast<void>(sendAll(client, encode(faultAnswer(fault), unread, false), call));
            return;
        }
        const HttpMessage request = framer.take();
        open = request.keepAlive;
        if (!sendAll(client, encode(handler(request, call), request, open), call))
            return;
    }
}

DemoServer::DemoServer(std::unique_ptr<Private> implementation) : d(std::move(implementation)) {}

DemoServer::~DemoServer()
{
    d->acceptor.request_stop();
    if (d->acceptor.joinable())
        d->acceptor.join();
    for (Private::Connection &connection : d->connections)
        connection.thread.request_stop();
    d->connections.clear();
}

quint16 DemoServer::port() const
{
    return d->port;
}

base::Status DemoServer::start(DemoHandler handler)
{
    d->handler = std::move(handler);
    try {
        d->acceptor = std::jthread([this](const std::stop_token &stop) { d->acceptAll(stop); });
    } catch (const std::system_error &error) {
        return base::fail(Error(ErrorCode::Internal).with(ErrorParam::Detail, QString::fromLocal8Bit(error.what())));
    }
    return {};
}

base::Result<std::unique_ptr<DemoServer>> DemoServer::listen(quint16 port)
{
    auto server = std::make_unique<Private>();
    server->listener = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    const int listener = server->listener.get();
    if (listener < 0 || ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(listener, generic, size) != 0 || ::listen(listener, 128) != 0 ||
        ::getsockname(listener, generic, &size) != 0) {
        const QString why = QString::fromLocal8Bit(std::strerror(errno));
        return base::fail(
            Error(ErrorCode::UsageInvalid)
                .with(ErrorParam::Flag, QStringLiteral("--port"))
                .with(ErrorParam::Detail, QStringLiteral("cannot listen on 127.0.0.1:%1 (%2)").arg(port).arg(why)));
    }
    server->port = ntohs(address.sin_port);
    return std::unique_ptr<DemoServer>(new DemoServer(std::move(server)));
}

} // namespace rollcall::demo
