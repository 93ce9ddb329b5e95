#include "core/http/TcpConnect.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/Mutex.h"

namespace rollcall::http {

using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::chrono::milliseconds slice{50};
constexpr std::size_t maxAddresses = 4;
constexpr int maxLookups = 8;

/// Look-ups under way in this process, abandoned ones included.
std::atomic<int> lookupsRunning{0};

/// Shared by the asking thread and the look-up's own, whichever lives longer.
struct Lookup
{
    base::Mutex mutex;
    std::condition_variable_any finished;
    bool done = false;
    std::vector<sockaddr_storage> found;
};

void runLookup(const std::shared_ptr<Lookup> &lookup, const QByteArray &host)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo *list = nullptr;
    std::vector<sockaddr_storage> found;
    if (getaddrinfo(host.constData(), nullptr, &hints, &list) == 0) {
        for (const addrinfo *entry = list; entry != nullptr && found.size() < maxAddresses; entry = entry->ai_next) {
            sockaddr_storage address{};
            std::memcpy(&address, entry->ai_addr, std::min<std::size_t>(entry->ai_addrlen, sizeof address));
            found.push_back(address);
        }
        freeaddrinfo(list);
    }
    const base::MutexLock lock(lookup->mutex);
    lookup->found = std::move(found);
    lookup->done = true;
    lookup->finished.notify_all();
}

base::Error outOfTime(const Origin &origin, const base::Call &call, base::Call::Clock::time_point begun)
{
    if (call.cancelled())
        return base::Error(ErrorCode::Cancelled);
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(base::Call::Clock::now() - begun);
    return errorAt(ErrorCode::ConnectTimeout, origin).with(ErrorParam::Duration, waited);
}

/// Fills @p storage for connect(); returns its length.
socklen_t socketAddress(const QHostAddress &address, quint16 port, sockaddr_storage &storage)
{
    storage = {};
    if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        const Q_IPV6ADDR raw = address.toIPv6Address();
        std::memcpy(&v6.sin6_addr, &raw, sizeof raw);
        std::memcpy(&storage, &v6, sizeof v6);
        return sizeof v6;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(address.toIPv4Address());
    std::memcpy(&storage, &v4, sizeof v4);
    return sizeof v4;
}

/// One connection attempt; 0, an errno value, or nullopt when @p call ended first.
std::optional<int> connectOne(int descriptor, const QHostAddress &address, quint16 port, const base::Call &call)
{
    sockaddr_storage storage{};
    const socklen_t length = socketAddress(address, port, storage);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&storage), length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    while (!call.cancelled() && !call.expired()) {
        pollfd waiting{descriptor, POLLOUT, 0};
        const auto wait = std::min(slice, call.remaining());
        if (::poll(&waiting, 1, static_cast<int>(wait.count()) + 1) > 0) {
            int error = 0;
            socklen_t size = sizeof error;
            return ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
        }
    }
    return std::nullopt;
}

} // namespace

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

Descriptor::~Descriptor()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

std::vector<QHostAddress> knownAddresses(const QString &host)
{
    if (host.compare(QStringLiteral("localhost"), Qt::CaseInsensitive) == 0)
        return {QHostAddress(QHostAddress::LocalHostIPv6), QHostAddress(QHostAddress::LocalHost)};
    const QHostAddress literal(host);
    return literal.isNull() ? std::vector<QHostAddress>() : std::vector<QHostAddress>{literal};
}

base::Result<std::vector<QHostAddress>> lookUpHost(const QString &host, const base::Call &call)
{
    if (std::vector<QHostAddress> known = knownAddresses(host); !known.empty())
        return known;
    if (lookupsRunning.fetch_add(1) >= maxLookups) {
        lookupsRunning.fetch_sub(1);
        return base::fail(base::Error(ErrorCode::Overloaded));
    }
    const auto lookup = std::make_shared<Lookup>();
    try {
        std::thread([lookup, name = host.toLatin1()] {
            runLookup(lookup, name);
            lookupsRunning.fetch_sub(1);
        }).detach();
    } catch (const std::system_error &) {
        lookupsRunning.fetch_sub(1);
        return base::fail(base::Error(ErrorCode::Overloaded));
    }

    base::MutexLock lock(lookup->mutex);
    while (!lookup->done) {
        if (auto status = call.check(QStringLiteral("Looking up the host name")); !status)
            return base::fail(std::move(status.error()));
        lookup->finished.wait_for(lock, std::min(slice, call.remaining() + std::chrono::milliseconds(1)));
    }
    std::vector<QHostAddress> addresses;
    for (const sockaddr_storage &address : lookup->found)
        addresses.emplace_back(reinterpret_cast<const sockaddr *>(&address));
    if (addresses.empty())
        return base::fail(base::Error(ErrorCode::HostNotFound).with(ErrorParam::Host, host));
    return addresses;
}

base::Result<Descriptor> connectTcp(const Origin &origin, const base::Call &call)
{
    const auto begun = base::Call::Clock::now();
    auto addresses = lookUpHost(origin.host, call);
    if (!addresses)
        return base::fail(std::move(addresses.error()));
    int lastError = 0;
    auto left = static_cast<int>(addresses->size());
    for (const QHostAddress &address : *addresses) {
        // A dead address must not use up the time of those after it.
        const base::Call attempt = call.atMost(call.remaining() / left--);
        const int family = address.protocol() == QAbstractSocket::IPv6Protocol ? AF_INET6 : AF_INET;
        Descriptor descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (descriptor.get() < 0) {
            lastError = errno;
            continue;
        }
        const std::optional<int> error = connectOne(descriptor.get(), address, origin.port, attempt);
        if (error == 0) {
            const int on = 1;
            // Failing to set it costs speed only.
            ::setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return descriptor;
        }
        if (!error && (call.cancelled() || call.expired()))
            return base::fail(outOfTime(origin, call, begun));
        lastError = error.value_or(ETIMEDOUT);
    }
    if (lastError == ETIMEDOUT)
        return base::fail(outOfTime(origin, call, begun));
    return base::fail(errorAt(ErrorCode::ConnectRefused, origin)
                          .with(ErrorParam::Detail, QString::fromLocal8Bit(std::strerror(lastError))));
}

} // namespace rollcall::http
