#pragma once

#include <QHostAddress>

#include <vector>

#include "core/base/Call.h"

namespace rollcall::http {

/// The addresses of @p host where no name server need be asked: `localhost` is ::1 and 127.0.0.1 (whatever a resolver
/// would say), an IP address is itself; else empty. Never blocks. **Thread-safety:** thread-safe.
[[nodiscard]] std::vector<QHostAddress> knownAddresses(const QString &host);

/// The addresses of @p host, at most four, in the resolver's order. Blocks; a look-up that outlasts @p call is left
/// behind on a thread of its own, as the system's resolver cannot be stopped. **Thread-safety:** thread-safe.
/// Errors: HostNotFound, ConnectTimeout, Cancelled, Overloaded (eight look-ups run already, or the system
/// gives no thread).
[[nodiscard]] base::Result<std::vector<QHostAddress>> lookUpHost(const QString &host, const base::Call &call);

} // namespace rollcall::http
