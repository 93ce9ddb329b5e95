#pragma once

#include <chrono>
#include <map>

#include "core/store/redis/KeyReader.h"

namespace rollcall::store {

/// What one key must hold, and what it holds afterwards.
struct KeyChange
{
    KeyReader::Value expected; ///< nullopt: the key must not be there
    KeyReader::Value next;     ///< nullopt: the key is deleted
    /// How long the next value lives; nullopt: until it is deleted, as the adapters have it.
    std::optional<std::chrono::seconds> life;
};

/// Changes of several keys that belong together, by key.
using KeyChanges = std::map<QByteArray, KeyChange>;

/// Makes all of @p changes at once, or none: true, or false where a key no longer holds what is expected, so that its
/// reader must read again.
///
/// A script (EVAL) does it, because that is atomic on a Redis server and through Upstash's REST alike, which has no
/// connection over which WATCH could hold; and it compares whole values instead of reading JSON, so that it knows
/// nothing that could differ between servers. It is not repeated by itself after a connection has broken: whether it
/// was done is found out by reading.
/// **Thread-safety:** as @p writer. Errors: those of KeyReader::ask(). **Source:** redis.io/docs/latest/develop/
/// programmability/eval-intro (atomic execution of scripts).
[[nodiscard]] base::Result<bool> compareAndSet(KeyReader &writer, const KeyChanges &changes, const base::Call &call);

} // namespace rollcall::store
