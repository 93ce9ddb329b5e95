#pragma once

#include <memory>

#include "core/store/redis/KeyReader.h"
#include "core/store/redis/SessionIndex.h"

namespace rollcall::store {

/// What a pass came to.
struct IndexPass
{
    std::unique_ptr<SessionIndex> index;
    /// Why it ended before all keys were seen (Timeout alone): the index holds what was seen until then.
    std::optional<base::Error> cutShort;
};

/// Reads all keys of @p layout in one pass and what of their values an index needs: names of users, and values of
/// sessions and accounts. Memory is bounded by
/// @p pace. Blocks within @p call, which can stop it after each step.
/// Errors: the reader's, Cancelled, TooManyMatched (the index would take more memory).
[[nodiscard]] base::Result<IndexPass> buildIndex(KeyReader &reader, const KeyLayout &layout, const QTimeZone &zone,
                                                 const ScanPace &pace, const base::Call &call);

} // namespace rollcall::store
