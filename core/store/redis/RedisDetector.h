#pragma once

#include <QTimeZone>

#include "core/store/redis/KeyReader.h"
#include "core/store/schema/SchemaProfile.h"

namespace rollcall::store {

/// What a look at a sample of keys found.
struct KeyDetection
{
    std::optional<SchemaProfile> best;     ///< set where there is one candidate alone, and its values agree
    std::vector<SchemaProfile> candidates; ///< what most of the sample fits comes first
    qint64 keysSeen = 0;                   ///< that the server looked through, about
};

/// Looks for sessions of a library in a database that may hold other things too: first among keys with `session` in
/// their names, then among all, at most half a million and five thousand keys deep. What tells is the values: a
/// session's key ends in the token that stands in it, so that whatever is before it is the prefix, however the
/// adapter's options have it. Values of more than 16 KiB are not read. Errors: those of @p reader, Timeout, Cancelled.
[[nodiscard]] base::Result<KeyDetection> detectKeys(KeyReader &reader, const QTimeZone &zone, const ScanPace &pace,
                                                    const base::Call &call);

} // namespace rollcall::store
