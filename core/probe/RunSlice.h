#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// A part of a run's time, as the samples of its document count it.
struct TimeRange
{
    qint64 fromNs = 0;
    qint64 toNs = 0; ///< not in it
    bool operator==(const TimeRange &) const = default;
};

/// @p document as if only what started within @p range had been measured: its samples, and cells with figures of those
/// alone. Verdicts are of the whole run: comparisons are left out, budgets stay as the limits they set. Of a document
/// that keeps no samples the cells are empty.
[[nodiscard]] RunDocument sliceOf(const RunDocument &document, const TimeRange &range);

/// The time after which @p document's run gave a request up, nanoseconds; 0 where its plan does not say.
[[nodiscard]] qint64 timeoutNsOf(const RunDocument &document);

} // namespace rollcall::probe
