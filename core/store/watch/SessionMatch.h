#pragma once

#include "core/store/SessionQuery.h"

namespace rollcall::store {

/// Whether @p session would be listed by @p query: what a database decides for its rows, decided here for one that was
/// read already. Order and limit do not matter. **Thread-safety:** pure.
[[nodiscard]] bool matches(const SessionQuery &query, const session::ListedSession &session);

} // namespace rollcall::store
