#pragma once

#include <QString>

#include <optional>

#include "core/http/SetCookie.h"

namespace rollcall::http {

// What the libraries' serialiser refuses to write: it throws a TypeError, and no cookie of the answer is set.
// **Thread-safety:** pure functions. **Source:** cookie 0.7.2 index.js (serialize); @auth/core 0.41.3
// lib/vendored/cookie.js, which has the same rules.

/// Why @p attributes throw ("option path is invalid"); nullopt where they can be written. Values are not shown.
[[nodiscard]] std::optional<QString> attributeFault(const CookieAttributes &attributes);

/// The same of a name.
[[nodiscard]] std::optional<QString> nameFault(QByteArrayView name);

/// The same of a value: one that is no UTF-8 was half of a surrogate pair (base::utf8WithHalves()).
[[nodiscard]] std::optional<QString> valueFault(QByteArrayView value);

/// The same of an expiry.
[[nodiscard]] std::optional<QString> expiresFault(const std::optional<base::Instant> &expires);

} // namespace rollcall::http
