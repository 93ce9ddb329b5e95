#include "core/http/RetryAfter.h"

#include <algorithm>

#include "core/http/HttpDate.h"

namespace rollcall::http {

std::optional<std::chrono::milliseconds> retryAfter(const HeaderList &headers, base::Instant now)
{
    constexpr std::chrono::hours longest{24};
    const QByteArray value = headerValue(headers, "Retry-After").trimmed();
    bool isNumber = false;
    const uint seconds = value.toUInt(&isNumber);
    if (isNumber)
        return std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), longest);
    if (const auto date = parseHttpDate(value))
        return std::min<std::chrono::milliseconds>(*date - now, longest);
    return std::nullopt;
}

} // namespace rollcall::http
