#pragma once

#include <QString>

#include <exception>
#include <type_traits>
#include <utility>

namespace rollcall::base {

/// Calls @p function, which is not ours and may throw, and turns what it throws into what @p onThrow makes of the
/// message. **Thread-safety:** that of the two.
template <typename OnThrow, typename Function, typename... Arguments>
[[nodiscard]] auto callSafely(const OnThrow &onThrow, const Function &function, Arguments &&...arguments)
    -> std::invoke_result_t<const Function &, Arguments...>
{
    try {
        return function(std::forward<Arguments>(arguments)...);
    } catch (const std::exception &error) {
        return onThrow(QString::fromUtf8(error.what()));
    } catch (...) {
        return onThrow(QStringLiteral("the callback threw"));
    }
}

} // namespace rollcall::base
