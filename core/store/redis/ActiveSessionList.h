#pragma once

#include <QByteArrayList>

#include <chrono>
#include <optional>

#include "core/base/Clock.h"
#include "core/store/redis/CompareAndSet.h"

namespace rollcall::store {

/// Better Auth's list of a user's sessions, `[{"token","expiresAt":ms},…]`, ordered by their ends; it lives as long as
/// the last of them. **Source:** better-auth 1.7.7 db/internal-adapter; facts/database-schemas.md §6.
/// **Thread-safety:** thread-safe.

/// The change that takes @p tokens and what is over at @p now out of the list @p text, and puts @p added in (token and
/// end). nullopt: @p text is no list, or nothing changes.
[[nodiscard]] std::optional<KeyChange> changedList(const KeyReader::Value &text, const QByteArrayList &tokens,
                                                   const std::optional<std::pair<QByteArray, base::Instant>> &added,
                                                   base::Instant now);

/// Whether @p text is such a list, or nothing is there. What a deployment encrypts or compresses is none.
[[nodiscard]] bool isReadableList(const KeyReader::Value &text);

/// Whole seconds from @p now to @p end, at least one.
[[nodiscard]] std::chrono::seconds lifeUntil(base::Instant end, base::Instant now);

} // namespace rollcall::store
