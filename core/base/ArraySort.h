#pragma once

#include <cstddef>
#include <vector>

namespace rollcall::base {

/// The order (positions in @p keys) in which `array.sort((a, b) => key(a) - key(b))` puts elements with these keys in
/// V8, for any keys. A difference that is NaN counts as equality there, so that keys of NaN make the comparison
/// contradict itself: then the order is what the algorithm happens to make of it, and only its own steps give it.
/// **Thread-safety:** a pure function. **Source:** V8 11.3 (Node 20) third_party/v8/builtins/array-sort.tq, which is
/// CPython's list sort (Objects/listsort.txt); compared with Node 20 on random lists.
[[nodiscard]] std::vector<std::size_t> arraySortOrder(const std::vector<double> &keys);

} // namespace rollcall::base
