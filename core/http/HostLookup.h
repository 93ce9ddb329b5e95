#pragma once

#include <QHostAddress>

#include <vector>

#include "core/base/Call.h"

namespace rollcall::http {

/// The addresses of @p host where no name server need be asked: `localhost` is ::1 and 127.0.0.1 (whatever a resolver
/// would say), an IP address is itself; else empty. Never blocks. **Thread-safety:** thread-safe.
[[nodiscard]] std::vector<QHostAddress> knownAddresses(const QString &host);

/// The addresses of @p host, at most four, in the resolver's order. Blocks; a look-up that outlasts @p call is left
/// behind on a thread of its own, as the system's resolver cannot be stopped. Who asks for a host that is being looked
/// up waits for that answer. At most eight look-ups run in a process; others wait for a place within @p call.
/// **Thread-safety:** thread-safe.
/// Errors: HostNotFound, ConnectTimeout, Cancelled, Overloaded (@p call ended without a place, or the system gives no
/// thread).
[[nodiscard]] base::Result<std::vector<QHostAddress>> lookUpHost(const QString &host, const base::Call &call);

} // namespace rollcall::http
