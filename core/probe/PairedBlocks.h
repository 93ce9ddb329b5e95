#pragma once

#include <span>
#include <vector>

#include "core/probe/Sample.h"

namespace rollcall::probe {

/// What two cells took in one design block, nanoseconds (at least 1, so that ratios exist); neither is empty.
struct PairedBlock
{
    std::vector<qint64> a;
    std::vector<qint64> b;
};

/// The blocks in which both cells have an ok sample, in the order of time. @p response: from the intended start, else
/// from the actual one. **Thread-safety:** thread-safe.
[[nodiscard]] std::vector<PairedBlock> pairBlocks(std::span<const Sample> a, std::span<const Sample> b, bool response);

} // namespace rollcall::probe
