#pragma once

#include <span>

#include "core/store/redis/KeyLayout.h"
#include "core/store/redis/KeyReader.h"

namespace rollcall::store {

/// A session that a sample held.
struct SampledSession
{
    QByteArray key;
    QByteArray userId; ///< empty: none
};

/// Finds the keys of users, accounts and pointers where an adapter's options renamed them: they end in the id of a user
/// of @p sessions, or in that user's e-mail. Fills in @p layout, whose sessions are known; what is not found stays
/// unknown, but for the pointers, which get the adapters' name. Looks through half a million keys at most. Errors: as
/// detectKeys().
[[nodiscard]] base::Status findRenamed(KeyReader &reader, KeyLayout &layout, std::span<const SampledSession> sessions,
                                       const ScanPace &pace, const base::Call &call);

} // namespace rollcall::store
