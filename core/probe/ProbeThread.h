#pragma once

#include <functional>

#include "core/base/Call.h"
#include "core/probe/LocalProbe.h"
#include "core/probe/RunRecord.h"
#include "core/probe/RunSetup.h"

namespace rollcall::probe {

/// Runs @p setup on a thread of its own and waits. @p onState (may be empty) is called on the calling thread about ten
/// times a second with what is known. Cancelling @p call ends the run within 250 ms; that is an outcome, not an error.
/// All samples, warm-up included, are in @p samples in the order in which they ended.
[[nodiscard]] RunRecord::State runProbe(const RunSetup &setup, LocalProbe *local, const base::Call &call,
                                        std::vector<Sample> &samples,
                                        const std::function<void(const RunRecord::State &)> &onState);

} // namespace rollcall::probe
