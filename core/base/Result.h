#pragma once

#include <tl/expected.hpp>

#include "core/base/Error.h"

namespace rollcall::base {

/// A value or the Error that prevented it. Functions returning it are [[nodiscard]].
template <typename T>
using Result = tl::expected<T, Error>;

/// Success without a value, or an Error.
using Status = Result<void>;

/// Shorthand for returning an error from a function whose result is a Result: `return
/// fail(Error(ErrorCode::Timeout));`.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace rollcall::base
