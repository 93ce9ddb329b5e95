#pragma once

namespace rollcall::http {

/// Finds the end of a run of characters that stand for themselves in a cookie (standsForItself(): letters, digits, `-`,
/// `_`, `.`): the first at or after @p from that does not, @p end where all do. From @p begin, which is not after
/// @p from, to @p end memory may be read. **Thread-safety:** pure.
using PlainRunEnd = const char *(*)(const char *begin, const char *from, const char *end);

/// One character at a time.
[[nodiscard]] const char *plainRunEnd(const char *begin, const char *from, const char *end);

/// By AVX2; nullptr where the processor has none.
[[nodiscard]] PlainRunEnd vectorPlainRunEnd();

} // namespace rollcall::http
