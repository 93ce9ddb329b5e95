#pragma once

#include <atomic>
#include <functional>

#include "core/base/Call.h"
#include "core/probe/LocalProbe.h"
#include "core/probe/RunRecord.h"
#include "core/probe/RunSetup.h"

namespace rollcall::probe {

/// Told about ten times a second how far a run is; what it has recorded can be read from @p record.
using OnState = std::function<void(const RunRecord::State &state, const RunRecord &record)>;

/// Runs @p setup on a thread of its own and waits. @p onState (may be empty) is called on the calling thread.
/// Cancelling @p call ends the run within 250 ms; that is an outcome, not an error. All samples, warm-up included, are
/// in @p samples in the order in which they ended. While @p pauseWanted (borrowed, may be null) is set nothing is
/// begun; it is looked at whenever @p onState has been called.
[[nodiscard]] RunRecord::State runProbe(const RunSetup &setup, LocalProbe *local, const base::Call &call,
                                        std::vector<Sample> &samples, const OnState &onState,
                                        const std::atomic<bool> *pauseWanted = nullptr);

} // namespace rollcall::probe
