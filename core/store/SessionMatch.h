#pragma once

#include "core/store/SessionQuery.h"

namespace rollcall::store {

// What a database decides for its rows, decided here for those that were read already, and for keys in Redis.
// **Thread-safety:** pure.

/// Whether @p filter includes sessions in @p state.
[[nodiscard]] bool hasState(StateFilter filter, session::SessionState state);

/// Whether @p text is a part of @p name or @p email, whatever the case; what is absent has no part.
[[nodiscard]] bool hasPart(const std::optional<QString> &name, const std::optional<QString> &email,
                           const QString &text);

/// Whether @p session would be listed by @p query. Order and limit do not matter.
[[nodiscard]] bool matches(const SessionQuery &query, const session::ListedSession &session);

} // namespace rollcall::store
