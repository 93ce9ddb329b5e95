#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>
#include <vector>

#include "core/http/Headers.h"

namespace rollcall::http {

/// One metric of a Server-Timing header: where the server says it spent its time. **Thread-safety:** a plain value.
struct ServerTiming
{
    QByteArray name;
    std::optional<std::chrono::nanoseconds> duration; ///< `dur`, which is in milliseconds on the wire
    QByteArray description;                           ///< `desc`, unquoted; empty where absent

    bool operator==(const ServerTiming &) const = default;
};

/// The metrics of all Server-Timing headers in @p headers, at most 32 from the first 4096 bytes; a repeated name or
/// parameter keeps the first, unknown parameters and malformed metrics are skipped. Never blocks.
/// **Thread-safety:** thread-safe. **Source:** W3C Server Timing §3; facts/latency-method.md §1.1.
[[nodiscard]] std::vector<ServerTiming> parseServerTiming(const HeaderList &headers);

} // namespace rollcall::http
