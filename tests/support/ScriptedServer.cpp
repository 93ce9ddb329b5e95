#include "tests/support/ScriptedServer.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace rollcall::test {

namespace {

constexpr int sliceMs = 10;

/// Waits until @p descriptor is readable; false where @p stop came first.
bool waitReadable(int descriptor, const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        pollfd waiting{descriptor, POLLIN, 0};
        if (::poll(&waiting, 1, sliceMs) > 0)
            return true;
    }
    return false;
}

void pause(std::chrono::milliseconds time, const std::stop_token &stop)
{
    const auto until = std::chrono::steady_clock::now() + time;
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::min(time, std::chrono::milliseconds(sliceMs)));
}

bool sendAll(int descriptor, const QByteArray &bytes)
{
    for (qsizetype sent = 0; sent < bytes.size();) {
        const ssize_t count =
            ::send(descriptor, bytes.constData() + sent, static_cast<std::size_t>(bytes.size() - sent), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        sent += count;
    }
    return true;
}

} // namespace

Reply Reply::http(int status, const QByteArray &body, const QByteArray &contentType, const QByteArray &head)
{
    Reply reply;
    reply.bytes = "HTTP/1.1 " + QByteArray::number(status) + " Scripted\r\nContent-Type: " + contentType +
                  "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + head + "\r\n" + body;
    return reply;
}

QByteArray ScriptedServer::Request::requestLine() const
{
    return bytes.left(bytes.indexOf("\r\n"));
}

QByteArray ScriptedServer::Request::header(const QByteArray &name) const
{
    const QList<QByteArray> lines = bytes.left(bytes.indexOf("\r\n\r\n")).split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).toLower() == name)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

class ScriptedServer::Private
{
public:
    void acceptAll(const std::stop_token &stop);
    void serve(int descriptor, int connection, const std::stop_token &stop);
    bool readRequest(int descriptor, QByteArray &pending, QByteArray &request, const std::stop_token &stop);
    /// False where the connection is over.
    bool reply(int descriptor, const Reply &answer, const std::stop_token &stop);

    Script script;
    std::optional<Reply> greeting;
    int listener = -1;
    quint16 port = 0;
    mutable std::mutex mutex;
    std::vector<Request> requests;
    int connections = 0;
    std::map<int, int> open;           ///< descriptors of the connections by their numbers
    std::vector<std::jthread> workers; ///< touched by the accepting thread only, until it has ended
    std::jthread acceptor;
};

void ScriptedServer::Private::acceptAll(const std::stop_token &stop)
{
    while (waitReadable(listener, stop)) {
        const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0)
            continue;
        int number = 0;
        {
            const std::lock_guard lock(mutex);
            number = connections++;
            open.emplace(number, descriptor);
        }
        workers.emplace_back(
            [this, descriptor, number](const std::stop_token &own) { serve(descriptor, number, own); });
    }
}

bool ScriptedServer::Private::readRequest(int descriptor, QByteArray &pending, QByteArray &request,
                                          const std::stop_token &stop)
{
    while (true) {
        const qsizetype headEnd = pending.indexOf("\r\n\r\n");
        if (headEnd >= 0) {
            const qsizetype length = Request{pending, 0, 0}.header("content-length").toLongLong();
            if (pending.size() >= headEnd + 4 + length) {
                request = pending.left(headEnd + 4 + length);
                pending.remove(0, headEnd + 4 + length);
                return true;
            }
        }
        char buffer[16 * 1024];
        if (!waitReadable(descriptor, stop))
            return false;
        const ssize_t count = ::recv(descriptor, buffer, sizeof buffer, 0);
        if (count <= 0)
            return false;
        pending.append(buffer, count);
    }
}

bool ScriptedServer::Private::reply(int descriptor, const Reply &answer, const std::stop_token &stop)
{
    pause(answer.delay, stop);
    const qsizetype piece = answer.pieceSize > 0 ? answer.pieceSize : std::max<qsizetype>(1, answer.bytes.size());
    for (qsizetype from = 0; from < answer.bytes.size(); from += piece) {
        if (from > 0)
            pause(answer.pieceDelay, stop);
        if (stop.stop_requested() || !sendAll(descriptor, answer.bytes.mid(from, piece)))
            return false;
    }
    if (answer.hang) {
        char byte = 0;
        // Readable means that the client has ended the connection (or pipelined, which ends the hanging as well).
        if (waitReadable(descriptor, stop))
            static_cast<void>(::recv(descriptor, &byte, 1, 0));
        return false;
    }
    if (answer.reset) {
        const linger now{1, 0};
        ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    return !answer.close && !answer.reset;
}

void ScriptedServer::Private::serve(int descriptor, int connection, const std::stop_token &stop)
{
    QByteArray pending;
    QByteArray bytes;
    bool isOpen = !greeting || reply(descriptor, *greeting, stop);
    while (isOpen && readRequest(descriptor, pending, bytes, stop)) {
        Request request{bytes, connection, 0};
        {
            const std::lock_guard lock(mutex);
            request.index = static_cast<int>(requests.size());
            requests.push_back(request);
        }
        isOpen = reply(descriptor, script(request), stop);
    }
    const std::lock_guard lock(mutex);
    open.erase(connection);
    ::close(descriptor);
}

ScriptedServer::ScriptedServer(Script script, std::optional<Reply> greeting) : d(std::make_unique<Private>())
{
    d->greeting = std::move(greeting);
    d->script = std::move(script);
    d->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    if (d->listener < 0 || ::bind(d->listener, generic, size) != 0 || ::listen(d->listener, 64) != 0 ||
        ::getsockname(d->listener, generic, &size) != 0)
        qFatal("the scripted server cannot listen on 127.0.0.1");
    d->port = ntohs(address.sin_port);
    d->acceptor = std::jthread([this](const std::stop_token &stop) { d->acceptAll(stop); });
}

ScriptedServer::~ScriptedServer()
{
    d->acceptor.request_stop();
    d->acceptor.join();
    d->workers.clear(); // stops and joins each
    ::close(d->listener);
}

quint16 ScriptedServer::port() const
{
    return d->port;
}

QUrl ScriptedServer::url(const QString &path) const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1%2").arg(d->port).arg(path));
}

std::vector<ScriptedServer::Request> ScriptedServer::requests() const
{
    const std::lock_guard lock(d->mutex);
    return d->requests;
}

bool ScriptedServer::push(int connection, const QByteArray &bytes)
{
    const std::lock_guard lock(d->mutex);
    const auto found = d->open.find(connection);
    return found != d->open.end() && sendAll(found->second, bytes);
}

bool ScriptedServer::hangUp(int connection)
{
    const std::lock_guard lock(d->mutex);
    const auto found = d->open.find(connection);
    return found != d->open.end() && ::shutdown(found->second, SHUT_RDWR) == 0; // its thread then closes it
}

int ScriptedServer::connections() const
{
    const std::lock_guard lock(d->mutex);
    return d->connections;
}

} // namespace rollcall::test
