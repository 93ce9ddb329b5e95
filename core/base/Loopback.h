#pragma once

#include <QString>

namespace rollcall::base {

/// True for `localhost`, 127.0.0.0/8 and `::1` (also as `[::1]`) as written in an address, whatever a name server would
/// say. Only towards such hosts may secrets travel unencrypted or over unverified TLS. **Thread-safety:** thread-safe.
[[nodiscard]] bool isLoopbackHost(const QString &host);

} // namespace rollcall::base
