#pragma once

#include <QHostAddress>

#include <utility>
#include <vector>

#include "core/base/Call.h"
#include "core/http/HttpTransport.h"

namespace rollcall::http {

/// A socket descriptor, closed when it goes. **Thread-safety:** one object belongs to one thread at a time.
class Descriptor final
{
public:
    explicit Descriptor(int descriptor = -1) : m_descriptor(descriptor) {}
    Descriptor(Descriptor &&other) noexcept : m_descriptor(other.release()) {}
    Descriptor &operator=(Descriptor &&other) noexcept;
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor();

    [[nodiscard]] int get() const { return m_descriptor; }
    /// Gives the descriptor away; the caller closes it.
    [[nodiscard]] int release() { return std::exchange(m_descriptor, -1); }

private:
    int m_descriptor;
};

/// The addresses of @p host where no name server need be asked: `localhost` is ::1 and 127.0.0.1 (whatever a resolver
/// would say), an IP address is itself; else empty. Never blocks. **Thread-safety:** thread-safe.
[[nodiscard]] std::vector<QHostAddress> knownAddresses(const QString &host);

/// The addresses of @p host, at most four, in the resolver's order. Blocks; a look-up that outlasts @p call is left
/// behind on a thread of its own, as the system's resolver cannot be stopped. **Thread-safety:** thread-safe.
/// Errors: HostNotFound, Timeout, Cancelled, Overloaded (eight look-ups run already, or the system
/// gives no thread).
[[nodiscard]] base::Result<std::vector<QHostAddress>> lookUpHost(const QString &host, const base::Call &call);

/// Connects to @p origin, trying its addresses in turn; the descriptor is non-blocking. Blocks.
/// **Thread-safety:** thread-safe. Errors: as lookUpHost(), ConnectRefused, ConnectTimeout.
[[nodiscard]] base::Result<Descriptor> connectTcp(const Origin &origin, const base::Call &call);

} // namespace rollcall::http
