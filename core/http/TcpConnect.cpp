#include "core/http/TcpConnect.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/http/HostLookup.h"

namespace rollcall::http {

using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::chrono::milliseconds slice{50};

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
