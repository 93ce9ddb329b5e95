#pragma once

#include "core/base/Error.h"

namespace rollcall::base {

/// Whether @p code says of a link, to a database for one, that it is of no more use: the next question wants a new one.
/// **Thread-safety:** pure.
[[nodiscard]] constexpr bool isLostLink(ErrorCode code)
{
    return code == ErrorCode::ConnectionLost || code == ErrorCode::DatabaseUnavailable;
}

} // namespace rollcall::base
