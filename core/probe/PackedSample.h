#pragma once

#include "core/probe/Sample.h"

namespace rollcall::probe {

/// A sample as a RunRecord keeps it, in one cache line: at 100,000 requests a second what is written of each shows in
/// what the probe costs. Phases that few samples have stand elsewhere. **Thread-safety:** a plain value.
struct PackedSample
{
    static constexpr quint32 nothingMore = 0;

    /// @p more: where phases stand that are not kept here (hasMore()), from 1; nothingMore: there are none.
    [[nodiscard]] static PackedSample of(const Sample &sample, quint32 more);
    /// Whether @p phases have any that is not kept here.
    [[nodiscard]] static bool hasMore(const SamplePhases &phases);
    /// The sample, but for what stands elsewhere.
    [[nodiscard]] Sample unpacked() const;

    qint64 intendedNs;
    qint64 lagNs; ///< from it to the actual start
    qint64 totalNs;
    qint64 waitNs; ///< negative: absent
    qint64 receiveNs;
    quint32 more;
    quint32 bytes;
    qint32 cell;
    qint32 block;
    qint16 status;
    Outcome outcome;
    quint8 flags;
};

static_assert(sizeof(PackedSample) == 64);

} // namespace rollcall::probe
