#include "core/http/RetryAfter.h"

#include <algorithm>

#include "core/http/HttpDate.h"

namespace rollcall::http {

std::optional<std::chrono::milliseconds> retryAfter(const HeaderList &headers, base::Instant now)
{
    constexpr std::chrono::hours longest{24};
    const QByteArray value = headerValue(headers, "Retry-After").trimmed();
    if (!value.isEmpty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
        bool fits = false;
        const uint seconds = value.toUInt(&fits);
        return fits ? std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), longest) : longest;
    }
    if (const auto date = parseHttpDate(value))
        return std::min<std::chrono::milliseconds>(*date - now, longest);
    return std::nullopt;
}

} // namespace rollcall::http
